// The elastic net.
#pragma once

#include <sounder/solvers/penalty/penalty.hpp>

namespace sounder {

/// P(w) = lambda [ rho ||w||_1 + (1 - rho)/2 ||w||_2^2 ], lambda > 0, 0 <= rho <= 1: at the
/// ends it is L2 and L1, which spare a solver's inner loop the part that is zero. Zou, Hastie,
/// "Regularization and variable selection via the elastic net", JRSS B 2005.
struct ElasticNet {
  static constexpr std::string_view name = "elastic-net";  ///< name in messages
  double lambda = 1.0;                                     ///< the strength, > 0
  double l1_ratio = 0.5;                                   ///< rho, in [0, 1]

  /// Members that the concept Penalty requires. @{
  [[nodiscard]] double value(double w) const noexcept {
    return l1() * std::abs(w) + 0.5 * l2() * w * w;
  }
  [[nodiscard]] double prox(double w, double step) const noexcept {
    return soft_threshold(w, step * l1()) / (1.0 + step * l2());
  }
  [[nodiscard]] double conjugate(double u) const noexcept {
    const double excess = std::max(std::abs(u) - l1(), 0.0);
    // No penalty at all is not this one: NaN.
    return excess > 0.0 || !(lambda > 0.0) ? 0.5 * excess * excess / l2() : 0.0;
  }
  [[nodiscard]] Interval conjugate_domain() const noexcept {
    return l2() > 0.0 ? everywhere : Interval{-l1(), l1()};
  }
  [[nodiscard]] double l1() const noexcept { return lambda * l1_ratio; }
  [[nodiscard]] double l2() const noexcept { return lambda * (1.0 - l1_ratio); }
  [[nodiscard]] ElasticNet scaled(double factor) const noexcept {
    return {factor * lambda, l1_ratio};
  }
  /// @}
};

static_assert(Penalty<ElasticNet>);

/// Its strength is above 0, so every coefficient is penalised.
template <>
inline constexpr bool may_be_free<ElasticNet> = false;

}  // namespace sounder
