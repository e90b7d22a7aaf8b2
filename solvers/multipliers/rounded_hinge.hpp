// The hinge with its corner rounded where a multiplier says.
#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>

#include <sounder/solvers/loss/hinge.hpp>

namespace sounder {

/// `width` times the hinge plus a proximal term in its dual variable u in [0, 1]:
///
///     width max_u [u (1 - y z) - width (u - u_0)^2 / 2], up to a constant.
///
/// With t = 1 + width u_0 that is a parabola where the margin y z lies in [t - width, t], zero
/// above and a straight line below. The pair of y and t is one target y t: its sign and its size.
/// Rockafellar, "Augmented Lagrangians and applications of the proximal point algorithm in convex
/// programming", Mathematics of Operations Research 1976, equation 1.2.
struct RoundedHinge {
  double width = 1.0;  ///< of the rounded part, in units of margin; above 0

  /// The target of y in {-1, +1} and of a = y u_0.
  [[nodiscard]] double target(double y, double a) const noexcept { return y + width * a; }

  /// Members that the concept Loss requires. Its targets are no classes. @{
  static constexpr std::string_view name = "rounded-hinge";
  static constexpr double curvature_bound = 1.0;
  static constexpr bool smooth = true;
  static constexpr bool classification = false;

  [[nodiscard]] double value(double target, double z) const noexcept {
    const double r = std::max(slack(target, z), 0.0);  // this order of operands keeps NaN
    return r > width ? width * (r - 0.5 * width) : 0.5 * r * r;
  }
  [[nodiscard]] double derivative(double target, double z) const noexcept {
    return -std::copysign(std::clamp(slack(target, z), 0.0, width), target);
  }
  [[nodiscard]] double curvature(double target, double z) const noexcept {
    const double r = slack(target, z);
    return r > 0.0 && r <= width ? 1.0 : 0.0;
  }
  [[nodiscard]] double dual_term(double target, double a) const noexcept {
    const double v = std::copysign(1.0, target) * a;
    return v >= 0.0 && v <= width ? v * std::abs(target) - 0.5 * v * v : -infinity;
  }
  /// @}

 private:
  /// t - y z.
  [[nodiscard]] static double slack(double target, double z) noexcept {
    return std::abs(target) - std::copysign(1.0, target) * z;
  }
};

static_assert(Loss<RoundedHinge>);

/// The smooth loss that stands in for a loss with a corner; see method_of_multipliers.hpp.
template <class L>
struct RoundingOf;
/// @copydoc RoundingOf
template <>
struct RoundingOf<Hinge> {
  using type = RoundedHinge;  ///< made from a width
};

/// A loss with a corner that can be rounded.
template <class L>
concept CornerLoss = Loss<L> && requires {
  typename RoundingOf<L>::type;
};

}  // namespace sounder
