// The options that all solvers share.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

#include <sounder/engine/base/message.hpp>

namespace sounder {

/// The options that all solvers share; each solver's options derive from them. Stored by value.
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

}  // namespace sounder
