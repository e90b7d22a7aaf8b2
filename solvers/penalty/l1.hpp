// The lasso's penalty.
#pragma once

#include <sounder/solvers/penalty/penalty.hpp>

namespace sounder {

/// P(w) = lambda ||w||_1, lambda > 0. Tibshirani, "Regression shrinkage and selection via the
/// lasso", JRSS B 1996.
struct L1 {
  static constexpr std::string_view name = "l1";  ///< name in messages
  double lambda = 1.0;                            ///< the strength, > 0

  /// Members that the concept Penalty requires. @{
  [[nodiscard]] double value(double w) const noexcept { return lambda * std::abs(w); }
  [[nodiscard]] double prox(double w, double step) const noexcept {
    return soft_threshold(w, step * lambda);
  }
  [[nodiscard]] double conjugate(double u) const noexcept {
    return std::abs(u) <= lambda ? 0.0 : infinity;
  }
  [[nodiscard]] Interval conjugate_domain() const noexcept { return {-lambda, lambda}; }
  [[nodiscard]] double l1() const noexcept { return lambda; }
  [[nodiscard]] double l2() const noexcept { return 0.0; }
  [[nodiscard]] L1 scaled(double factor) const noexcept { return {factor * lambda}; }
  /// @}
};

static_assert(Penalty<L1>);

/// Its strength is above 0, so every coefficient is penalised.
template <>
inline constexpr bool may_be_free<L1> = false;

}  // namespace sounder
