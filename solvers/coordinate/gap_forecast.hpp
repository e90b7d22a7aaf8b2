// GapForecast: how far away a tolerance is, at the recent speed of the duality gap.
#pragma once

#include <cmath>
#include <limits>

namespace sounder {

/// Measures the speed over windows of ten epochs. One thread.
class GapForecast {
 public:
  /// @param tolerance on the relative gap; 0: no tolerance, which is never far
  explicit GapForecast(double tolerance) : tolerance_(tolerance) {}

  /// Call after every epoch, counted from 0, with its gap.
  void see(int epoch, double gap) noexcept {
    if (tolerance_ == 0.0 || epoch == 0 || epoch % window != 0) {
      return;
    }
    const double fall = std::log(gap / before_) / window;  // -infinity at the first finite gap
    far_ = far_ || std::log(tolerance_ / gap) < many * fall;
    before_ = gap;
  }

  /// Whether the tolerance was ever more than a hundred epochs away.
  [[nodiscard]] bool far() const noexcept { return far_; }

 private:
  static constexpr int window = 10;
  static constexpr double many = 100.0;

  double tolerance_;
  double before_ = std::numeric_limits<double>::infinity();
  bool far_ = false;
};

}  // namespace sounder
