#include "memory.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <system_error>

#include <sounder/solvers/output/text.hpp>

namespace sounder::cli {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

/// The number after a word in a file of lines `word number ...`; NaN if there is none.
double number_after(const std::string& path, const std::string& word) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string key;
    double number = 0.0;
    if (words >> key && key == word && words >> number) {
      return number;
    }
  }
  return std::nan("");
}

/// The number at the beginning of a file; NaN if there is none ("max", no such file).
double number_in(const std::string& path) {
  std::ifstream file(path);
  double number = 0.0;
  return file >> number ? number : std::nan("");
}

/// Memory that a control group has left; infinity if it sets no limit.
double left_in_group(const std::string& folder) {
  double limit = number_in(folder + "/memory.max");
  double usage = number_in(folder + "/memory.current");
  std::string files;  // prefix in memory.stat of counts that include the groups below
  if (std::isnan(limit)) {
    limit = number_in(folder + "/memory.limit_in_bytes");  // version 1
    usage = number_in(folder + "/memory.usage_in_bytes");
    files = "total_";
  }
  if (std::isnan(limit) || std::isnan(usage)) {
    return infinite;
  }
  double droppable = 0.0;
  for (const char* const name : {"active_file", "inactive_file"}) {
    const double bytes = number_after(folder + "/memory.stat", files + name);
    droppable += std::isnan(bytes) ? 0.0 : bytes;
  }
  return limit - std::max(usage - droppable, 0.0);
}

struct Place {
  std::int64_t line = 1;
  std::int64_t column = 1;
};

std::string gigabytes(double bytes) {
  return digits(std::max(bytes, 0.0) / 1e9, 3) + " GB";
}

/// The place of the first index that needs the last of these columns: reading with one column less
/// stops there. The beginning of the file if it cannot be read twice.
Place place_of_last_column(const std::string& path, ReadOptions read, Index columns) {
  std::error_code none;
  if (path != "-" && columns > 1 && std::filesystem::is_regular_file(path, none)) {
    read.columns = columns - 1;
    try {
      static_cast<void>(read_libsvm(path, read));
    } catch (const ParseError& error) {
      return {error.line(), error.column()};
    } catch (const InputError&) {
      return {};  // the file no longer exists
    }
  }
  return {};
}

}  // namespace

AvailableMemory memory_to_be_had(const MemorySources& sources, std::uint64_t address_space) {
  AvailableMemory memory{infinite, ""};
  const auto at_most = [&](double bytes, const char* limit) {
    if (bytes < memory.bytes) {
      memory = {bytes, limit};
    }
  };
  constexpr double kibibyte = 1024.0;
  at_most(kibibyte * number_after(sources.proc + "/meminfo", "MemAvailable:"), "free");
  each_control_group(sources.groups, "memory", [&](const std::string& folder) {
    at_most(left_in_group(folder), "left to this control group (container)");
  });
  if (address_space != RLIM_INFINITY) {
    const double pages = number_in(sources.proc + "/self/statm");
    const double used = std::isnan(pages) ? 0.0 : pages * static_cast<double>(::getpagesize());
    at_most(static_cast<double>(address_space) - used, "left of the address space (ulimit -v)");
  }
  return memory;
}

AvailableMemory memory_to_be_had() {
  struct rlimit limit {};
  const bool known = ::getrlimit(RLIMIT_AS, &limit) == 0;
  return memory_to_be_had({}, known ? limit.rlim_cur : RLIM_INFINITY);
}

void require_memory(const std::string& path, const ReadOptions& read, Dataset& data,
                    double bytes_a_column) {
  const AvailableMemory memory = memory_to_be_had();
  const Index columns = data.matrix.columns();
  const double needed = bytes_a_column * columns;
  if (needed <= memory.bytes) {
    return;
  }
  Place place;
  std::string cause;
  std::string advice;
  if (read.hash_bits > 0) {
    cause = "--hash-bits " + std::to_string(read.hash_bits);
    advice = "use fewer bits";
  } else if (read.columns > 0) {
    cause = "--columns " + std::to_string(read.columns);
    advice = "use fewer, or --hash-bits B for 2^B columns";
  } else {
    data = {};
    place = place_of_last_column(path, read, columns);
    cause = "index " + std::to_string(columns - (read.zero_based ? 1 : 0));
    advice = "use --hash-bits B for 2^B columns whatever the indices, or number the features anew";
  }
  throw ParseError(path, place.line, place.column,
                   cause + " makes " + count_of(columns, "column") +
                       ", whose vectors need at least " + gigabytes(needed) + " of memory, and " +
                       gigabytes(memory.bytes) + " are " + memory.limit + ": " + advice);
}

}  // namespace sounder::cli
