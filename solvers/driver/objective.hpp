// The objective of a point from its parts.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include <sounder/engine/base/call.hpp>
#include <sounder/engine/base/lane_sum.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/loss/loss_loops.hpp>
#include <sounder/solvers/problem/problem.hpp>

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

/// (1/n) sum_i s_i t_i, in parallel; the same bits for any number of threads. O(n).
/// @param weights s, or empty for all ones
/// @param fill    writes t_i of the rows i in [first, first + count): see loss_loops.hpp
[[nodiscard, gnu::noinline]] inline double weighted_mean_of_blocks(
    Index n, std::span<const double> weights, const Team& team,
    Call<void(std::size_t first, std::size_t count, double* out)> fill) {
  return team.sum(n, [&](Range rows) {
    constexpr std::size_t block = 256;
    double terms[block];
    LaneSum sum;
    const auto end = static_cast<std::size_t>(rows.end);
    for (auto first = static_cast<std::size_t>(rows.begin); first < end; first += block) {
      const std::size_t count = std::min(block, end - first);
      fill(first, count, terms);
      sum.add(count, [&](std::size_t k) {
        return weights.empty() ? terms[k] : weights[first + k] * terms[k];
      });
    }
    return sum.total();
  }) / n;
}

/// (1/n) sum_i s_i loss(y_i, z_i + shift). O(n).
template <Loss L, Penalty P>
[[nodiscard, gnu::noinline]] double mean_loss(const Problem<L, P>& problem,
                                              std::span<const double> z, const Team& team,
                                              double shift = 0.0) {
  return weighted_mean_of_blocks(problem.matrix.rows(), problem.weights, team,
                                 [&](std::size_t first, std::size_t count, double* out) {
                                   loss_values(problem.loss, count, problem.targets.data() + first,
                                               z.data() + first, shift, out);
                                 });
}

/// (1/n) sum_i s_i loss.dual_term(y_i, scale a_i). O(n).
template <Loss L, Penalty P>
[[nodiscard, gnu::noinline]] double mean_dual_term(const Problem<L, P>& problem,
                                                   std::span<const double> a, double scale,
                                                   const Team& team) {
  return weighted_mean_of_blocks(problem.matrix.rows(), problem.weights, team,
                                 [&](std::size_t first, std::size_t count, double* out) {
                                   dual_terms(problem.loss, count, problem.targets.data() + first,
                                              a.data() + first, scale, out);
                                 });
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
