// The machine that a measurement was made on.
#pragma once

#include <string>

namespace sounder::sweep {

struct Machine {
  std::string processor;
  int cores = 1;  ///< that this process may use
  std::string system;
  std::string compiler;

  /// "AMD EPYC, 2 cores": times are compared only if this agrees.
  [[nodiscard]] std::string name() const;
};

[[nodiscard]] Machine this_machine();

}  // namespace sounder::sweep
