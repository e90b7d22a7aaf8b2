// The control groups of this process, which limit how much of a machine a container may use.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

#include <sounder/engine/base/call.hpp>

namespace sounder {

/// Where Linux describes control groups; tests use their own files.
struct CgroupFiles {
  std::string membership = "/proc/self/cgroup";  ///< groups of the process, one line a hierarchy
  std::string mounts = "/sys/fs/cgroup";         ///< the folder that holds the hierarchies
};

namespace detail {

/// The text of a file; empty if it cannot be read.
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

/// Calls visit(folder) for a group and all groups above it, up to the mount point of the hierarchy.
inline void visit_group(const std::string& mount, std::string group,
                        Call<void(const std::string&)> visit) {
  if (group.find("/..") != std::string::npos) {
    group.clear();  // outside of what this process sees
  }
  // In a container the mount may show only a part of the hierarchy: leave out leading folders of
  // the name.
  while (!group.empty()) {
    const std::size_t next = std::min(group.find('/', 1), group.size());
    if (access((mount + group.substr(0, next)).c_str(), F_OK) == 0) {
      break;
    }
    group.erase(0, next);
  }
  visit(mount + group);
  while (!group.empty()) {
    group.erase(group.rfind('/'));
    visit(mount + group);
  }
}

/// Whether a list of controllers ("cpu,cpuacct") contains this one.
[[nodiscard]] inline bool has_controller(std::string_view controllers, std::string_view one) {
  while (!controllers.empty()) {
    const std::size_t comma = std::min(controllers.find(','), controllers.size());
    if (controllers.substr(0, comma) == one) {
      return true;
    }
    controllers.remove_prefix(std::min(comma + 1, controllers.size()));
  }
  return false;
}

}  // namespace detail

/// Calls visit(folder) for every control group that limits this process by a controller ("cpu",
/// "memory"): its own and all above, of versions 1 and 2, as far as the process sees them. The
/// files in a folder show the version. Reads a small file. Any number of threads may call.
/// @throws std::bad_alloc
[[gnu::noinline]] inline void each_control_group(const CgroupFiles& files,
                                                 std::string_view controller,
                                                 Call<void(const std::string&)> visit) {
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
    group.erase(group.find_last_not_of('/') + 1);  // the root becomes the empty text
    if (controllers.empty()) {
      detail::visit_group(files.mounts, group, visit);
      detail::visit_group(files.mounts + "/unified", group, visit);
    } else if (detail::has_controller(controllers, controller)) {
      detail::visit_group(files.mounts + "/" + controllers, group, visit);
      detail::visit_group(files.mounts + "/" + std::string(controller), group, visit);
    }
  }
}

}  // namespace sounder
