// The CPU quota of control groups: how much of a machine a container may use.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <limits>
#include <string>
#include <string_view>

namespace sounder {

/// Where Linux tells of control groups; a test has files of its own.
struct CgroupFiles {
  std::string membership = "/proc/self/cgroup";  ///< the groups of the process, a line a hierarchy
  std::string mounts = "/sys/fs/cgroup";         ///< the folder that the hierarchies lie in
};

namespace detail {

/// The text of a file; empty where it cannot be read.
[[nodiscard]] inline std::string text_of(const std::string& path) {
  std::string text;
  if (std::FILE* const file = std::fopen(path.c_str(), "re")) {
    char part[512];
    for (std::size_t size = 0; (size = std::fread(part, 1, sizeof part, file)) > 0;) {
      text.append(part, size);
    }
    std::fclose(file);
  }
  return text;
}

inline constexpr long long no_quota = std::numeric_limits<int>::max();

/// CPUs that a group may use, rounded up: cpu.max is version 2, the others are version 1.
[[nodiscard]] inline long long quota_of_group(const std::string& folder) {
  long long quota = 0;   // microseconds in every
  long long period = 0;  // so many
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

/// The least of a group and all above it, up to where the hierarchy is mounted.
[[nodiscard]] inline long long least_quota(const std::string& mount, std::string group) {
  if (group.find("/..") != std::string::npos) {
    group.clear();  // outside of what this process sees
  }
  // In a container the mount may begin below the machine's root, and the group's name at it.
  while (!group.empty()) {
    const std::size_t next = std::min(group.find('/', 1), group.size());
    if (access((mount + group.substr(0, next)).c_str(), F_OK) == 0) {
      break;
    }
    group.erase(0, next);
  }
  long long least = quota_of_group(mount + group);
  while (!group.empty()) {
    group.erase(group.rfind('/'));
    least = std::min(least, quota_of_group(mount + group));
  }
  return least;
}

/// Whether a list of controllers ("cpu,cpuacct") has this one.
[[nodiscard]] inline bool controls_cpu(std::string_view controllers) {
  while (!controllers.empty()) {
    const std::size_t comma = std::min(controllers.find(','), controllers.size());
    if (controllers.substr(0, comma) == "cpu") {
      return true;
    }
    controllers.remove_prefix(std::min(comma + 1, controllers.size()));
  }
  return false;
}

}  // namespace detail

/// CPUs that this process may use at once, rounded up: the least quota of its control groups
/// (versions 1 and 2) and of all groups above them; at least 1, and the largest int where there is
/// none. Reads some small files every time. Any number of threads may ask.
/// @throws std::bad_alloc
[[nodiscard, gnu::noinline]] inline int cpu_quota(const CgroupFiles& files = {}) {
  long long least = detail::no_quota;
  const std::string text = detail::text_of(files.membership);
  std::string_view lines = text;
  while (!lines.empty()) {  // NUMBER:CONTROLLERS:GROUP; version 2 names no controllers
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    const std::size_t first = line.find(':');
    const std::size_t second = first == line.npos ? line.npos : line.find(':', first + 1);
    if (second == line.npos) {
      continue;
    }
    const std::string controllers(line.substr(first + 1, second - first - 1));
    std::string group(line.substr(second + 1));
    group.erase(group.find_last_not_of('/') + 1);  // the root is the empty text
    if (controllers.empty()) {
      least = std::min({least, detail::least_quota(files.mounts, group),
                        detail::least_quota(files.mounts + "/unified", group)});
    } else if (detail::controls_cpu(controllers)) {
      least = std::min({least, detail::least_quota(files.mounts + "/" + controllers, group),
                        detail::least_quota(files.mounts + "/cpu", group)});
    }
  }
  return static_cast<int>(std::max(least, 1LL));
}

}  // namespace sounder
