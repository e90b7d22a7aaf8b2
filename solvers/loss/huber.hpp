// Huber's loss: least squares that does not follow outliers.
#pragma once

#include <sounder/solvers/loss/loss.hpp>

namespace sounder {

/// loss(y, z) = r^2 / 2 for |r| <= delta, delta (|r| - delta / 2) beyond, r = z - y.
/// Huber, "Robust Estimation of a Location Parameter", Annals of Mathematical Statistics 1964.
struct Huber {
  double delta = 1.0;  ///< where the square becomes a straight line; above 0

  /// Members that the concept Loss requires. @{
  static constexpr std::string_view name = "huber";
  static constexpr std::string_view formula =
      "(z - y)^2 / 2 where z is within delta of y, else straight on";
  static constexpr double curvature_bound = 1.0;
  static constexpr bool smooth = true;
  static constexpr bool classification = false;
  static constexpr bool of_residual = true;

  [[nodiscard]] double value(double y, double z) const noexcept {
    const double r = std::abs(z - y);
    return r > delta ? delta * (r - 0.5 * delta) : 0.5 * r * r;  // this order of operands keeps NaN
  }
  [[nodiscard]] double derivative(double y, double z) const noexcept {
    return std::clamp(z - y, -delta, delta);
  }
  [[nodiscard]] double curvature(double y, double z) const noexcept {
    return std::abs(z - y) <= delta ? 1.0 : 0.0;
  }
  [[nodiscard]] double dual_term(double y, double a) const noexcept {
    return std::abs(a) <= delta ? a * y - 0.5 * a * a : -infinity;
  }
  /// @}
  /// The parameter on the command line: --huber-delta. @{
  static constexpr std::string_view parameter = "delta";
  static constexpr std::string_view parameter_help =
      "residuals beyond X count in proportion, not squared";
  [[nodiscard]] constexpr double parameter_value() const noexcept { return delta; }
  [[nodiscard]] static constexpr Huber with_parameter(double delta) noexcept { return {delta}; }
  /// @}
};

static_assert(Loss<Huber>);

}  // namespace sounder
