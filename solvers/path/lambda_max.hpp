// lambda_max: the least strength at which an l1 penalty leaves nothing but zeros.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/matrix/nonzero_share.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/driver/intercept.hpp>
#include <sounder/solvers/driver/prepared_problem.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {
namespace detail {

/// s_i loss'(y_i, b0) for every row; with an intercept they add up to 0.
template <Loss L, Penalty P>
[[nodiscard]] std::vector<double> slopes_at_zero(const Problem<L, P>& problem, const Team& team) {
  std::vector<double> slopes(problem.targets.size());
  const double b = problem.intercept ? best_shift(problem, slopes, team) : 0.0;
  double falling = 0.0;
  double rising = 0.0;
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    // At a kink takes the steeper side; the excess is removed below.
    const double y = problem.targets[i];
    const double z = L::smooth ? b : b - std::copysign(1e-9, y) * (1.0 + std::abs(b));
    slopes[i] = problem.weight(static_cast<Index>(i)) * problem.loss.derivative(y, z);
    (slopes[i] < 0.0 ? falling : rising) += std::abs(slopes[i]);
  }
  if (problem.intercept) {
    const double common = std::min(falling, rising);
    for (double& slope : slopes) {
      const double side = slope < 0.0 ? falling : rising;
      slope *= side > 0.0 ? common / side : 1.0;
    }
  }
  return slopes;
}

/// max_j |x_j.r|; 0 if it may be only rounding. Blocks of rows have their own sums, which are added
/// in order: the same bits for any number of threads. The sums take at most twice the memory of the
/// matrix.
[[nodiscard]] inline double largest_correlation(const CsrMatrix& matrix,
                                                const std::vector<double>& r, const Team& team) {
  struct Sum {
    double value = 0.0;
    double size = 0.0;  ///< sum of the absolute values
  };
  const auto columns = static_cast<std::size_t>(matrix.columns());
  const int blocks = static_cast<int>(
      std::clamp<std::int64_t>(matrix.nonzeros() / (std::int64_t{matrix.columns()} + 1), 1, 8));
  std::vector<Sum> sums(columns * static_cast<std::size_t>(blocks));
  team.for_shares(blocks, [&](Range share) {
    for (std::int64_t block = share.begin; block < share.end; ++block) {
      Sum* const sum = sums.data() + static_cast<std::size_t>(block) * columns;
      const Range rows =
          nonzero_share(matrix.row_pointers(), Worker{static_cast<int>(block), blocks});
      for (std::int64_t i = rows.begin; i < rows.end; ++i) {
        const SparseRow row = matrix.row(static_cast<Index>(i));
        const double slope = r[static_cast<std::size_t>(i)];
        for (std::size_t k = 0; k < row.size(); ++k) {
          Sum& at = sum[static_cast<std::size_t>(row.columns[k])];
          const double term = slope * row.values[k];
          at.value += term;
          at.size += std::abs(term);
        }
      }
    }
  });
  double largest = 0.0;
  for (std::size_t j = 0; j < columns; ++j) {
    Sum total;
    for (std::size_t block = 0; block < static_cast<std::size_t>(blocks); ++block) {
      total.value += sums[block * columns + j].value;
      total.size += sums[block * columns + j].size;
    }
    const bool known = std::abs(total.value) > 1e-14 * total.size;
    largest = known ? std::max(largest, std::abs(total.value)) : largest;
  }
  return largest;
}

}  // namespace detail

/// ||X^T (s * loss'(y, b0))||_inf / (n rho), b0 the best intercept without any feature, or 0. For
/// lambda at or above it, w = 0 is optimal (for the logistic loss: Koh, Kim, Boyd, "An
/// interior-point method for large-scale l1-regularized logistic regression", JMLR 2007).
///
/// Exact for smooth losses. For a hinge with intercept, where the derivative at b0 is not unique,
/// an upper bound. The problem's own penalty does not matter. O(nnz / threads). May be called from
/// several threads at once.
/// @param l1_ratio rho in (0, 1], the share of the l1 norm in the penalty
/// @throws std::invalid_argument if l1_ratio is out of range, and from problem.validate()
template <Loss L, Penalty P>
[[nodiscard]] double lambda_max(const Problem<L, P>& problem, double l1_ratio, const Team& team) {
  if (!(l1_ratio > 0.0 && l1_ratio <= 1.0)) {
    throw std::invalid_argument("lambda_max: there is none without an l1 penalty");
  }
  problem.validate();
  const PreparedProblem<L, P> prepared(problem);
  const auto& inner = prepared.problem();
  const double largest =
      detail::largest_correlation(inner.matrix, detail::slopes_at_zero(inner, team), team);
  return prepared.unit() * (largest / (static_cast<double>(inner.matrix.rows()) * l1_ratio));
}

}  // namespace sounder
