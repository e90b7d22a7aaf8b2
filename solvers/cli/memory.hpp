// How much memory this process may still take, and what a matrix of many columns needs.
#pragma once

#include <sounder/datasets/libsvm_reader.hpp>
#include <sounder/engine/base/control_groups.hpp>

#include <cstdint>
#include <string>

namespace sounder::cli {

/// Where the system says what it has. Tests have folders of their own.
struct MemorySources {
  std::string proc = "/proc";
  CgroupFiles groups;
};

/// Bytes that can be had, at most.
struct AvailableMemory {
  double bytes = 0.0;  ///< infinity where nothing is known
  std::string limit;   ///< what allows no more, in words
};

/// The least of what the machine has left (MemAvailable), what the control groups of this process
/// and those around them allow (v1 and v2; file pages that can be dropped count as free), and what
/// is left of its address space.
/// @param address_space RLIMIT_AS in bytes, RLIM_INFINITY for none
[[nodiscard]] AvailableMemory memory_to_be_had(const MemorySources& sources,
                                               std::uint64_t address_space);

/// The same of this process.
[[nodiscard]] AvailableMemory memory_to_be_had();

/// Refuses data whose columns alone need more memory than is to be had, before any vector by column
/// is made. It names the place of the largest index: for that it gives up the data, and reads the
/// file again.
/// @param read how the data was read
/// @param bytes_a_column what each column takes
/// @throws ParseError
void require_memory(const std::string& path, const ReadOptions& read, Dataset& data,
                    double bytes_a_column);

}  // namespace sounder::cli
