// The best intercept for given margins, exact where the loss has a corner.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/driver/intercept.hpp>
#include <sounder/solvers/loss/hinge.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {
namespace detail {

/// Where a row's loss has its corner, and by how much the slope rises there.
struct Corner {
  double shift;
  double weight;
};

/// Reorders the corners. Returns the first shift, in rising order, up to which all weights together
/// reach `enough`. At least one corner. O(count).
inline double weighted_quantile(std::span<Corner> corners, double enough) {
  const auto below = [](const Corner& a, const Corner& b) { return a.shift < b.shift; };
  auto first = corners.begin();
  auto last = corners.end();
  double before = 0.0;  // weight of what lies before the first
  while (last - first > 1) {
    const auto middle = first + (last - first) / 2;
    std::nth_element(first, middle, last, below);
    double weight = before;
    for (auto at = first; at != middle; ++at) {
      weight += at->weight;
    }
    if (weight >= enough) {
      last = middle;
    } else {
      before = weight;
      first = middle;
    }
  }
  return first->shift;
}

}  // namespace detail

/// argmin_t (1/n) sum_i s_i loss(y_i, z_i + t): best_shift(), but for the hinge, whose sum is a
/// broken line, a corner of that. O(n) there. Rows of positive weight must exist.
template <Loss L, Penalty P>
[[nodiscard]] double best_intercept(const Problem<L, P>& problem, std::span<const double> z,
                                    const Team& team) {
  if constexpr (std::is_same_v<L, Hinge>) {
    Array<detail::Corner> corners;
    double positive = 0.0;  // minus the slope on the far left
    for (Index i = 0; i < problem.matrix.rows(); ++i) {
      const double weight = problem.weight(i);
      if (weight > 0.0) {
        const double y = problem.target(i);
        corners.push_back({y - z[static_cast<std::size_t>(i)], weight});
        positive += y > 0.0 ? weight : 0.0;
      }
    }
    return detail::weighted_quantile(corners, positive);
  } else {
    return best_shift(problem, z, team);
  }
}

}  // namespace sounder
