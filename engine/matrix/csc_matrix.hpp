// Sparse columns: the same matrix X, stored by feature.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <utility>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/lane_sum.hpp>
#include <sounder/engine/base/slots.hpp>
#include <sounder/engine/matrix/column_counts.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/matrix/nonzero_share.hpp>
#include <sounder/engine/matrix/sparse_arrays.hpp>
#include <sounder/engine/threads/team.hpp>

namespace sounder {

/// One sparse column: `rows[k]` holds the value `values[k]`, or `values[k] + lows[k]` if there are
/// lows; rows strictly increase.
struct SparseColumn {
  std::span<const Index> rows;       ///< row numbers
  std::span<const float> values;     ///< as many as rows
  std::span<const float> lows = {};  ///< what doubles have beyond floats: as many as rows, or none

  /// Number of nonzeros. @{
  [[nodiscard]] std::size_t size() const noexcept { return rows.size(); }
  [[nodiscard]] bool empty() const noexcept { return rows.empty(); }
  /// @}

  /// Inner product with x, one number a row, added like lane_sum(). O(size()).
  [[nodiscard]] double dot(std::span<const double> x) const noexcept {
    return dot(values, x) + (lows.empty() ? 0.0 : dot(lows, x));
  }
  /// Calls `visit(row, value)` for every entry, in order, with the value as a double.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (std::size_t k = 0; k < size(); ++k) {
      const auto low = lows.empty() ? 0.0 : static_cast<double>(lows[k]);
      visit(rows[k], static_cast<double>(values[k]) + low);
    }
  }

 private:
  [[nodiscard]] double dot(std::span<const float> part, std::span<const double> x) const noexcept {
    return lane_sum(size(), [this, part, x](std::size_t k) {
      return static_cast<double>(part[k]) * x[static_cast<std::size_t>(rows[k])];
    });
  }
};

/// Compressed sparse columns: 64-bit column pointers, 32-bit rows, float values. For doubles that
/// floats do not hold exactly there is a second float for each, which gives some 48 bits.
///
/// Immutable once built, so any number of threads may read it at once. It owns its arrays (8 bytes
/// a nonzero, 12 with a second float; 8 bytes a column) jointly with its copies.
class CscMatrix {
 public:
  CscMatrix() = default;

  /// Copies the columns of `matrix`, which need not live on. The same for any number of threads.
  /// O((nnz + n) / threads + p); while it works it needs another 8 p bytes a thread, 12 p from 2^32
  /// entries on.
  CscMatrix(const CsrMatrix& matrix, const Team& team);

  /// n, p and the number of stored entries. O(1). @{
  [[nodiscard]] Index rows() const noexcept { return rows_; }
  [[nodiscard]] Index columns() const noexcept { return columns_; }
  [[nodiscard]] Offset nonzeros() const noexcept { return static_cast<Offset>(values_.size()); }
  /// @}

  /// Column `j` in [0, columns()): a light view, O(1).
  [[nodiscard]] SparseColumn column(Index j) const noexcept {
    const auto first = static_cast<std::size_t>(column_pointers_[static_cast<std::size_t>(j)]);
    const auto last = static_cast<std::size_t>(column_pointers_[static_cast<std::size_t>(j) + 1]);
    return {{row_indices_.data() + first, last - first},
            {values_.data() + first, last - first},
            lows_.empty() ? std::span<const float>()
                          : std::span<const float>(lows_.data() + first, last - first)};
  }

  /// Nonzeros of the columns on the list. O(size of the list).
  [[nodiscard]] Offset nonzeros(std::span<const Index> list) const noexcept {
    Offset sum = 0;
    for (const Index j : list) {
      sum += static_cast<Offset>(column(j).size());
    }
    return sum;
  }

  /// The arrays: p + 1 positions of the columns' first entries, then a row and a value an entry. @{
  [[nodiscard]] std::span<const Offset> column_pointers() const noexcept {
    return column_pointers_;
  }
  [[nodiscard]] std::span<const Index> row_indices() const noexcept { return row_indices_; }
  [[nodiscard]] std::span<const float> values() const noexcept { return values_; }
  /// @}

 private:
  std::span<const Offset> column_pointers_;
  std::span<const Index> row_indices_;
  std::span<const float> values_;
  std::span<const float> lows_;  ///< empty if floats hold every value
  std::shared_ptr<const void> keeper_;
  Index rows_ = 0;
  Index columns_ = 0;
};

namespace detail {

/// Turns the workers' histograms into the positions where each worker's entries of each column
/// begin, relative to the column's beginning. Returns the column pointers.
[[nodiscard]] inline Array<Offset> column_pointers(Slots<Array<Index>>& histograms, Index columns,
                                                   const Team& team) {
  Array<Offset> pointers(static_cast<std::size_t>(columns) + 1);
  team.for_shares(columns, [&](Range share) {
    for (auto j = static_cast<std::size_t>(share.begin); j < static_cast<std::size_t>(share.end);
         ++j) {
      Index before = 0;
      for (Array<Index>& histogram : histograms) {
        const Index count = histogram[j];
        histogram[j] = before;
        before += count;
      }
      pointers[j + 1] = before;
    }
  });
  for (std::size_t j = 1; j < pointers.size(); ++j) {
    pointers[j] += pointers[j - 1];
  }
  return pointers;
}

/// Puts every entry of the rows into its column.
/// @tparam Place an integer type as narrow as nnz allows, because the positions of all columns
///        should stay in cache
/// @param begins where each worker's entries of a column begin, relative to the column
template <class Place>
void fill_columns(const CsrMatrix& matrix, std::span<const Offset> pointers,
                  const Slots<Array<Index>>& begins, std::span<Index> row_indices,
                  std::span<float> values, std::span<float> lows, const Team& team) {
  // Workers hold contiguous rows in order of rank, so the rows of every column come out rising.
  team.run([&](Worker worker) {
    const Range rows = nonzero_share(matrix.row_pointers(), worker);
    if (rows.size() == 0) {
      return;
    }
    const Array<Index>& mine = begins[static_cast<std::size_t>(worker.rank)];
    Array<Place> next(mine.size());  // position of each column's next entry
    for (std::size_t j = 0; j < next.size(); ++j) {
      next[j] = static_cast<Place>(pointers[j] + mine[j]);
    }
    const double* const exact = lows.empty() ? nullptr : matrix.values().data<double>();
    constexpr std::size_t ahead = 32;  // entries to prefetch ahead: the writes go all over memory
                                       // and wait for their cache lines
    const std::span<const Index> columns = matrix.column_indices();
    auto q = static_cast<std::size_t>(matrix.row_pointers()[static_cast<std::size_t>(rows.begin)]);
    const auto last =
        static_cast<std::size_t>(matrix.row_pointers()[static_cast<std::size_t>(rows.end)]);
    for (std::int64_t i = rows.begin; i < rows.end; ++i) {
      matrix.row(static_cast<Index>(i)).for_each([&](Index column, auto value) {
        if (++q + ahead < last) {
          const auto soon =
              static_cast<std::size_t>(next[static_cast<std::size_t>(columns[q + ahead])]);
          __builtin_prefetch(&row_indices[soon], 1);
          __builtin_prefetch(&values[soon], 1);
        }
        const auto place = static_cast<std::size_t>(next[static_cast<std::size_t>(column)]++);
        row_indices[place] = static_cast<Index>(i);
        if (exact != nullptr) {
          values[place] = static_cast<float>(exact[q - 1]);
          lows[place] = low_part(exact[q - 1]);
        } else {
          values[place] = static_cast<float>(value);
        }
      });
    }
  });
}

}  // namespace detail

inline CscMatrix::CscMatrix(const CsrMatrix& matrix, const Team& team)
    : rows_(matrix.rows()), columns_(matrix.columns()) {
  Slots<Array<Index>> begins = detail::column_histograms(matrix, team);
  auto arrays = std::make_shared<SparseArrays>(detail::column_pointers(begins, columns_, team));
  column_pointers_ = arrays->pointers();
  const bool narrow = matrix.nonzeros() <= Offset{std::numeric_limits<std::uint32_t>::max()};
  const auto fill =
      narrow ? &detail::fill_columns<std::uint32_t> : &detail::fill_columns<std::uint64_t>;
  const bool exceeds = detail::exceeds_floats(matrix);
  const std::span<float> lows = exceeds ? arrays->make_lows() : std::span<float>();
  fill(matrix, column_pointers_, begins, arrays->indices(), arrays->values(), lows, team);
  row_indices_ = arrays->indices();
  values_ = arrays->values();
  lows_ = lows;
  keeper_ = std::move(arrays);
}

}  // namespace sounder
