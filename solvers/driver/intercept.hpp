// The best intercept for given margins: a convex function of one number.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/driver/objective.hpp>
#include <sounder/solvers/loss/loss_loops.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {

/// argmin_t (1/n) sum_i s_i loss(y_i, z_i + t), by Newton steps kept inside a bracket of the
/// derivative's sign change. O(n) a step, some 5 to 60 steps. If one class is missing the minimum
/// is at infinity, and a large finite number is returned.
template <Loss L, Penalty P>
[[nodiscard, gnu::noinline]] double best_shift(const Problem<L, P>& problem,
                                               std::span<const double> z, const Team& team) {
  const auto slope = [&](double t) {
    return weighted_mean_of_blocks(problem.matrix.rows(), problem.weights, team,
                                   [&](std::size_t first, std::size_t count, double* out) {
                                     loss_slopes(problem.loss, count,
                                                 problem.targets.data() + first, z.data() + first,
                                                 t, out);
                                   });
  };
  const auto curvature = [&](double t) {
    return weighted_mean_of_blocks(problem.matrix.rows(), problem.weights, team,
                                   [&](std::size_t first, std::size_t count, double* out) {
                                     loss_curvatures(problem.loss, count,
                                                     problem.targets.data() + first,
                                                     z.data() + first, t, out);
                                   });
  };
  double t = 0.0;
  double g = slope(t);
  double low = -infinity;  // slope < 0 here
  double high = infinity;  // slope > 0 here
  const double first_reach = std::max(1.0, std::abs(g) / L::curvature_bound);
  double reach = first_reach;
  for (int iteration = 0; iteration < 80 && g != 0.0; ++iteration) {
    (g < 0.0 ? low : high) = t;
    const double h = curvature(t);
    double next = h > 0.0 ? t - g / h : infinity;
    if (!(next > low && next < high) || std::abs(next - t) > reach) {
      // Newton's step leaves the bracket or finds no curvature: halve the bracket, or widen the
      // search.
      const bool open = std::isinf(low) || std::isinf(high);
      next = open ? t + (g < 0.0 ? reach : -reach) : 0.5 * (low + high);
      reach *= open ? 2.0 : 1.0;
    }
    if (std::abs(next - t) <= 1e-15 * (1.0 + std::abs(t)) || reach > 1e6 * first_reach) {
      break;
    }
    t = next;
    g = slope(t);
  }
  return t;
}

/// F_null: the mean loss of the best constant margin if the intercept is free, otherwise that of
/// margin 0. Relative gaps use it as their scale if the objective is nearly zero. O(n) a step of
/// best_shift().
template <Loss L, Penalty P>
[[nodiscard]] double null_objective(const Problem<L, P>& problem, const Team& team) {
  if (!problem.intercept) {
    return objective_at_zero(problem, team);
  }
  Array<double> z(problem.targets.size());
  const double b = best_shift(problem, z, team);
  std::fill(z.begin(), z.end(), b);
  return mean_loss(problem, z, team);
}

}  // namespace sounder
