// The penalty of ridge regression.
#pragma once

#include <sounder/solvers/penalty/penalty.hpp>

namespace sounder {

/// P(w) = lambda/2 ||w||_2^2, lambda > 0. Hoerl, Kennard, "Ridge regression", Technometrics 1970.
struct L2 {
  static constexpr std::string_view name = "l2";  ///< name in messages
  double lambda = 1.0;                            ///< the strength, > 0

  /// Members that the concept Penalty requires. @{
  [[nodiscard]] double value(double w) const noexcept { return 0.5 * lambda * w * w; }
  [[nodiscard]] double prox(double w, double step) const noexcept {
    return w / (1.0 + step * lambda);
  }
  [[nodiscard]] double conjugate(double u) const noexcept { return 0.5 * u * u / lambda; }
  [[nodiscard]] Interval conjugate_domain() const noexcept { return everywhere; }
  [[nodiscard]] double l1() const noexcept { return 0.0; }
  [[nodiscard]] double l2() const noexcept { return lambda; }
  [[nodiscard]] L2 scaled(double factor) const noexcept { return {factor * lambda}; }
  /// @}
};

static_assert(Penalty<L2>);

/// Its strength is above 0, so every coefficient is penalised.
template <>
inline constexpr bool may_be_free<L2> = false;

}  // namespace sounder
