// Columns dealt out to workers, and what each of them holds of every row.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include <sounder/engine/base/aligned_array.hpp>
#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/index.hpp>
#include <sounder/engine/base/slots.hpp>
#include <sounder/engine/matrix/column_counts.hpp>
#include <sounder/engine/matrix/column_order.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/threads/team.hpp>

namespace sounder {

/// A matrix cut by columns: part k holds its columns of every row, renumbered from its most to its
/// least frequent one. Columns are dealt in falling order of frequency, to and fro, so that all
/// parts have about as many nonzeros. A double is two entries, its float and what that left.
///
/// 8 bytes a nonzero, 8 a row and part. Immutable; any number of threads.
class ColumnParts {
 public:
  /// A value in a column of the part.
  struct Entry {
    std::uint32_t column;  ///< by the part's numbering
    float value;           ///< the value, or what its first float left
  };

  /// What one worker holds.
  class Part {
   public:
    /// Its entries of row i. O(1).
    [[nodiscard]] std::span<const Entry> row(Index i) const noexcept {
      const auto k = static_cast<std::size_t>(i);
      return {entries_.data() + begin_[k], static_cast<std::size_t>(begin_[k + 1] - begin_[k])};
    }
    /// How many columns it holds.
    [[nodiscard]] std::size_t columns() const noexcept { return original_.size(); }
    /// The matrix's columns, by the part's.
    [[nodiscard]] std::span<const Index> original() const noexcept { return original_; }

   private:
    friend class ColumnParts;
    Array<Offset> begin_;
    AlignedArray<Entry> entries_;
    Array<Index> original_;
  };

  /// O((nnz + parts n) / threads + p).
  /// @param parts at least 1
  ColumnParts(const CsrMatrix& matrix, int parts, const Team& team)
      : rows_(matrix.rows()), parts_(static_cast<std::size_t>(parts)),
        order_(order_columns(column_counts(matrix, team), matrix.rows(), false, 0)) {
    team.for_shares(parts, [&](Range share) {
      for (std::int64_t k = share.begin; k < share.end; ++k) {
        fill(matrix, static_cast<std::size_t>(k));
      }
    });
  }

  /// Rows of the matrix, and parts. @{
  [[nodiscard]] Index rows() const noexcept { return rows_; }
  [[nodiscard]] int count() const noexcept { return static_cast<int>(parts_.size()); }
  [[nodiscard]] const Part& part(int k) const noexcept {
    return parts_[static_cast<std::size_t>(k)];
  }
  /// @}
  /// Which part has the column of this rank by frequency, and its number there. O(1). @{
  [[nodiscard]] std::size_t part_of(std::size_t rank) const noexcept {
    const std::size_t count = parts_.size();
    const std::size_t place = rank % count;
    return rank / count % 2 == 0 ? place : count - 1 - place;
  }
  [[nodiscard]] std::size_t number_of(std::size_t rank) const noexcept {
    return rank / parts_.size();
  }
  /// @}
  /// Columns that hold anything, from the most to the least frequent.
  [[nodiscard]] const ColumnOrder& order() const noexcept { return order_; }

 private:
  /// Calls `visit(rank, value)` for what row i holds in part k.
  template <class Visit>
  void each_entry(const CsrMatrix& matrix, Index i, std::size_t k, Visit&& visit) const {
    matrix.row(i).for_each_double([&](Index column, double value) {
      const Index label = order_.label_of[static_cast<std::size_t>(column)];
      const auto rank = static_cast<std::size_t>(label);
      if (value == 0.0 || label == ColumnOrder::none || part_of(rank) != k) {
        return;
      }
      const auto high = static_cast<float>(value);
      visit(rank, high);
      const auto low = static_cast<float>(value - static_cast<double>(high));
      if (low != 0.0F) {
        visit(rank, low);
      }
    });
  }

  void fill(const CsrMatrix& matrix, std::size_t k) {
    Part& part = parts_[k];
    for (std::size_t rank = 0; rank < order_.size(); ++rank) {
      if (part_of(rank) == k) {
        part.original_.push_back(order_.original_of[rank]);
      }
    }
    part.begin_.assign(static_cast<std::size_t>(rows_) + 1, 0);
    Offset total = 0;
    for (Index i = 0; i < rows_; ++i) {
      each_entry(matrix, i, k, [&](std::size_t, float) { ++total; });
      part.begin_[static_cast<std::size_t>(i) + 1] = total;
    }
    part.entries_ = AlignedArray<Entry>(static_cast<std::size_t>(total));
    Entry* out = part.entries_.data();
    for (Index i = 0; i < rows_; ++i) {
      each_entry(matrix, i, k, [&](std::size_t rank, float value) {
        const std::size_t local = number_of(rank);
        *out++ = {static_cast<std::uint32_t>(local), value};
      });
    }
  }

  Index rows_;
  Slots<Part> parts_;
  ColumnOrder order_;
};

}  // namespace sounder
