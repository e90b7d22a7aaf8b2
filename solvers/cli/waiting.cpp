// How threads wait for each other: the program restarts itself with a setting that lets OpenMP's
// threads sleep after some microseconds of spinning, unless the environment (GOMP_SPINCOUNT,
// OMP_WAIT_POLICY) says how to wait.
//
// By default they spin for milliseconds. If another program uses one of the cores, a spinning
// thread takes the core from the thread that it waits for: two threads are then several times
// slower than one.
#include <unistd.h>

#include <cstddef>
#include <string_view>
#include <vector>

namespace sounder::cli {
namespace {

/// The value of a variable of `environment`, or null.
const char* value_of(std::string_view name, char** environment) {
  for (; *environment != nullptr; ++environment) {
    const std::string_view entry(*environment);
    if (entry.starts_with(name) && entry.substr(name.size()).starts_with('=')) {
      return *environment + name.size() + 1;
    }
  }
  return nullptr;
}

/// Restarts the program once; afterwards the variable is set. Does nothing on failure, or under
/// valgrind, which would not follow.
void sleep_while_waiting(int /*count*/, char** arguments, char** environment) {
  const char* const preloaded = value_of("LD_PRELOAD", environment);
  if (value_of("GOMP_SPINCOUNT", environment) != nullptr ||
      value_of("OMP_WAIT_POLICY", environment) != nullptr ||
      (preloaded != nullptr &&
       std::string_view(preloaded).find("valgrind") != std::string_view::npos)) {
    return;
  }
  char spins[] = "GOMP_SPINCOUNT=2000";
  std::vector<char*> changed;
  for (; *environment != nullptr; ++environment) {
    changed.push_back(*environment);
  }
  changed.insert(changed.end(), {spins, nullptr});
  execve("/proc/self/exe", arguments, changed.data());
}

/// Called before the libraries that the program is linked with are initialised. libgomp then reads
/// its settings, and under OMP_PROC_BIND or OMP_PLACES binds this thread to one core; a restart
/// after that would inherit only that core. The C library has no environment yet (changes by setenv
/// would be lost), so the program restarts instead.
[[gnu::section(".preinit_array"),
  gnu::used]] void (*const before_libraries)(int, char**, char**) = sleep_while_waiting;

}  // namespace
}  // namespace sounder::cli
