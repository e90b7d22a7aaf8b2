// Squared loss: least squares and the lasso.
#pragma once

#include <sounder/solvers/loss/loss.hpp>

namespace sounder {

/// loss(y, z) = (z - y)^2 / 2.
struct Squared {
  /// Members that the concept Loss requires. @{
  static constexpr std::string_view name = "squared";
  static constexpr std::string_view formula = "(z - y)^2 / 2";
  static constexpr double curvature_bound = 1.0;
  static constexpr bool smooth = true;
  static constexpr bool classification = false;
  static constexpr bool of_residual = true;

  [[nodiscard]] double value(double y, double z) const noexcept { return 0.5 * (z - y) * (z - y); }
  [[nodiscard]] double derivative(double y, double z) const noexcept { return z - y; }
  [[nodiscard]] double curvature(double /*y*/, double /*z*/) const noexcept { return 1.0; }
  [[nodiscard]] double dual_term(double y, double a) const noexcept { return a * y - 0.5 * a * a; }
  /// @}
};

static_assert(Loss<Squared>);

}  // namespace sounder
