// Logistic loss: logistic regression.
#pragma once

#include <sounder/solvers/loss/expansion.hpp>
#include <sounder/solvers/loss/exponential.hpp>
#include <sounder/solvers/loss/loss.hpp>

namespace sounder {

/// loss(y, z) = log(1 + exp(-y z)), y in {-1, +1}. Never overflows: exp is taken of -|y z| only.
struct Logistic {
  /// Members that the concept Loss requires. @{
  static constexpr std::string_view name = "logistic";
  static constexpr std::string_view formula = "log(1 + exp(-y z))";
  static constexpr double curvature_bound = 0.25;
  static constexpr bool smooth = true;
  static constexpr bool classification = true;

  [[nodiscard]] double value(double y, double z) const noexcept {
    const double m = y * z;
    return log1p_of_unit(exp_of_negative(-std::abs(m))) + std::max(-m, 0.0);
  }
  [[nodiscard]] double derivative(double y, double z) const noexcept {
    const double m = y * z;
    const double e = exp_of_negative(-std::abs(m));
    return -y * numerator(m, e) / (1.0 + e);
  }
  [[nodiscard]] double curvature(double y, double z) const noexcept {
    const double e = exp_of_negative(-std::abs(y * z));
    return e / ((1.0 + e) * (1.0 + e));
  }
  /// @}
  /// All three of one exponential.
  [[nodiscard]] Expansion expansion(double y, double z) const noexcept {
    const double m = y * z;
    const double e = exp_of_negative(-std::abs(m));
    const double share = 1.0 / (1.0 + e);
    return {log1p_of_unit(e) + std::max(-m, 0.0), -y * numerator(m, e) * share, e * share * share};
  }
  /// Name of the solver type in the header of a model file.
  [[nodiscard]] static constexpr std::string_view liblinear_solver(bool sparse) noexcept {
    return sparse ? "L1R_LR" : "L2R_LR";
  }
  /// The binary entropy of u = a y in [0, 1].
  [[nodiscard]] double dual_term(double y, double a) const noexcept {
    const double u = a * y;
    // Without a branch, as everything here: -infinity outside, NaN for what is no number or
    // infinite.
    const double inside = is_positive(u + 0.0) * is_positive(1.0 - u);
    const double barrier = ((1.0 - inside) * 1e308) * 1e308;
    return (binary_entropy(inside * u) - barrier) + (u - u);
  }

 private:
  /// exp(-m), at most 1, of e = exp(-|m|).
  [[nodiscard]] static double numerator(double m, double e) noexcept {
    const double right = is_positive(m);
    return right * e + (1.0 - right);
  }
};

static_assert(Loss<Logistic>);

}  // namespace sounder
