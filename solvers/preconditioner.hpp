// A diagonal preconditioner for stochastic steps.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include <sounder/engine/column_order.hpp>
#include <sounder/engine/nonzero_share.hpp>
#include <sounder/engine/team.hpp>
#include <sounder/solvers/problem.hpp>

namespace sounder {

/// (1/n) sum_i s_i x_ij^2 for every column. O(nnz / threads + p threads).
template <Loss L, Penalty P>
[[nodiscard]] std::vector<double> column_mean_squares(const Problem<L, P>& problem,
                                                      const Team& team) {
  const CsrMatrix& matrix = problem.matrix;
  const auto columns = static_cast<std::size_t>(matrix.columns());
  std::vector<std::vector<double>> parts(static_cast<std::size_t>(team.size()));
  team.run([&](Worker worker) {
    std::vector<double> sums(columns);
    const Range share = nonzero_share(matrix.row_pointers(), worker);
    for (std::int64_t i = share.begin; i < share.end; ++i) {
      const SparseRow row = matrix.row(static_cast<Index>(i));
      const double weight = problem.weight(static_cast<Index>(i)) / matrix.rows();
      for (std::size_t k = 0; k < row.size(); ++k) {
        const auto value = static_cast<double>(row.values[k]);
        sums[static_cast<std::size_t>(row.columns[k])] += weight * value * value;
      }
    }
    parts[static_cast<std::size_t>(worker.rank)] = std::move(sums);
  });
  std::vector<double>& total = parts.front();
  for (std::size_t rank = 1; rank < parts.size(); ++rank) {
    for (std::size_t j = 0; j < columns; ++j) {
      total[j] += parts[rank][j];
    }
  }
  return total;
}

/// One factor a label: h_j^(-1/4), h_j the bound of the objective's curvature along column j, so
/// that a step in the scaled coordinates is one preconditioned by h^(-1/2) (AdaGrad's power): rare
/// columns move further than frequent ones. Rounded to powers of two, so that scaling is exact.
/// Label 0 is the intercept's column of ones where the problem has one.
template <Loss L, Penalty P>
[[nodiscard]] std::vector<float> preconditioner(const Problem<L, P>& problem,
                                                const ColumnOrder& order, const Team& team) {
  const std::vector<double> squares = column_mean_squares(problem, team);
  std::vector<float> scales(order.size());
  for (std::size_t label = 0; label < scales.size(); ++label) {
    const Index column = order.original_of[label];
    const double square =
        column == ColumnOrder::none ? 1.0 : squares[static_cast<std::size_t>(column)];
    const double bound = L::curvature_bound * square + problem.penalty.l2();
    const double exponent = bound > 0.0 ? -0.25 * std::log2(bound) : 0.0;
    scales[label] =
        std::ldexp(1.0F, static_cast<int>(std::clamp(std::round(exponent), -30.0, 30.0)));
  }
  return scales;
}

}  // namespace sounder
