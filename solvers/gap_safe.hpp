// Gap-Safe screening: features that are zero at every optimum.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include <sounder/solvers/penalty/penalty.hpp>
#include <sounder/solvers/working_set.hpp>

namespace sounder {

/// Screens what a dual point proves to be zero: the dual optimum lies so near it that
/// |u*_j| <= |u_j| + sqrt(2 h_j gap) < l1, h_j = bound sum_i s_i x_ij^2 / n and gap the absolute
/// duality gap of that point. A feature that is not zero now stays. O(p).
///
/// Ndiaye, Fercoq, Gramfort, Salmon, "Gap Safe Screening Rules for Sparsity Enforcing Penalties",
/// JMLR 2017; the loss's smoothness makes the dual strongly concave.
/// @param pull u = X^T (s a) / n times `scale`, of a dual feasible point
template <Penalty P>
void screen_gap_safe(WorkingSet& set, const P& penalty, std::span<const double> w,
                     std::span<const double> pull, double scale, std::span<const double> curvature,
                     double gap) {
  if (!(penalty.l1() > 0.0) || !(gap < 1e300)) {
    return;
  }
  const bool rises = penalty.prox(1.0, 0.0) > 0.0;
  const bool falls = penalty.prox(-1.0, 0.0) < 0.0;
  for (std::size_t j = 0; j < pull.size(); ++j) {
    if (w[j] != 0.0 || set.screened(j)) {
      continue;
    }
    const double u = scale * pull[j];
    const double force = std::max(rises ? u : -infinity, falls ? -u : -infinity);
    const double slack = penalty.l1() - force - 1e-14;
    // By squares: a root for each column would take as long as the rest of the pass.
    if (slack > 0.0 && 2.0 * (1.0 + 1e-8) * curvature[j] * gap < slack * slack) {
      set.screen(j);
    }
  }
}

}  // namespace sounder
