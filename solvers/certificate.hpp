// The certificate: objective, dual objective and duality gap of a point. Every function here may be
// called from several threads at once.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

#include <sounder/engine/result.hpp>
#include <sounder/engine/team.hpp>
#include <sounder/solvers/loss/squared.hpp>
#include <sounder/solvers/problem.hpp>

namespace sounder {

/// (1/n) sum_i s_i term(y_i, i), in parallel; the same bits for any number of threads. O(n).
template <Loss L, Penalty P, class Term>
[[nodiscard]] double weighted_mean(const Problem<L, P>& problem, const Team& team, Term&& term) {
  const Index n = problem.matrix.rows();
  return team.sum(n, [&](Range rows) {
    double sum = 0.0;
    for (std::int64_t i = rows.begin; i < rows.end; ++i) {
      const auto row = static_cast<Index>(i);
      sum += problem.weight(row) * term(problem.target(row), static_cast<std::size_t>(i));
    }
    return sum;
  }) / n;
}

/// (1/n) sum_i s_i loss(y_i, z_i). O(n).
template <Loss L, Penalty P>
[[nodiscard, gnu::noinline]] double mean_loss(const Problem<L, P>& problem,
                                              std::span<const double> z, const Team& team) {
  return weighted_mean(problem, team,
                       [&](double y, std::size_t i) { return problem.loss.value(y, z[i]); });
}

/// sum_j value(w_j). O(p).
template <Penalty P>
[[nodiscard, gnu::noinline]] double penalty_value(const P& penalty, std::span<const double> w,
                                                  const Team& team) {
  return team.sum(static_cast<std::int64_t>(w.size()), [&](Range columns) {
    double sum = 0.0;
    for (std::int64_t j = columns.begin; j < columns.end; ++j) {
      sum += penalty.value(w[static_cast<std::size_t>(j)]);
    }
    return sum;
  });
}

/// F at w = 0, b = 0: what relative gaps are relative to, whatever a run starts from. O(n).
template <Loss L, Penalty P>
[[nodiscard]] double objective_at_zero(const Problem<L, P>& problem, const Team& team) {
  return weighted_mean(problem, team,
                       [&](double y, std::size_t) { return problem.loss.value(y, 0.0); });
}

/// The dual candidate a_i = -loss'(y_i, z_i). With a free intercept the dual asks for
/// sum_i s_i a_i = 0: what is left of the sum (little, at the best b) is removed by shrinking the
/// a_i of the heavier sign, which keeps each in its domain. O(n).
template <Loss L, Penalty P>
void dual_candidate(const Problem<L, P>& problem, std::span<const double> z, std::span<double> a,
                    const Team& team) {
  team.for_shares(
      problem.matrix.rows(),
      [&](Range rows) {
        for (std::int64_t i = rows.begin; i < rows.end; ++i) {
          const auto k = static_cast<std::size_t>(i);
          a[k] = -problem.loss.derivative(problem.targets[k], z[k]);
        }
      },
      Team::few_numbers);
  if (!problem.intercept) {
    return;
  }
  const double positive =
      weighted_mean(problem, team, [&](double, std::size_t i) { return std::max(a[i], 0.0); });
  const double negative =
      weighted_mean(problem, team, [&](double, std::size_t i) { return std::max(-a[i], 0.0); });
  const double up = positive > negative ? negative / positive : 1.0;
  const double down = negative > positive ? positive / negative : 1.0;
  team.for_shares(
      problem.matrix.rows(),
      [&](Range rows) {
        for (std::int64_t i = rows.begin; i < rows.end; ++i) {
          const auto k = static_cast<std::size_t>(i);
          a[k] *= a[k] > 0.0 ? up : down;
        }
      },
      Team::few_numbers);
}

/// The factor that makes t a dual feasible: every t u_j within the conjugate's domain. For squared
/// loss the best such factor (Fercoq, Gramfort, Salmon, "Mind the duality gap", ICML 2015),
/// otherwise the largest up to 1, which keeps a in the loss's domain. O(p), and O(n) for the best.
template <Loss L, Penalty P>
[[nodiscard]] double dual_scale(const Problem<L, P>& problem, std::span<const double> a,
                                std::span<const double> u, const Team& team) {
  const Interval domain = problem.penalty.conjugate_domain();
  if (std::isinf(domain.low) && std::isinf(domain.high)) {
    return 1.0;
  }
  double up = 0.0;
  double down = 0.0;
  for (const double value : u) {
    up = std::max(up, value);
    down = std::max(down, -value);
  }
  // How far a multiple of u may go that reaches `above` over zero and `below` under it.
  const auto reach = [&](double above, double below) {
    return std::min(above > 0.0 ? domain.high / above : infinity,
                    below > 0.0 ? -domain.low / below : infinity);
  };
  const double limit = reach(up, down);
  if constexpr (std::is_same_v<L, Squared>) {
    const double ay =
        weighted_mean(problem, team, [&](double y, std::size_t i) { return a[i] * y; });
    const double aa =
        weighted_mean(problem, team, [&](double, std::size_t i) { return a[i] * a[i]; });
    return aa > 0.0 ? std::clamp(ay / aa, -reach(down, up), limit) : 1.0;
  }
  return std::min(1.0, limit);
}

/// A dual feasible point, t times a candidate.
struct DualPoint {
  double scale = 1.0;            ///< t, as dual_scale() finds it
  double objective = -infinity;  ///< D there; -infinity where there is none
};

/// t = dual_scale() and D(t a): (1/n) sum_i s_i [-loss*(-t a_i)] - P*(t u), u = X^T (s a) / n. That
/// is Fenchel's dual of F, as in Shalev-Shwartz, Zhang, "Stochastic dual coordinate ascent", JMLR
/// 2013, equation 2, with another penalty than l2. O(n + p).
///
/// Without a penalty only t = 0 is feasible in general, and the bound is D(0) = 0: true, but weak.
template <Loss L, Penalty P>
[[nodiscard]] DualPoint dual_point(const Problem<L, P>& problem, std::span<const double> a,
                                   std::span<const double> u, const Team& team) {
  const double scale = dual_scale(problem, a, u, team);
  const Interval domain = problem.penalty.conjugate_domain();
  const double gain = weighted_mean(problem, team, [&](double y, std::size_t i) {
    return problem.loss.dual_term(y, scale * a[i]);
  });
  const double cost = team.sum(static_cast<std::int64_t>(u.size()), [&](Range columns) {
    double sum = 0.0;
    for (std::int64_t j = columns.begin; j < columns.end; ++j) {
      // Rounding may carry the largest one over the edge that `scale` puts it on.
      sum += problem.penalty.conjugate(
          std::clamp(scale * u[static_cast<std::size_t>(j)], domain.low, domain.high));
    }
    return sum;
  });
  return {scale, gain - cost};
}

/// (F - D) / F(0), never negative; F - D where F(0) is 0.
[[nodiscard]] inline double relative_gap(double objective, double dual_objective,
                                         double at_zero) noexcept {
  const double gap = std::max(objective - dual_objective, 0.0);
  return at_zero > 0.0 ? gap / at_zero : gap;
}

/// Everything about a point from its parts: coefficients w (any order, the intercept apart),
/// margins z and a dual point. O(n + p). May be called from several threads at once.
template <Loss L, Penalty P>
[[nodiscard]] Certificate certify(const Problem<L, P>& problem, std::span<const double> w,
                                  std::span<const double> z, const DualPoint& dual, double at_zero,
                                  const Team& team) {
  Certificate result;
  result.objective = mean_loss(problem, z, team) + penalty_value(problem.penalty, w, team);
  result.dual_objective = dual.objective;
  result.relative_gap = relative_gap(result.objective, result.dual_objective, at_zero);
  result.nonzeros = static_cast<Index>(static_cast<std::ptrdiff_t>(w.size()) -
                                       std::count(w.begin(), w.end(), 0.0));
  return result;
}

}  // namespace sounder
