// A diagonal preconditioner for stochastic steps.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/slots.hpp>
#include <sounder/engine/matrix/column_order.hpp>
#include <sounder/engine/matrix/nonzero_share.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {

/// What the layout and the preconditioner need of every column: d_j, the number of rows that hold
/// it, and (1/n) sum_i s_i x_ij^2.
struct ColumnMoments {
  Array<Index> counts;         ///< d_j, p numbers
  Array<double> mean_squares;  ///< p numbers
};

/// Computes both in one pass over the data. O(nnz / threads + p parts); 16 p bytes a part. The bits
/// depend on the parts, not on the threads.
template <Loss L, Penalty P>
[[nodiscard]] ColumnMoments column_moments(const Problem<L, P>& problem, int parts,
                                           const Team& team) {
  struct Moments {
    Index count = 0;
    double sum = 0.0;
  };
  const CsrMatrix& matrix = problem.matrix;
  const auto columns = static_cast<std::size_t>(matrix.columns());
  Slots<Array<Moments>> sums(static_cast<std::size_t>(parts));
  team.for_parts(parts, [&](Worker part) {
    Array<Moments> own(columns);
    const Range share = nonzero_share(matrix.row_pointers(), part);
    for (std::int64_t i = share.begin; i < share.end; ++i) {
      const double weight = problem.weight(static_cast<Index>(i)) / matrix.rows();
      matrix.row(static_cast<Index>(i)).for_each([&](Index j, double value) {
        Moments& column = own[static_cast<std::size_t>(j)];
        ++column.count;
        column.sum += weight * value * value;
      });
    }
    sums[static_cast<std::size_t>(part.rank)] = std::move(own);
  });
  ColumnMoments total{Array<Index>(columns), Array<double>(columns)};
  team.for_each(columns, [&](std::size_t j) {
    for (const Array<Moments>& part : sums) {
      total.counts[j] += part[j].count;
      total.mean_squares[j] += part[j].sum;
    }
  });
  return total;
}

/// One factor a label: h_j^(-1/4), h_j a bound of the objective's curvature along column j. A step
/// in the scaled coordinates is then preconditioned by h^(-1/2) (the power of AdaGrad): rare
/// columns move further than frequent ones. Rounded to powers of two, so that scaling is exact.
/// Label 0 is the intercept's column of ones if the problem has an intercept.
/// @param squares ColumnMoments::mean_squares
template <Loss L, Penalty P>
[[nodiscard]] Array<float> preconditioner(const Problem<L, P>& problem, const ColumnOrder& order,
                                          std::span<const double> squares, const Team& team) {
  Array<float> scales(order.size());
  const auto scale = [&](std::size_t label) {
    const Index column = order.original_of[label];
    const double square =
        column == ColumnOrder::none ? 1.0 : squares[static_cast<std::size_t>(column)];
    double bound = L::curvature_bound * square;
    if constexpr (ElasticPenalty<P>) {
      bound += problem.penalty.l2();
    }
    const double exponent = bound > 0.0 ? -0.25 * std::log2(bound) : 0.0;
    return std::ldexp(1.0F, static_cast<int>(std::clamp(std::round(exponent), -100.0, 100.0)));
  };
  team.for_each(scales.size(), [&](std::size_t label) { scales[label] = scale(label); });
  return scales;
}

}  // namespace sounder
