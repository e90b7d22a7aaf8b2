// How much rounding to float would change a column: decides whether values must stay doubles.
#pragma once

#include <sounder/datasets/libsvm_parser.hpp>
#include <sounder/engine/base/random.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

namespace sounder::detail {

/// Data with at most this many entries are small: doubles cost little there.
inline constexpr std::size_t small_entries = std::size_t{1} << 20;

/// Values of one column as they are read: how far rounding moves them, and how much they differ.
class ColumnRounding {
 public:
  explicit ColumnRounding(Index column, std::int64_t since = 0) noexcept
      : column_(column), since_(since) {}

  void add(double value) noexcept {
    ++count_;
    const double off = value - mean_;  // Welford's mean and squares
    mean_ += off / static_cast<double>(count_);
    squares_ += off * (value - mean_);
    moved_ = std::max(moved_, std::abs(value - static_cast<double>(static_cast<float>(value))));
  }

  [[nodiscard]] Index column() const noexcept { return column_; }
  [[nodiscard]] std::int64_t count() const noexcept { return count_; }
  /// The row in which it was seen first.
  [[nodiscard]] std::int64_t since() const noexcept { return since_; }

  /// Whether rounding moves a value by more than this share of the values' deviation; false if all
  /// values are equal.
  [[nodiscard]] bool falsifies(double share) const noexcept {
    return squares_ > 0.0 && moved_ > share * std::sqrt(squares_ / static_cast<double>(count_));
  }

 private:
  Index column_;
  std::int64_t since_;
  std::int64_t count_ = 0;
  double mean_ = 0.0;
  double squares_ = 0.0;
  double moved_ = 0.0;
};

/// Finds, in a few rows of each chunk, columns that floats might change too much. Only remembers
/// columns that many rows hold.
class RoundingSample {
 public:
  /// Looks at rows of the next chunk, from a random one on, because kinds of rows may alternate
  /// like the chunks.
  void add(const ParsedChunk& chunk) {
    credit_ += chunk.entries;
    std::size_t row = chunk.rows > 0 ? random_.below(chunk.rows) : 0;
    auto first = row > 0 ? static_cast<std::size_t>(chunk.row_ends.data()[row - 1]) : 0;
    for (; row < chunk.rows; ++row) {
      const auto size = static_cast<std::size_t>(chunk.row_ends.data()[row]) - first;
      const std::size_t cost = one_in * (size + columns_.size());
      if (cost > credit_) {
        break;
      }
      credit_ -= cost;
      add_row({chunk.columns.data() + first, size}, chunk.values.data() + first);
      first += size;
    }
  }

  /// The columns, rising, that nearly half of the rows seem to hold and whose values floats move by
  /// at least a third of the limit.
  [[nodiscard]] std::vector<Index> suspects() const {
    std::vector<Index> found;
    for (const ColumnRounding& column : columns_) {
      const std::int64_t seen = rows_ - column.since();
      if (seen >= least_rows && 5 * column.count() > 2 * seen && column.falsifies(3e-6)) {
        found.push_back(column.column());
      }
    }
    return found;
  }

 private:
  static constexpr std::size_t one_in = 128;  ///< one entry in this many is looked at
  static constexpr std::int64_t least_rows = 8;

  void add_row(std::span<const Index> columns, const double* values) {
    const std::size_t known = columns_.size();
    const bool admits = rows_ < admits_until_;
    std::size_t at = 0;
    for (std::size_t k = 0; k < columns.size(); ++k) {
      while (at < known && columns_[at].column() < columns[k]) {
        ++at;
      }
      if (at < known && columns_[at].column() == columns[k]) {
        columns_[at].add(values[k]);
      } else if (admits) {
        columns_.emplace_back(columns[k], rows_).add(values[k]);
      }
    }
    std::inplace_merge(columns_.begin(), columns_.begin() + static_cast<std::ptrdiff_t>(known),
                       columns_.end(),
                       [](const auto& a, const auto& b) { return a.column() < b.column(); });
    ++rows_;
    if (rows_ >= least_rows && std::has_single_bit(static_cast<std::uint64_t>(rows_))) {
      forget_rare();
      admits_until_ = rows_ + least_rows / 2;
    }
  }

  void forget_rare() {
    std::erase_if(columns_, [this](const ColumnRounding& column) {
      return 3 * column.count() < rows_ - column.since();
    });
  }

  RandomStream random_{1};
  std::vector<ColumnRounding> columns_;  ///< rising
  std::int64_t rows_ = 0;
  std::int64_t admits_until_ = least_rows;  ///< only rows before this one may bring new columns
  std::size_t credit_ = 0;                  ///< entries that may still be looked at
};

/// The column of the first entry for whose value such(value) holds; -1 if there is none. O(nnz).
template <class Such>
[[nodiscard]] Index column_of(const CsrMatrix& matrix, const Such& such) {
  for (Index i = 0; i < matrix.rows(); ++i) {
    const SparseRow row = matrix.row(i);
    for (std::size_t k = 0; k < row.size(); ++k) {
      if (such(row.values[k])) {
        return row.columns[k];
      }
    }
  }
  return -1;
}

/// The first of `suspects` (columns, rising) that more than half of the rows hold and whose values
/// floats would move by more than 1e-5 of their deviation; -1 if there is none. O(nnz + n
/// suspects).
[[nodiscard]] inline Index falsified_column(const CsrMatrix& matrix,
                                            std::span<const Index> suspects) {
  std::vector<ColumnRounding> columns(suspects.begin(), suspects.end());
  for (Index i = 0; i < matrix.rows() && !columns.empty(); ++i) {
    auto at = columns.begin();
    matrix.row(i).for_each_double([&](Index column, double value) {
      while (at != columns.end() && at->column() < column) {
        ++at;
      }
      if (at != columns.end() && at->column() == column) {
        at->add(value);
      }
    });
  }
  for (const ColumnRounding& column : columns) {
    if (2 * column.count() > matrix.rows() && column.falsifies(1e-5)) {
      return column.column();
    }
  }
  return -1;
}

}  // namespace sounder::detail
