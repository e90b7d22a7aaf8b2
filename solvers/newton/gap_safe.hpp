// Gap-Safe screening: finds features that are zero at every optimum.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include <sounder/solvers/newton/working_set.hpp>
#include <sounder/solvers/penalty/penalty.hpp>

namespace sounder {

/// Screens the features that a dual point proves to be zero at the optimum. The dual optimum is so
/// near that point that |u*_j - u_j| <= sqrt(2 h_j gap), h_j = bound sum_i s_i x_ij^2 / n and gap
/// the absolute duality gap of the point. A feature that is not zero now is kept. O(p).
///
/// Ndiaye, Fercoq, Gramfort, Salmon, "Gap Safe Screening Rules for Sparsity Enforcing Penalties",
/// JMLR 2017; the dual is strongly concave because the loss is smooth.
/// @param pull u = X^T (s a) / n times `scale`, of a dual feasible point
/// @param zero zero_interval() of the penalty, for example -l1 to l1
inline void screen_gap_safe(WorkingSet& set, const Interval& zero, std::span<const double> w,
                            std::span<const double> pull, double scale,
                            std::span<const double> curvature, double gap) {
  if (!(zero.low < zero.high) || !(gap < 1e300)) {
    return;
  }
  for (std::size_t j = 0; j < pull.size(); ++j) {
    if (w[j] != 0.0 || set.screened(j)) {
      continue;
    }
    const double u = scale * pull[j];
    const double slack = std::min(zero.high - u, u - zero.low) - 1e-14;
    // Compares squares, because a root for each column would take as long as the rest of the pass.
    if (slack > 0.0 && 2.0 * (1.0 + 1e-8) * curvature[j] * gap < slack * slack) {
      set.screen(j);
    }
  }
}

}  // namespace sounder
