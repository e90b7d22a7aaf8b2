// How much memory this process may still take, and what a matrix of many columns needs.
#pragma once

#include <sounder/datasets/libsvm_reader.hpp>
#include <sounder/engine/base/control_groups.hpp>

#include <cstdint>
#include <string>

namespace sounder::cli {

/// Where the system describes its memory. Tests use their own folders.
struct MemorySources {
  std::string proc = "/proc";
  CgroupFiles groups;
};

/// How many bytes can be allocated at most.
struct AvailableMemory {
  double bytes = 0.0;  ///< infinity if nothing is known
  std::string limit;   ///< what sets the limit, in words
};

/// The least of the memory that the machine has left (MemAvailable), the memory that the control
/// groups of this process and those above them allow (v1 and v2; file pages that can be dropped
/// count as free), and the address space that is left.
/// @param address_space RLIMIT_AS in bytes, RLIM_INFINITY for none
[[nodiscard]] AvailableMemory memory_to_be_had(const MemorySources& sources,
                                               std::uint64_t address_space);

/// The same for this process.
[[nodiscard]] AvailableMemory memory_to_be_had();

/// Refuses data whose columns alone need more memory than is available, before any vector of
/// columns is made. The error names the place of the largest index; to find it, the function drops
/// the data and reads the file again.
/// @param read how the data was read
/// @param bytes_a_column bytes that each column takes
void require_memory(const std::string& path, const ReadOptions& read, Dataset& data,
                    double bytes_a_column);

}  // namespace sounder::cli
