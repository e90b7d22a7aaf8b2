// How far the intercept goes at once in dual coordinate ascent.
#pragma once

#include <algorithm>
#include <cmath>

namespace sounder {

/// The method of multipliers on sum_i v_i = 0, which the dual of a problem with a free intercept
/// requires: within an epoch b = centre + sigma sum_i v_i, as if each row had one more value, the
/// root of sigma, and after it b is the next centre. (Steps on b alone, each to its best value, get
/// stuck where the loss has a corner.)
///
/// A long step makes all rows alike, a short one moves b slowly. So sigma doubles while b goes on
/// in one direction, and halves where it turns back. Rockafellar, "Augmented Lagrangians and
/// applications of the proximal point algorithm in convex programming", Mathematics of Operations
/// Research 1976. One thread.
class ProximalStep {
 public:
  /// sigma = 0: there is no intercept.
  ProximalStep() = default;
  /// @param square of a usual row's norm, and lambda: the sum of the variables is up to 1 / lambda,
  ///        so that b comes some way even where the penalty is strong
  explicit ProximalStep(double square) noexcept
      : unit_(square > 0.0 && std::isfinite(square) ? square : 1.0), sigma_(first * unit_) {}

  /// By how much b rises with sum_i v_i.
  [[nodiscard]] double sigma() const noexcept { return sigma_; }

  /// Ends an epoch. Returns by how much b rises.
  /// @param sum of the dual variables
  [[nodiscard]] double recentre(double sum) noexcept {
    constexpr double slowly = 0.5;
    if (sum * last_ < 0.0) {
      sigma_ = std::max(0.5 * sigma_, least * unit_);
      alike_ = 0;
    } else if (sum * last_ > 0.0 && std::abs(sum) > slowly * std::abs(last_)) {
      if (++alike_ >= 2) {
        sigma_ = std::min(2.0 * sigma_, most * unit_);
      }
    } else {
      alike_ = 0;
    }
    last_ = sum;
    return sigma_ * sum;
  }

 private:
  /// In units of the squared norm. @{
  static constexpr double least = 0.003;
  static constexpr double first = 0.03;
  static constexpr double most = 0.3;
  /// @}

  double unit_ = 0.0;
  double sigma_ = 0.0;
  double last_ = 0.0;
  int alike_ = 0;  ///< epochs in which the sum kept its sign, and fell slowly
};

}  // namespace sounder
