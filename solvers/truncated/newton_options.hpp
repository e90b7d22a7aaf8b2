// Options of Newton's method.
#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include <sounder/solvers/driver/run_options.hpp>

namespace sounder {

/// Options of `newton`; stored by value, checked by validate(). Whatever they are, the result does
/// not depend on the number of threads.
struct NewtonOptions {
  int threads = 1;          ///< at most; fewer where the data is small
  int max_epochs = 1000;    ///< an epoch is a Newton step
  double tolerance = 1e-3;  ///< stop at this relative duality gap; 0: run every epoch
  double time_limit = std::numeric_limits<double>::infinity();  ///< seconds of training clock
  std::uint64_t seed = 1;                                       ///< of every random choice

  /// Take the first steps on samples of the rows, where there are many more rows than columns.
  bool sampling = true;

  std::span<const double> initial = {};  ///< p coefficients to start from; empty: zero
  double initial_intercept = 0.0;        ///< b to start from

  /// @throws std::invalid_argument with one sentence naming the option.
  void validate() const { run_options(*this).validate(); }
};

}  // namespace sounder
