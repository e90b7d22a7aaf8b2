#include <sounder/bench/sweep/machine.hpp>

#include <sounder/engine/threads/team.hpp>

#include <sys/utsname.h>

#include <fstream>

#include <sounder/solvers/output/text.hpp>

namespace sounder::sweep {
namespace {

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  while (std::getline(file, line)) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) {
      return line.substr(colon + 2);
    }
  }
  return "unknown processor";
}

std::string compiler_name() {
#ifdef __clang__
  return "clang++ " + std::to_string(__clang_major__) + "." + std::to_string(__clang_minor__);
#else
  return "g++ " + std::to_string(__GNUC__) + "." + std::to_string(__GNUC_MINOR__);
#endif
}

std::string system_name() {
  struct utsname names {};
  return uname(&names) == 0 ? std::string(names.sysname) + " " + names.release + " " + names.machine
                            : "unknown system";
}

}  // namespace

std::string Machine::name() const {
  return processor + ", " + count_of(cores, "core");
}

Machine this_machine() {
  return {processor_name(), available_threads(), system_name(), compiler_name()};
}

}  // namespace sounder::sweep
