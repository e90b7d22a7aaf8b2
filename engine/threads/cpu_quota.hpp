// The CPU quota of this process's control groups.
#pragma once

#include <algorithm>
#include <cstdio>
#include <limits>
#include <string>

#include <sounder/engine/base/control_groups.hpp>

namespace sounder {
namespace detail {

inline constexpr long long no_quota = std::numeric_limits<int>::max();

/// CPUs that a group may use, rounded up. cpu.max is version 2, the other files version 1.
[[nodiscard]] inline long long quota_of_group(const std::string& folder) {
  long long quota = 0;   // CPU time in microseconds a period
  long long period = 0;  // microseconds
  const std::string both = text_of(folder + "/cpu.max");
  if (std::sscanf(both.c_str(), "%lld %lld", &quota, &period) != 2) {
    const std::string first = text_of(folder + "/cpu.cfs_quota_us");
    const std::string second = text_of(folder + "/cpu.cfs_period_us");
    if (std::sscanf(first.c_str(), "%lld", &quota) != 1 ||
        std::sscanf(second.c_str(), "%lld", &period) != 1) {
      return no_quota;
    }
  }
  if (quota <= 0 || period <= 0) {
    return no_quota;  // "max", and -1 in version 1
  }
  return std::min(quota / period + (quota % period > 0 ? 1 : 0), no_quota);
}

}  // namespace detail

/// CPUs that this process may use at once, rounded up: the least quota of its control groups
/// (versions 1 and 2) and of all groups above them. At least 1; the largest int if there is no
/// quota. Reads some small files on every call. Any number of threads may call.
/// @throws std::bad_alloc
[[nodiscard, gnu::noinline]] inline int cpu_quota(const CgroupFiles& files = {}) {
  long long least = detail::no_quota;
  each_control_group(files, "cpu", [&least](const std::string& folder) {
    least = std::min(least, detail::quota_of_group(folder));
  });
  return static_cast<int>(std::max(least, 1LL));
}

}  // namespace sounder
