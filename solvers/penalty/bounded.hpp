// The elastic net on coefficients that must stay within bounds.
#pragma once

#include <sounder/solvers/penalty/penalty.hpp>

namespace sounder {

/// P(w) = l1 ||w||_1 + l2/2 ||w||_2^2 for lower <= w_j <= upper, infinite elsewhere;
/// l1, l2 >= 0, lower <= 0 <= upper, any bound may be infinite. {.lower = 0}: non-negative.
///
/// With strengths of zero and infinite bounds it equals ElasticNet, L1, L2 or NoPenalty. It stands
/// for all of them where compiling each would take long.
struct Bounded {
  static constexpr std::string_view name = "bounded";  ///< name in messages
  double l1_strength = 0.0;                            ///< l1 of the formula
  double l2_strength = 0.0;                            ///< l2 of the formula
  double lower = everywhere.low;                       ///< in [-infinity, 0]
  double upper = everywhere.high;                      ///< in [0, infinity]

  /// Members that the concept Penalty requires. @{
  [[nodiscard]] double value(double w) const noexcept {
    return w >= lower && w <= upper ? l1_strength * std::abs(w) + 0.5 * l2_strength * w * w
                                    : everywhere.high;
  }
  /// The function is convex in one number, so a value outside the bounds moves to the nearest
  /// bound.
  [[nodiscard]] double prox(double w, double step) const noexcept {
    const double free = soft_threshold(w, step * l1_strength) / (1.0 + step * l2_strength);
    return std::min(std::max(free, lower), upper);
  }
  [[nodiscard]] double conjugate(double u) const noexcept {
    const double excess = soft_threshold(u, l1_strength);
    if (excess == 0.0) {
      return 0.0;
    }
    if (l2_strength == 0.0) {
      return excess * (excess > 0.0 ? upper : lower);
    }
    const double w = std::min(std::max(excess / l2_strength, lower), upper);
    return w * (excess - 0.5 * l2_strength * w);
  }
  [[nodiscard]] Interval conjugate_domain() const noexcept {
    if (l2_strength > 0.0) {
      return everywhere;
    }
    return {std::isinf(lower) ? -l1_strength : everywhere.low,
            std::isinf(upper) ? l1_strength : everywhere.high};
  }
  [[nodiscard]] double l1() const noexcept { return l1_strength; }
  [[nodiscard]] double l2() const noexcept { return l2_strength; }
  [[nodiscard]] Bounded scaled(double factor) const noexcept {
    return {factor * l1_strength, factor * l2_strength, lower, upper};
  }
  /// @}
};

static_assert(BoxedPenalty<Bounded>);

}  // namespace sounder
