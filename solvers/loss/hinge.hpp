// Hinge: the L1-loss support vector machine.
#pragma once

#include <sounder/solvers/loss/loss.hpp>

namespace sounder {

/// loss(y, z) = max(0, 1 - y z), y in {-1, +1}. Not smooth: the subgradient at the corner is 0.
/// Cortes, Vapnik, "Support-Vector Networks", Machine Learning 1995.
struct Hinge {
  /// Members that the concept Loss requires. @{
  static constexpr std::string_view name = "hinge";
  static constexpr std::string_view formula = "max(0, 1 - y z)";
  static constexpr double curvature_bound = 1.0;
  static constexpr bool smooth = false;
  static constexpr bool classification = true;

  [[nodiscard]] double value(double y, double z) const noexcept {
    return std::max(1.0 - y * z, 0.0);  // this order of operands keeps NaN
  }
  [[nodiscard]] double derivative(double y, double z) const noexcept {
    return y * z < 1.0 ? -y : 0.0;
  }
  /// Curvature of the hinge with its corner rounded over half a unit of margin on either side;
  /// Newton steps could not see the corner otherwise.
  [[nodiscard]] double curvature(double y, double z) const noexcept {
    return std::abs(1.0 - y * z) < 0.5 ? 1.0 : 0.0;
  }
  [[nodiscard]] double dual_term(double y, double a) const noexcept {
    const double u = a * y;
    return u >= 0.0 && u <= 1.0 ? u : -infinity;
  }
  /// @}
  /// Name of the solver type in the header of a model file.
  [[nodiscard]] static constexpr std::string_view liblinear_solver(bool /*sparse*/) noexcept {
    return "L2R_L1LOSS_SVC_DUAL";
  }
};

static_assert(Loss<Hinge>);

}  // namespace sounder
