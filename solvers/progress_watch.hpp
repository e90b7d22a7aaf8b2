// Whether a run still gets anywhere.
#pragma once

#include <algorithm>
#include <limits>

#include <sounder/engine/result.hpp>

namespace sounder {

/// Sees that neither the objective nor the duality gap has fallen for many epochs: what is left is
/// rounding. One thread.
class ProgressWatch {
 public:
  /// @param patience epochs without progress that end a run
  explicit ProgressWatch(int patience) : patience_(patience) {}

  /// Call with each epoch's certificate. Whether the run has stalled.
  [[nodiscard]] bool stalled(const Certificate& point) noexcept {
    // A part in 1e13 an epoch would not add up to anything.
    const bool lower = point.objective < lowest_ - 1e-13 * lowest_;
    const bool nearer = point.relative_gap < 0.999 * least_gap_;
    lowest_ = std::min(lowest_, point.objective);
    least_gap_ = std::min(least_gap_, point.relative_gap);
    waited_ = lower || nearer ? 0 : waited_ + 1;
    return waited_ >= patience_;
  }

 private:
  int patience_;
  int waited_ = 0;
  double lowest_ = std::numeric_limits<double>::max();
  double least_gap_ = std::numeric_limits<double>::max();
};

}  // namespace sounder
