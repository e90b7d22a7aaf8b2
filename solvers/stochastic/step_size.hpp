// The step size: how it falls over a run, and how the first one is found.
#pragma once

#include <cmath>

#include <sounder/solvers/stochastic/sgd_options.hpp>

namespace sounder {

/// The factor on the step size at time t (in epochs, from 0).
[[nodiscard]] inline double step_factor(const SgdOptions& options, double t) noexcept {
  const auto total = static_cast<double>(options.max_epochs);
  switch (options.schedule) {
    case StepSchedule::constant:
      return 1.0;
    case StepSchedule::epoch_decay:
      return std::pow(options.step_decay, std::floor(t));
    case StepSchedule::inverse:
      return 1.0 / (1.0 + t);
    case StepSchedule::linear:
      return 1.0 - t / total;
    case StepSchedule::automatic:
      if (options.variance_reduction) {
        return t < 1.0 ? 1.0 - t : 1.0;
      }
      return 1.0 - t / total;
  }
  return 1.0;
}

/// The best of base 4^k by trial: goes up as long as the trial's objective falls, otherwise down
/// until it no longer falls. `trial(step)` returns an objective (NaN and infinity lose); some 3 to
/// 8 calls.
template <class Trial>
[[nodiscard]] double search_step(double base, Trial&& trial) {
  constexpr int most = 8;
  const auto lower = [](double a, double b) { return std::isfinite(a) && !(a >= b); };
  double best = base;
  double lowest = trial(base);
  const auto walk = [&](double factor) {
    for (int k = 0; k < most; ++k) {
      const double found = trial(best * factor);
      if (std::isfinite(lowest) && !lower(found, lowest)) {
        return;
      }
      lowest = found;
      best *= factor;
    }
  };
  if (std::isfinite(lowest)) {
    walk(4.0);
  }
  if (best == base) {
    walk(0.25);
  }
  return best;
}

}  // namespace sounder
