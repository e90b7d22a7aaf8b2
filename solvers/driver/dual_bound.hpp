// Dual points: lower bounds of the minimum. Every function here may be called from several threads
// at once.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include <sounder/engine/base/call.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/driver/objective.hpp>
#include <sounder/solvers/loss/loss_loops.hpp>
#include <sounder/solvers/loss/squared.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {

/// Writes the dual candidate a_i = -loss'(y_i, z_i). With a free intercept the dual requires sum_i
/// s_i a_i = 0. What is left of the sum (little, at the best b) is removed by shrinking the a_i of
/// the sign that outweighs the other, which keeps each of them in its domain. O(n).
template <Loss L, Penalty P>
void dual_candidate(const Problem<L, P>& problem, std::span<const double> z, std::span<double> a,
                    const Team& team) {
  team.for_shares(
      problem.matrix.rows(),
      [&](Range rows) {
        const auto first = static_cast<std::size_t>(rows.begin);
        const std::span<double> own = a.subspan(first, static_cast<std::size_t>(rows.size()));
        loss_slopes(problem.loss, own.size(), problem.targets.data() + first, z.data() + first, 0.0,
                    own.data());
        for (double& value : own) {
          value = -value;
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

/// A dual feasible point: t times a candidate.
struct DualPoint {
  double scale = 1.0;            ///< t
  double objective = -infinity;  ///< D at the point; -infinity if there is none
};

namespace detail {

/// The largest and the least of some numbers, each at least on its own side of zero.
struct Extent {
  double up = 0.0;
  double down = 0.0;

  explicit Extent(std::span<const double> numbers) noexcept {
    for (const double value : numbers) {
      up = std::max(up, value);
      down = std::max(down, -value);
    }
  }
  /// The largest factor that keeps the numbers within the interval, which holds 0.
  [[nodiscard]] double reach(const Interval& interval) const noexcept {
    return std::min(up > 0.0 ? interval.high / up : infinity,
                    down > 0.0 ? -interval.low / down : infinity);
  }
  /// The largest factor that keeps the negated numbers within the interval.
  [[nodiscard]] double reach_back(const Interval& interval) const noexcept {
    return std::min(down > 0.0 ? interval.high / down : infinity,
                    up > 0.0 ? -interval.low / up : infinity);
  }
};

/// Moves `best` towards the maximum of a concave function on [0, limit], by parabolas through three
/// points inside a bracket. Stops after a dozen evaluations, or when the next one promises less
/// than a twentieth of the distance to `most`, an upper bound of the function.
[[gnu::noinline]] inline void climb(Call<double(double)> value, double limit, double most,
                                    DualPoint& best) {
  constexpr int looks = 12;
  constexpr double golden_part = 0.381966;
  DualPoint low{0.0, value(0.0)};
  DualPoint high = best;
  best = low.objective > best.objective ? low : best;
  for (int look = 1; look < looks; ++look) {
    const double missing = most - best.objective;
    if (!(missing > 0.0) || !(high.scale - low.scale > 1e-9 * high.scale)) {
      return;
    }
    double t = 0.0;
    if (best.scale == high.scale && best.scale < limit) {
      t = std::min(2.0 * best.scale, limit);
    } else if (best.scale == low.scale) {
      t = low.scale + 0.1 * (high.scale - low.scale);
    } else if (best.scale == high.scale) {  // at the limit: try a little inside
      t = best.scale -
          std::max(0.02 * best.scale, golden_part * golden_part * (best.scale - low.scale));
    } else {
      const double left = best.scale - low.scale;
      const double right = high.scale - best.scale;
      const double rise = (best.objective - low.objective) / left;
      const double fall = (best.objective - high.objective) / right;  // both >= 0
      const double bend = (rise + fall) / (left + right);
      // The vertex of the parabola, and the gain that it promises over the best point.
      const double move = 0.5 * (rise * right - fall * left) / ((left + right) * bend);
      if (std::isfinite(move)) {
        if (bend * move * move < 0.05 * missing) {
          return;
        }
        t = std::clamp(best.scale + move, low.scale + 0.05 * left, high.scale - 0.05 * right);
      } else {
        t = left > right ? best.scale - golden_part * left : best.scale + golden_part * right;
      }
    }
    const DualPoint next{t, value(t)};
    const bool better = next.objective > best.objective;
    if (t > best.scale) {
      if (better) {
        low = best;
      } else {
        high = next;
      }
    } else if (better) {
      high = best;
    } else {
      low = next;
    }
    if (better) {
      high = next.scale > high.scale ? next : high;
      best = next;
    } else if (best.scale == limit && t >= 0.98 * best.scale) {
      return;  // rises up to the limit
    }
  }
}

}  // namespace detail

/// Returns the best t a and D there: (1/n) sum_i s_i [-loss*(-t a_i)] - P*(t u), u = X^T (s a) / n.
/// That is Fenchel's dual of F, as in Shalev-Shwartz, Zhang, "Stochastic dual coordinate ascent",
/// JMLR 2013, equation 2, for any penalty in place of l2. For squared loss and an l1 penalty the
/// best t is known (Fercoq, Gramfort, Salmon, "Mind the duality gap", ICML 2015); otherwise it is
/// searched for if the gap is large. O(n + p) an evaluation, a dozen at most.
///
/// Without a penalty only t = 0 is feasible in general, and the bound is D(0) = 0: see
/// free_dual.hpp for a better one.
/// @param objective F of some point, an upper bound of D
template <Loss L, Penalty P>
[[nodiscard]] DualPoint dual_point(const Problem<L, P>& problem, std::span<const double> a,
                                   std::span<const double> u, double objective, const Team& team) {
  const Interval domain = problem.penalty.conjugate_domain();
  const detail::Extent extent(u);
  const double limit = extent.reach(domain);
  const auto value = [&](double t) {
    const double gain = mean_dual_term(problem, a, t, team);
    const double cost = team.sum(static_cast<std::int64_t>(u.size()), [&](Range columns) {
      double sum = 0.0;
      for (std::int64_t j = columns.begin; j < columns.end; ++j) {
        // t puts the largest u on the edge of the domain; rounding may carry it over.
        sum += problem.penalty.conjugate(
            std::clamp(t * u[static_cast<std::size_t>(j)], domain.low, domain.high));
      }
      return sum;
    });
    const double bound = gain - cost;
    return std::isnan(bound) ? -infinity : bound;
  };
  double first = std::min(1.0, limit);
  if (std::is_same_v<L, Squared> && limit < infinity) {
    const double ay =
        weighted_mean(problem, team, [&](double y, std::size_t i) { return a[i] * y; });
    const double aa =
        weighted_mean(problem, team, [&](double, std::size_t i) { return a[i] * a[i]; });
    first = aa > 0.0 ? std::clamp(ay / aa, -extent.reach_back(domain), limit) : 1.0;
  }
  DualPoint best{first, value(first)};
  // A conjugate that is zero on an interval has a kink at the interval's edge, and is very steep
  // beyond it if the bounds are as large as 1e12.
  const double kink = extent.reach(zero_interval(problem.penalty));
  if (kink > 0.0 && kink < best.scale) {
    const DualPoint there{kink, value(kink)};
    best = there.objective > best.objective ? there : best;
  }
  if (limit > 0.0 && best.scale > 0.0 && objective - best.objective > 0.01 * objective) {
    detail::climb(value, limit, objective, best);
  }
  return best;
}

}  // namespace sounder
