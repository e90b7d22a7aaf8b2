// The options that all solvers share.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

#include <sounder/engine/base/message.hpp>

namespace sounder {

/// What every solver is told. Each solver's options begin with the same fields, and with defaults
/// of its own, so that a call may name them: `cd(problem, {.threads = 2, .tolerance = 1e-6},
/// trace)`. (Designated initialisers do not reach into a base class.) Stored by value.
struct RunOptions {
  int threads = 1;          ///< workers, at most
  int max_epochs = 1000;    ///< the solver says what an epoch is: mostly a pass over the data
  double tolerance = 1e-3;  ///< stop at this relative duality gap; 0: run every epoch
  double time_limit = std::numeric_limits<double>::infinity();  ///< seconds of training clock
  std::uint64_t seed = 1;                                       ///< seed of every random choice

  std::span<const double> initial = {};  ///< p coefficients to start from; empty: zero
  double initial_intercept = 0.0;        ///< b to start from

  /// Whether the run starts from a point that the caller gives.
  [[nodiscard]] bool warm() const noexcept { return !initial.empty() || initial_intercept != 0.0; }

  /// @throws std::invalid_argument with the sentence if the condition does not hold
  static void require(bool fine, const char* sentence) {
    if (!fine) {
      refuse({sentence});
    }
  }

  /// @throws std::invalid_argument with one sentence naming the option.
  void validate() const {
    require(threads >= 1, "threads must be at least 1");
    require(max_epochs >= 0, "max_epochs must not be negative");
    require(tolerance >= 0.0 && std::isfinite(tolerance), "tolerance must be 0 or more");
    require(time_limit > 0.0, "time_limit must be more than 0 seconds");
    require(std::isfinite(initial_intercept), "initial_intercept must be finite");
    for (const double coefficient : initial) {
      require(std::isfinite(coefficient), "initial must hold finite coefficients");
    }
  }
};

/// These fields of a solver's options.
template <class Options>
[[nodiscard]] RunOptions run_options(const Options& options) {
  return {options.threads, options.max_epochs, options.tolerance,        options.time_limit,
          options.seed,    options.initial,    options.initial_intercept};
}

/// Writes these fields into a solver's options.
template <class Options>
void set_run_options(const RunOptions& run, Options& options) {
  options.threads = run.threads;
  options.max_epochs = run.max_epochs;
  options.tolerance = run.tolerance;
  options.time_limit = run.time_limit;
  options.seed = run.seed;
  options.initial = run.initial;
  options.initial_intercept = run.initial_intercept;
}

}  // namespace sounder
