// Products with the Hessian of a quadratic model, row by row.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>

#include <sounder/engine/base/aligned_array.hpp>
#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/falling_order.hpp>
#include <sounder/engine/base/slots.hpp>
#include <sounder/engine/matrix/csc_matrix.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/matrix/nonzero_share.hpp>
#include <sounder/engine/threads/team.hpp>

namespace sounder {

/// H = X_W^T diag(d) X_W for a list W of columns, kept by rows, with the columns of most nonzeros
/// first. One pass over the rows gives H x, and the memory that it gathers from and scatters to
/// stays in the nearest cache. In float, for iterative solvers.
///
/// Rows with less than a thousandth of the largest d count on the diagonal only. For a
/// classification loss these are rows far on their right side, at least half of the rows near the
/// optimum. 6 bytes a nonzero of the matrix, 8 for lists of more than 65,536 columns; memory that
/// no row needs is never touched. One thread calls, the team works.
class HessianProducts {
 public:
  /// @param columns the columns of `matrix`
  /// O(n + p + nonzeros of the matrix / threads).
  HessianProducts(const CsrMatrix& matrix, const CscMatrix& columns, std::span<const Index> list,
                  std::span<const float> d, const Team& team)
      : matrix_(matrix), team_(team), d_(d), order_(list.size()), rank_(list.size()),
        ends_(static_cast<std::size_t>(matrix.rows())),
        values_(static_cast<std::size_t>(matrix.nonzeros())), rest_(list.size()), x_(list.size()),
        partial_(static_cast<std::size_t>(Team::parts_of(matrix.nonzeros(), list.size()))) {
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    Array<double> sizes(list.size());
    for (std::size_t k = 0; k < list.size(); ++k) {
      sizes[k] = static_cast<double>(columns.column(list[k]).size());
      entries_ += sizes[k];
    }
    detail::sort_falling(order_, sizes);
    Array<Index> rank_of(static_cast<std::size_t>(matrix.columns()), off_the_list);
    for (std::size_t k = 0; k < list.size(); ++k) {
      rank_[order_[k]] = k;
      rank_of[static_cast<std::size_t>(list[order_[k]])] = static_cast<Index>(k);
    }
    if (list.size() <= std::size_t{1} << 16) {
      narrow_ = AlignedArray<std::uint16_t>(values_.size());
    } else {
      wide_ = AlignedArray<std::uint32_t>(values_.size());
    }
    take_rows(rank_of);
  }

  /// out_a = (H x)_a for the positions `support` of the list; x is zero elsewhere.
  void multiply(std::span<const std::size_t> support, std::span<const double> x,
                std::span<double> out) {
    std::fill(x_.begin(), x_.end(), 0.0F);
    for (std::size_t a = 0; a < x.size(); ++a) {
      x_[rank_[support[a]]] = static_cast<float>(x[a]);
    }
    team_.for_parts(parts(), [&](Worker worker) {
      Array<float>& sums = partial_[static_cast<std::size_t>(worker.rank)];
      sums.assign(x_.size(), 0.0F);
      const Range share = nonzero_share(matrix_.row_pointers(), worker);
      if (wide_.size() == 0) {
        add_rows(share, narrow_.data(), sums.data());
      } else {
        add_rows(share, wide_.data(), sums.data());
      }
    });
    for (std::size_t a = 0; a < x.size(); ++a) {
      const std::size_t k = rank_[support[a]];
      double sum = static_cast<double>(rest_[k]) * x[a];
      for (const Array<float>& sums : partial_) {
        sum += static_cast<double>(sums[k]);
      }
      out[a] = sum;
    }
  }

  /// What multiply() costs, in multiplications on numbers in the nearest cache. O(1).
  [[nodiscard]] double work() const noexcept { return 9.0 * entries_; }

  /// Positions on the list by falling number of nonzeros.
  [[nodiscard]] std::span<const std::size_t> heaviest_first() const noexcept { return order_; }

 private:
  static constexpr Index off_the_list = -1;

  [[nodiscard]] int parts() const noexcept { return static_cast<int>(partial_.size()); }

  /// Stores the entries of rows that count, each part's side by side from where its rows begin in
  /// the matrix, and what the other rows add to the diagonal.
  void take_rows(std::span<const Index> rank_of) {
    constexpr float most = 1e30F;  // limit of what is squared, to avoid infinity
    const float least = d_.empty() ? 0.0F : 1e-3F * *std::max_element(d_.begin(), d_.end());
    team_.for_parts(parts(), [&](Worker worker) {
      Array<float>& rest = partial_[static_cast<std::size_t>(worker.rank)];
      rest.assign(rest_.size(), 0.0F);
      const Range rows = nonzero_share(matrix_.row_pointers(), worker);
      std::size_t next = first_of(rows);
      for (std::int64_t i = rows.begin; i < rows.end; ++i) {
        const float d = d_[static_cast<std::size_t>(i)];
        matrix_.row(static_cast<Index>(i)).for_each([&](Index j, float value) {
          const Index rank = rank_of[static_cast<std::size_t>(j)];
          if (d >= least) {  // no branch on the rank, which could not be predicted
            if (wide_.size() == 0) {
              narrow_[next] = static_cast<std::uint16_t>(rank);
            } else {
              wide_[next] = static_cast<std::uint32_t>(rank);
            }
            values_[next] = value;
            next += rank != off_the_list ? 1 : 0;
          } else if (rank != off_the_list) {
            rest[static_cast<std::size_t>(rank)] += std::min(d * value * value, most);
          }
        });
        ends_[static_cast<std::size_t>(i)] = next;
      }
    });
    for (const Array<float>& rest : partial_) {
      for (std::size_t k = 0; k < rest_.size(); ++k) {
        rest_[k] += rest[k];
      }
    }
  }

  /// The position where the entries of a part's rows begin.
  [[nodiscard]] std::size_t first_of(Range rows) const noexcept {
    return static_cast<std::size_t>(matrix_.row_pointers()[static_cast<std::size_t>(rows.begin)]);
  }

  /// sums += sum_i d_i (x_i . x) x_i.
  template <class Position>
  void add_rows(Range rows, const Position* positions, float* sums) const noexcept {
    std::size_t begin = first_of(rows);
    for (auto i = static_cast<std::size_t>(rows.begin); i < static_cast<std::size_t>(rows.end);
         ++i) {
      const std::size_t end = ends_[i];
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
      begin = end;
    }
  }

  const CsrMatrix& matrix_;
  const Team& team_;
  std::span<const float> d_;
  Array<std::size_t> order_;  ///< position on the list of each rank
  Array<std::size_t> rank_;
  Array<std::size_t> ends_;  ///< end of each row's entries; they begin where those of the row
                             ///< before end
  AlignedArray<std::uint16_t> narrow_;  ///< ranks of the entries, for few columns
  AlignedArray<std::uint32_t> wide_;    ///< the same, for many columns
  AlignedArray<float> values_;
  Array<float> rest_;            ///< what the rows that do not count add to the diagonal, by rank
  Array<float> x_;               ///< by rank
  Slots<Array<float>> partial_;  ///< by part of the rows
  double entries_ = 0.0;         ///< nonzeros of the list
};

}  // namespace sounder
