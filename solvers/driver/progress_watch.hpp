// Notices when a run makes no more progress.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include <sounder/engine/run/result.hpp>

namespace sounder {

/// Notices that neither the objective nor the duality gap has fallen for many epochs and the
/// coefficients do not grow either: only rounding is left. (Coefficients can grow for long without
/// effect on the objective, if a column holds one value of 1e36.) One thread.
class ProgressWatch {
 public:
  /// @param patience number of epochs without progress that ends a run
  explicit ProgressWatch(int patience) : patience_(patience) {}

  /// Call with each epoch's certificate and coefficients, in any coordinates. Returns whether the
  /// run has stalled. O(p).
  [[nodiscard]] bool stalled(const Certificate& point, std::span<const double> w) noexcept {
    double size = 0.0;
    for (const double value : w) {
      size += std::abs(value);
    }
    const bool grows = size > 1.001 * largest_;
    largest_ = std::max(largest_, size);
    // A fall by 1e-13 of the objective in an epoch counts as none.
    const bool lower = point.objective < lowest_ - 1e-13 * lowest_;
    const bool nearer = point.relative_gap < 0.999 * least_gap_;
    lowest_ = std::min(lowest_, point.objective);
    least_gap_ = std::min(least_gap_, point.relative_gap);
    waited_ = lower || nearer || grows ? 0 : waited_ + 1;
    return waited_ >= patience_;
  }

 private:
  int patience_;
  int waited_ = 0;
  double largest_ = 0.0;  ///< sum of the coefficients' absolute values
  double lowest_ = std::numeric_limits<double>::max();
  double least_gap_ = std::numeric_limits<double>::max();
};

}  // namespace sounder
