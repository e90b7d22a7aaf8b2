// The certificate of a point: objective, dual objective and duality gap. Every function here may be
// called from several threads at once.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include <sounder/engine/base/message.hpp>
#include <sounder/engine/run/result.hpp>
#include <sounder/solvers/driver/dual_bound.hpp>
#include <sounder/solvers/driver/intercept.hpp>
#include <sounder/solvers/driver/objective.hpp>

namespace sounder {

/// (F - max(D, 0)) / max(F, 1e-6 F_null), in [0, 1]: the objective can fall by this share of itself
/// at most. 0/0 is 0; it is 1 if F is not finite.
/// @param null_objective F_null, from null_objective()
[[nodiscard]] inline double relative_gap(double objective, double dual_objective,
                                         double null_objective) noexcept {
  constexpr double least = 1e-6;
  if (!std::isfinite(objective)) {
    return 1.0;
  }
  const double gap = objective - std::max(dual_objective, 0.0);
  return gap > 0.0 ? gap / std::max(objective, least * null_objective) : 0.0;
}

/// Makes the certificate of a point from its coefficients w (in any order, without the intercept),
/// F and a dual objective. O(p).
/// @throws std::invalid_argument if F is negative, which losses and penalties never are
[[nodiscard, gnu::noinline]] inline Certificate certify(std::span<const double> w, double objective,
                                                        double dual_objective,
                                                        double null_objective) {
  if (objective < 0.0) {
    refuse(
        {"the objective is negative: a loss or a penalty has values below 0, about which "
         "nothing can be certified"});
  }
  Certificate result;
  result.objective = objective;
  result.dual_objective = dual_objective;
  result.relative_gap = relative_gap(objective, dual_objective, null_objective);
  result.nonzeros = static_cast<Index>(static_cast<std::ptrdiff_t>(w.size()) -
                                       std::count(w.begin(), w.end(), 0.0));
  return result;
}

}  // namespace sounder
