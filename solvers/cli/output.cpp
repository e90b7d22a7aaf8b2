#include "output.hpp"

#include <sounder/datasets/parse_error.hpp>
#include <sounder/engine/base/atomic_file.hpp>
#include <sounder/solvers/model/liblinear_format.hpp>

#include <sys/resource.h>

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <system_error>

namespace sounder::cli {

void Report::line(const std::string& text) const {
  if (!quiet_) {
    std::fputs((text + "\n").c_str(), stderr);
  }
}

void write_file(const std::string& path, std::string_view text) {
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

void require_writable(const std::string& path) {
  if (!path.empty() && path != "-") {
    const AtomicFile probe(path);
  }
}

void write_json(const std::string& path, const nlohmann::ordered_json& json) {
  constexpr int indent = 2;
  const auto replace = nlohmann::ordered_json::error_handler_t::replace;
  write_file(path, json.dump(indent, ' ', false, replace) + "\n");
}

nlohmann::ordered_json json_number(double number) {
  return std::isfinite(number) ? nlohmann::ordered_json(number) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json hash_bits_json(int bits) {
  return bits > 0 ? nlohmann::ordered_json(bits) : nlohmann::ordered_json(nullptr);
}

LinearModel read_model(const std::string& path) {
  std::error_code none;
  if (std::filesystem::is_directory(path, none)) {
    throw InputError(path, "is a directory");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw InputError(path, std::generic_category().message(errno));
  }
  std::ostringstream content;
  content << file.rdbuf();
  if (file.bad()) {
    throw InputError(path, "cannot be read");
  }
  try {
    return from_liblinear(content.view());
  } catch (const ModelFormatError& error) {
    throw ParseError(path, error.line(), error.column(), error.what());
  }
}

std::int64_t peak_memory_bytes() {
  struct rusage usage {};
  getrusage(RUSAGE_SELF, &usage);
  return std::int64_t{usage.ru_maxrss} * 1024;
}

}  // namespace sounder::cli
