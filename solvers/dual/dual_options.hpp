// Options of dual coordinate ascent.
#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include <sounder/solvers/driver/run_options.hpp>

namespace sounder {

/// Options of `dual_cd`; stored by value, checked by validate(). Whatever they are, the result does
/// not depend on the number of threads.
struct DualOptions {
  int threads = 1;          ///< at most; fewer where they are not faster
  int max_epochs = 1000;    ///< an epoch is a step on every row that is not left out
  double tolerance = 1e-3;  ///< stop at this relative duality gap; 0: run every epoch
  double time_limit = std::numeric_limits<double>::infinity();  ///< seconds of training clock
  std::uint64_t seed = 1;                                       ///< of every random choice

  /// Rows a batch, 1 to 64, whose margins are gathered at once; 0: as the data suggests.
  int batch = 0;
  /// Leaves rows out whose dual variable sits at a bound and is pushed against it; each certificate
  /// looks at them again.
  bool shrinking = true;
  bool second_order = true;  ///< conjugate gradients on the variables within their bounds

  std::span<const double> initial = {};  ///< p coefficients to start from; empty: zero
  double initial_intercept = 0.0;        ///< b to start from

  /// @throws std::invalid_argument with one sentence naming the option.
  void validate() const {
    run_options(*this).validate();
    const auto require = RunOptions::require;
    require(batch >= 0 && batch <= 64, "batch must be from 0 (automatic) to 64");
  }
};

}  // namespace sounder
