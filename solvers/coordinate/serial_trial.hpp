// SerialTrial: finds out whether several workers are faster than one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include <sounder/engine/threads/team.hpp>

namespace sounder {

/// In epochs 2 to 5 some of the units move one at a time, for comparison. If columns share most of
/// their rows, workers take each margin out of the other's cache and are slower than one worker.
/// Compares the least time a unit. One thread.
class SerialTrial {
 public:
  static constexpr int last_epoch = 5;  ///< last epoch in which units move alone

  /// The units of [0, count) that move one at a time: the first ones.
  [[nodiscard]] static Range alone(std::int64_t count) noexcept { return {0, count / part}; }

  /// Whether some units move alone in this epoch.
  [[nodiscard]] static bool runs_in(int epoch) noexcept {
    return epoch >= 2 && epoch <= last_epoch;
  }

  /// Takes the time of a part of an epoch.
  void see(bool alone, double seconds, std::int64_t units) noexcept {
    double& least = alone ? alone_ : together_;
    least = std::min(least, seconds / static_cast<double>(units));
  }

  /// The result, after last_epoch.
  [[nodiscard]] bool alone_is_faster() const noexcept { return alone_ < together_; }

 private:
  static constexpr std::int64_t part = 16;  ///< one unit in this many

  double alone_ = std::numeric_limits<double>::infinity();
  double together_ = std::numeric_limits<double>::infinity();
};

}  // namespace sounder
