// No penalty.
#pragma once

#include <sounder/solvers/penalty/penalty.hpp>

namespace sounder {

/// P(w) = 0. Its conjugate is finite at 0 alone: see free_dual.hpp for how the optimum is bounded.
struct NoPenalty {
  static constexpr std::string_view name = "none";  ///< name in messages

  /// Members that the concept Penalty requires. @{
  [[nodiscard]] double value(double /*w*/) const noexcept { return 0.0; }
  [[nodiscard]] double prox(double w, double /*step*/) const noexcept { return w; }
  [[nodiscard]] double conjugate(double u) const noexcept { return u == 0.0 ? 0.0 : infinity; }
  [[nodiscard]] Interval conjugate_domain() const noexcept { return {0.0, 0.0}; }
  [[nodiscard]] double l1() const noexcept { return 0.0; }
  [[nodiscard]] double l2() const noexcept { return 0.0; }
  [[nodiscard]] NoPenalty scaled(double /*factor*/) const noexcept { return {}; }
  /// @}
};

static_assert(Penalty<NoPenalty>);

}  // namespace sounder
