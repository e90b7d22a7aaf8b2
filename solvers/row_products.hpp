// Products with the Hessian of a quadratic model, row by row.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include <sounder/engine/csc_matrix.hpp>
#include <sounder/engine/nonzero_share.hpp>
#include <sounder/engine/team.hpp>
#include <sounder/solvers/falling_order.hpp>

namespace sounder {

/// H = X_W^T diag(d) X_W for a list W of columns, kept by rows with the columns that have most
/// nonzeros first: one pass over the rows gives H x, and what it gathers and scatters stays in the
/// nearest cache. In float, for iterative solvers.
///
/// Rows with less than a thousandth of the largest d act on the diagonal alone: of a classification
/// loss these are the rows far on their right side, half of them or more near the optimum.
/// 6 bytes a nonzero, 8 for lists of more than 65,536 columns. One thread calls, the team works.
class RowProducts {
 public:
  /// O(n + nonzeros of the columns).
  RowProducts(const CscMatrix& columns, std::span<const Index> list, std::span<const float> d,
              const Team& team)
      : team_(team), d_(d), order_(list.size()), rank_(list.size()),
        pointers_(static_cast<std::size_t>(columns.rows()) + 1), rest_(list.size()),
        x_(list.size()), partial_(static_cast<std::size_t>(team.size())) {
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::vector<double> sizes(list.size());
    for (std::size_t k = 0; k < list.size(); ++k) {
      sizes[k] = static_cast<double>(columns.column(list[k]).size());
    }
    detail::sort_falling(order_, sizes);
    for (std::size_t k = 0; k < list.size(); ++k) {
      rank_[order_[k]] = k;
    }
    const float most = d.empty() ? 0.0F : *std::max_element(d.begin(), d.end());
    const float least = 1e-3F * most;
    const auto felt = [&](Index row) { return d[static_cast<std::size_t>(row)] >= least; };
    for (const Index j : list) {
      for (const Index row : columns.column(j).rows) {
        pointers_[static_cast<std::size_t>(row) + 1] += felt(row) ? 1 : 0;
      }
    }
    std::partial_sum(pointers_.begin(), pointers_.end(), pointers_.begin());
    if (list.size() <= std::size_t{1} << 16) {
      fill(columns, list, felt, narrow_);
    } else {
      fill(columns, list, felt, wide_);
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
      const Range share = nonzero_share(pointers_, worker);
      if (wide_.empty()) {
        add_rows(share, narrow_.data(), sums.data());
      } else {
        add_rows(share, wide_.data(), sums.data());
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
  template <class Position>
  void fill(const CscMatrix& columns, std::span<const Index> list, const auto& felt,
            std::vector<Position>& positions) {
    positions.resize(static_cast<std::size_t>(pointers_.back()));
    values_.resize(positions.size());
    std::vector<Offset> next(pointers_.begin(), pointers_.end() - 1);
    for (std::size_t k = 0; k < list.size(); ++k) {
      const SparseColumn column = columns.column(list[order_[k]]);
      for (std::size_t q = 0; q < column.size(); ++q) {
        const auto row = static_cast<std::size_t>(column.rows[q]);
        const float value = column.values[q];
        if (felt(column.rows[q])) {
          const auto place = static_cast<std::size_t>(next[row]++);
          positions[place] = static_cast<Position>(k);
          values_[place] = value;
        } else {
          rest_[k] += d_[row] * value * value;
        }
      }
    }
  }

  /// sums += sum_i d_i (x_i . x) x_i.
  template <class Position>
  void add_rows(Range rows, const Position* positions, float* sums) const noexcept {
    for (auto i = static_cast<std::size_t>(rows.begin); i < static_cast<std::size_t>(rows.end);
         ++i) {
      const auto begin = static_cast<std::size_t>(pointers_[i]);
      const auto end = static_cast<std::size_t>(pointers_[i + 1]);
      float even = 0.0F;
      float odd = 0.0F;
      std::size_t q = begin;
      for (; q + 1 < end; q += 2) {
        even += x_[positions[q]] * values_[q];
        odd += x_[positions[q + 1]] * values_[q + 1];
      }
      if (q < end) {
        even += x_[positions[q]] * values_[q];
      }
      const float product = d_[i] * (even + odd);
      for (q = begin; q < end; ++q) {
        sums[positions[q]] += product * values_[q];
      }
    }
  }

  const Team& team_;
  std::span<const float> d_;
  std::vector<std::size_t> order_;  ///< position on the list of rank k
  std::vector<std::size_t> rank_;
  std::vector<Offset> pointers_;       ///< of rows that are felt; others are empty
  std::vector<std::uint16_t> narrow_;  ///< ranks of a row's entries, where there are few columns
  std::vector<std::uint32_t> wide_;    ///< or many
  std::vector<float> values_;
  std::vector<float> rest_;  ///< what rows that are hardly felt add to the diagonal, by rank
  std::vector<float> x_;     ///< by rank
  std::vector<std::vector<float>> partial_;  ///< by worker
};

}  // namespace sounder
