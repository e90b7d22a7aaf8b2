// Columns dealt out to workers, and what each of them holds of every row.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>

#include <sounder/engine/base/aligned_array.hpp>
#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/index.hpp>
#include <sounder/engine/base/slots.hpp>
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
    [[nodiscard]] std::size_t columns() const noexcept { return names_.size(); }
    /// What the source of the rows calls the part's columns.
    [[nodiscard]] std::span<const Index> names() const noexcept { return names_; }

   private:
    friend class ColumnParts;
    Array<Offset> begin_;
    AlignedArray<Entry> entries_;
    Array<Index> names_;
  };

  /// O(nnz / threads + parts n + p).
  /// @tparam Rows OrderedRows or PackedRows; not needed afterwards
  /// @param parts at least 1
  template <class Rows>
  ColumnParts(const Rows& rows, int parts, const Team& team)
      : columns_(rows.order().size()), parts_(static_cast<std::size_t>(parts)) {
    for (std::size_t k = 0; k < parts_.size(); ++k) {
      parts_[k].begin_.assign(static_cast<std::size_t>(rows.rows()) + 1, 0);
    }
    for (std::size_t rank = 0; rank < columns_; ++rank) {
      parts_[part_of(rank)].names_.push_back(rows.name_of(rank));
    }
    team.for_shares(rows.rows(), [&](Range share) {
      for (std::int64_t i = share.begin; i < share.end; ++i) {
        each_entry(rows, static_cast<Index>(i), [&](Part& part, std::size_t, float) {
          ++part.begin_[static_cast<std::size_t>(i) + 1];
        });
      }
    });
    for (Part& part : parts_) {
      std::partial_sum(part.begin_.begin(), part.begin_.end(), part.begin_.begin());
      part.entries_ = AlignedArray<Entry>(static_cast<std::size_t>(part.begin_.back()));
    }
    team.for_shares(rows.rows(), [&](Range share) {
      Array<Entry*> next(parts_.size());
      for (std::int64_t i = share.begin; i < share.end; ++i) {
        for (std::size_t k = 0; k < parts_.size(); ++k) {
          next[k] = parts_[k].entries_.data() + parts_[k].begin_[static_cast<std::size_t>(i)];
        }
        each_entry(rows, static_cast<Index>(i), [&](Part& part, std::size_t rank, float value) {
          *next[static_cast<std::size_t>(&part - parts_.begin())]++ = {
              static_cast<std::uint32_t>(number_of(rank)), value};
        });
      }
    });
  }

  /// Columns that hold anything, and parts. @{
  [[nodiscard]] std::size_t columns() const noexcept { return columns_; }
  [[nodiscard]] int count() const noexcept { return static_cast<int>(parts_.size()); }
  [[nodiscard]] const Part& part(int k) const noexcept {
    return parts_[static_cast<std::size_t>(k)];
  }
  /// @}
  /// Which part has the column of this rank by frequency, and its number there. O(1). @{
  [[nodiscard]] std::size_t part_of(std::size_t rank) const noexcept {
    if (parts_.size() == 1) {
      return 0;
    }
    // 32 bits: dividing 64 takes several times as long on many processors.
    const auto column = static_cast<std::uint32_t>(rank);
    const auto count = static_cast<std::uint32_t>(parts_.size());
    const std::uint32_t place = column % count;
    return column / count % 2 == 0 ? place : count - 1 - place;
  }
  [[nodiscard]] std::size_t number_of(std::size_t rank) const noexcept {
    if (parts_.size() == 1) {
      return rank;
    }
    return static_cast<std::uint32_t>(rank) / static_cast<std::uint32_t>(parts_.size());
  }
  /// @}
  /// How many columns of part k have a lower rank: those of a range of ranks lie side by side.
  /// O(1).
  [[nodiscard]] std::size_t columns_before(std::size_t k, std::size_t rank) const noexcept {
    const std::size_t whole = rank / parts_.size();
    const std::size_t place = whole % 2 == 0 ? k : parts_.size() - 1 - k;
    return whole + (place < rank % parts_.size() ? 1 : 0);
  }

 private:
  /// Calls `visit(part, rank, float)` for what row i holds.
  template <class Rows, class Visit>
  void each_entry(const Rows& rows, Index i, Visit&& visit) {
    const auto split = [&](std::size_t rank, double value) {
      Part& part = parts_[part_of(rank)];
      const auto high = static_cast<float>(value);
      visit(part, rank, high);
      const auto low = static_cast<float>(value - static_cast<double>(high));
      if (low != 0.0F) {
        visit(part, rank, low);
      }
    };
    rows.each(i, split);
    rows.each_low(i, split);
  }

  std::size_t columns_;
  Slots<Part> parts_;
};

}  // namespace sounder
