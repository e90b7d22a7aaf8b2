// Products with the Hessian of a quadratic model, row by row.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

#include <sounder/engine/csc_matrix.hpp>
#include <sounder/engine/nonzero_share.hpp>
#include <sounder/engine/team.hpp>
#include <sounder/solvers/gram_matrix.hpp>

namespace sounder {

/// H = X_W^T diag(d) X_W for a list W of columns, kept by rows with the columns that have most
/// nonzeros first: one pass over the rows gives H x, and what it gathers and scatters stays in the
/// nearest cache. In float, for iterative solvers.
///
/// Rows with less than a thousandth of the largest d act on the diagonal alone: of a classification
/// loss these are the rows far on their right side, half of them or more near the optimum.
/// 8 bytes a nonzero. One thread calls, the team works.
class RowProducts {
 public:
  /// O(n + nonzeros of the columns).
  RowProducts(const CscMatrix& columns, std::span<const Index> list, std::span<const float> d,
              const Team& team)
      : team_(team), d_(d), order_(list.size()), rank_(list.size()), rows_(sorted(columns, list)),
        rest_(list.size()), x_(list.size()), partial_(static_cast<std::size_t>(team.size())) {
    const float most = d.empty() ? 0.0F : *std::max_element(d.begin(), d.end());
    least_ = 1e-3F * most;
    for (std::size_t i = 0; i < d.size(); ++i) {
      if (d[i] < least_) {
        for (const CommonRows::Entry& entry : rows_.row(static_cast<Index>(i))) {
          rest_[static_cast<std::size_t>(entry.position)] += d[i] * entry.value * entry.value;
        }
      }
    }
  }

  /// out_a = (H x)_a over the positions `support` of the list, x being zero off them.
  void multiply(std::span<const std::size_t> support, std::span<const double> x,
                std::span<double> out) {
    std::fill(x_.begin(), x_.end(), 0.0F);
    for (std::size_t a = 0; a < x.size(); ++a) {
      x_[rank_[support[a]]] = static_cast<float>(x[a]);
    }
    team_.run([&](Worker worker) {
      std::vector<float>& sums = partial_[static_cast<std::size_t>(worker.rank)];
      sums.assign(x_.size(), 0.0F);
      const Range share = nonzero_share(rows_.row_pointers(), worker);
      for (std::int64_t i = share.begin; i < share.end; ++i) {
        add_row(static_cast<Index>(i), sums);
      }
    });
    for (std::size_t a = 0; a < x.size(); ++a) {
      const std::size_t k = rank_[support[a]];
      double sum = static_cast<double>(rest_[k]) * x[a];
      for (const std::vector<float>& sums : partial_) {
        sum += static_cast<double>(sums[k]);
      }
      out[a] = sum;
    }
  }

  /// Positions on the list by falling number of nonzeros.
  [[nodiscard]] std::span<const std::size_t> heaviest_first() const noexcept { return order_; }

 private:
  /// Fills order_ and rank_ too.
  [[nodiscard]] CommonRows sorted(const CscMatrix& columns, std::span<const Index> list) {
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
      return columns.column(list[a]).size() > columns.column(list[b]).size();
    });
    std::vector<Index> by_weight(list.size());
    for (std::size_t k = 0; k < list.size(); ++k) {
      rank_[order_[k]] = k;
      by_weight[k] = list[order_[k]];
    }
    CommonRows rows(columns, by_weight);
    rows.fill(columns, by_weight);
    return rows;
  }

  /// sums += d_i (x_i . x) x_i.
  void add_row(Index i, std::vector<float>& sums) const noexcept {
    const float d = d_[static_cast<std::size_t>(i)];
    if (d < least_) {
      return;
    }
    float product = 0.0F;
    for (const CommonRows::Entry& entry : rows_.row(i)) {
      product += x_[static_cast<std::size_t>(entry.position)] * entry.value;
    }
    product *= d;
    for (const CommonRows::Entry& entry : rows_.row(i)) {
      sums[static_cast<std::size_t>(entry.position)] += product * entry.value;
    }
  }

  const Team& team_;
  std::span<const float> d_;
  std::vector<std::size_t> order_;  ///< position on the list of rank k
  std::vector<std::size_t> rank_;
  CommonRows rows_;          ///< by rank
  std::vector<float> rest_;  ///< what the rows that are passed over add to the diagonal, by rank
  float least_ = 0.0F;       ///< rows with less d are passed over
  std::vector<float> x_;     ///< by rank
  std::vector<std::vector<float>> partial_;  ///< by worker
};

}  // namespace sounder
