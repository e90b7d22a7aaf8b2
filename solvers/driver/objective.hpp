// The objective of a point from its parts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <sounder/engine/base/lane_sum.hpp>
#include <sounder/engine/base/multiversion.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {

/// (1/n) sum_i s_i term(y_i, i), in parallel; the same bits for any number of threads. O(n). SIMD
/// where the term does not branch.
template <Loss L, Penalty P, class Term>
[[nodiscard]] double weighted_mean(const Problem<L, P>& problem, const Team& team,
                                   const Term& term) {
  const Index n = problem.matrix.rows();
  const double* const y = problem.targets.data();
  const double* const weights = problem.weights.empty() ? nullptr : problem.weights.data();
  return team.sum(n, [&](Range rows) {
    const auto first = static_cast<std::size_t>(rows.begin);
    const auto count = static_cast<std::size_t>(rows.size());
    return multiversion([&] {
      if (weights == nullptr) {
        return buffered_sum(count, [&](std::size_t k) { return term(y[first + k], first + k); });
      }
      return buffered_sum(
          count, [&](std::size_t k) { return weights[first + k] * term(y[first + k], first + k); });
    });
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

/// F at w = 0, b = 0. O(n).
template <Loss L, Penalty P>
[[nodiscard]] double objective_at_zero(const Problem<L, P>& problem, const Team& team) {
  if constexpr (L::classification) {
    const double positive = problem.loss.value(1.0, 0.0);
    const double negative = problem.loss.value(-1.0, 0.0);
    return weighted_mean(problem, team,
                         [&](double y, std::size_t) { return y > 0.0 ? positive : negative; });
  } else {
    return weighted_mean(problem, team,
                         [&](double y, std::size_t) { return problem.loss.value(y, 0.0); });
  }
}

}  // namespace sounder
