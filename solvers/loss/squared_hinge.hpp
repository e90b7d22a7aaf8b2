// Squared hinge: the L2-loss support vector machine.
#pragma once

#include <sounder/solvers/loss/loss.hpp>

namespace sounder {

/// loss(y, z) = max(0, 1 - y z)^2, y in {-1, +1}; no factor 1/2, as in LIBLINEAR.
struct SquaredHinge {
  /// Members that the concept Loss requires. @{
  static constexpr std::string_view name = "squared-hinge";
  static constexpr std::string_view formula = "max(0, 1 - y z)^2";
  static constexpr double curvature_bound = 2.0;
  static constexpr bool smooth = true;
  static constexpr bool classification = true;

  [[nodiscard]] double value(double y, double z) const noexcept {
    const double slack = std::max(1.0 - y * z, 0.0);  // this order of operands keeps NaN
    return slack * slack;
  }
  [[nodiscard]] double derivative(double y, double z) const noexcept {
    return -2.0 * y * std::max(1.0 - y * z, 0.0);
  }
  [[nodiscard]] double curvature(double y, double z) const noexcept {
    return y * z < 1.0 ? 2.0 : 0.0;
  }
  [[nodiscard]] double dual_term(double y, double a) const noexcept {
    const double u = a * y;
    return u >= 0.0 ? u - 0.25 * u * u : -infinity;
  }
  /// @}
};

static_assert(Loss<SquaredHinge>);

}  // namespace sounder
