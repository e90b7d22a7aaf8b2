#include "waiting.hpp"

#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace sounder::cli {

void sleep_while_waiting(char** arguments) {
  constexpr const char* spins = "2000";
  const char* const preloaded = std::getenv("LD_PRELOAD");
  const bool followed = preloaded == nullptr || std::strstr(preloaded, "valgrind") == nullptr;
  if (followed && std::getenv("GOMP_SPINCOUNT") == nullptr &&
      std::getenv("OMP_WAIT_POLICY") == nullptr && setenv("GOMP_SPINCOUNT", spins, 1) == 0) {
    execv("/proc/self/exe", arguments);
  }
}

}  // namespace sounder::cli
