// A Hessian from a sample of rows, factored: a preconditioner where columns are few.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/cholesky.hpp>
#include <sounder/engine/base/lane_sum.hpp>
#include <sounder/engine/matrix/column_counts.hpp>
#include <sounder/engine/matrix/products.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/engine/threads/team_cholesky.hpp>
#include <sounder/solvers/truncated/sampled_rows.hpp>

namespace sounder {

/// The Cholesky factor of ridge + X_S^T D X_S, S some of the rows with weights as if they were all.
/// One thread calls, the team works; the same bits for any number of threads. Memory: 8 q^2 bytes a
/// part for q columns.
///
/// Byrd, Chin, Neveitt, Nocedal, "On the use of stochastic Hessian information in optimization
/// methods for machine learning", SIAM J. Optim. 2011; as a preconditioner: Ma, Takac, "Distributed
/// inexact damped Newton method", 2016.
class SampledFactor {
 public:
  /// Whether a factor costs less than some passes over the data.
  [[nodiscard]] static bool pays(const CsrMatrix& matrix, std::size_t columns) noexcept {
    constexpr double passes = 10.0;
    const double q = static_cast<double>(columns);
    return q <= matrix.rows() && q * q * q / 6.0 <= passes * static_cast<double>(matrix.nonzeros());
  }

  /// Counts how many rows hold the rarest column of each row; once, before make().
  /// O(nnz / threads + p).
  void count(const CsrMatrix& matrix, const Team& team) {
    if (!rarest_.empty()) {
      return;
    }
    const Array<Index> counts = column_counts(matrix, team);
    rarest_.resize(static_cast<std::size_t>(matrix.rows()));
    each_row(matrix, team, [&](std::size_t i, const SparseRow& row) {
      Index least = matrix.rows();
      for (const Index column : row.columns) {
        least = std::min(least, counts[static_cast<std::size_t>(column)]);
      }
      rarest_[i] = least;
    });
  }

  /// @param curvatures D, one number a row of `rows`
  void make(const SampledRows& rows, std::span<const double> curvatures, double ridge,
            const Team& team) {
    const std::size_t q = rows.columns();
    choose(rows, curvatures);
    const int parts = Team::parts_of(static_cast<std::int64_t>(work_), q * q);
    factor_ = team.reduce(
        static_cast<std::int64_t>(chosen_.size()), parts, Array<double>(q * q),
        [&](Range share, Array<double>& own) {
          for (std::int64_t c = share.begin; c < share.end; ++c) {
            const auto [k, factor] = chosen_[static_cast<std::size_t>(c)];
            rows.add_square(k, factor * curvatures[k], own);
          }
        },
        [](Array<double>& sum, const Array<double>& part) {
          for (std::size_t k = 0; k < sum.size(); ++k) {
            sum[k] += part[k];
          }
        });
    scales_.resize(q);
    const std::size_t penalised = rows.has_unit_column() ? q - 1 : q;
    for (std::size_t j = 0; j < q; ++j) {
      const double own = factor_[j * q + j] + (j < penalised ? ridge : 0.0);
      scales_[j] = own > 0.0 ? 1.0 / std::sqrt(own) : 1.0;
    }
    for (std::size_t j = 0; j < q; ++j) {
      for (std::size_t m = 0; m < j; ++m) {
        factor_[j * q + m] *= scales_[j] * scales_[m];
      }
      const double own = factor_[j * q + j] + (j < penalised ? ridge : 0.0);
      factor_[j * q + j] = own * scales_[j] * scales_[j] + 1e-12;
    }
    factor_cholesky(factor_, q, 1e-13, team);
  }

  /// What make() costs, in products. O(1).
  [[nodiscard]] double cost() const noexcept {
    const auto q = static_cast<double>(scales_.size());
    return work_ + q * q * q / 6.0;
  }

  /// x -> the solution of (the factored matrix) y = x. O(q^2).
  void solve(std::span<double> x) const noexcept {
    for (std::size_t j = 0; j < x.size(); ++j) {
      x[j] *= scales_[j];
    }
    solve_factored(factor_, x);
    for (std::size_t j = 0; j < x.size(); ++j) {
      x[j] *= scales_[j];
    }
  }

 private:
  struct Choice {
    std::size_t row;
    double weight;
  };

  /// Rows with a curvature, each with the chance that gives every column some fifty rows or all its
  /// own, so that what rare columns have is not left to chance; but some a column in all.
  void choose(const SampledRows& rows, std::span<const double> curvatures) {
    constexpr double a_column = 48.0;
    const double all = lane_sum(rows.size(), [&](std::size_t k) { return curvatures[k]; });
    // Of column j's part of the diagonal this row has about the share d_k / (count_j mean d).
    const double few = all > 0.0 ? a_column * static_cast<double>(rarest_.size()) / all : 0.0;
    const auto chance_of = [&](std::size_t k, double share) {
      return std::min(1.0, share * curvatures[k] / rarest_[static_cast<std::size_t>(rows[k])]);
    };
    constexpr double in_all = 4.0;  // rows a column
    const double expected = lane_sum(rows.size(), [&](std::size_t k) { return chance_of(k, few); });
    const double share =
        few * std::max(1.0, in_all * static_cast<double>(rows.columns()) / std::max(expected, 1.0));
    chosen_.clear();
    work_ = 0.0;
    double due = 0.5;
    for (std::size_t k = 0; k < rows.size(); ++k) {
      if (curvatures[k] > 0.0) {
        const double chance = chance_of(k, share);
        due += chance;
        if (due >= 1.0) {
          due -= 1.0;
          chosen_.push_back({k, 1.0 / chance});
          const auto size = static_cast<double>(rows.size_of(k));
          work_ += 0.5 * size * (size + 1.0);
        }
      }
    }
  }

  Array<Index> rarest_;
  Array<double> factor_;
  Array<double> scales_;
  Array<Choice> chosen_;
  double work_ = 0.0;  ///< products that the sample costs
};

}  // namespace sounder
