// Makes a CsrMatrix from rows as programs build them: lists of pairs or of numbers.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <sounder/engine/matrix/csr_matrix.hpp>

namespace sounder {

/// (column, value): a std::pair or std::tuple of an integer and a number.
template <class Entry>
concept ColumnAndValue = std::tuple_size<Entry>::value == 2 && requires(const Entry& entry) {
  requires std::integral<std::remove_cvref_t<decltype(std::get<0>(entry))>>;
  requires std::convertible_to<decltype(std::get<1>(entry)), float>;
};

/// A range of rows, each a range of (column, value), such as
/// std::vector<std::vector<std::pair<Index, float>>> or std::list<std::map<int, double>>.
template <class Rows>
concept RowsOfPairs = std::ranges::input_range<const Rows> &&
    std::ranges::input_range<std::ranges::range_reference_t<const Rows>> &&
    ColumnAndValue<std::ranges::range_value_t<std::ranges::range_reference_t<const Rows>>>;

/// A range of rows, each a range of p numbers, such as std::vector<std::vector<double>>.
template <class Rows>
concept RowsOfNumbers = std::ranges::input_range<const Rows> &&
    std::ranges::input_range<std::ranges::range_reference_t<const Rows>> &&
    std::is_arithmetic_v<std::ranges::range_value_t<std::ranges::range_reference_t<const Rows>>>;

namespace detail {

/// The arrays of a matrix that grows row by row; error messages name the row that is being added.
class GrowingRows {
 public:
  /// Adds an entry to the row in progress, in any order of columns.
  void add(std::int64_t column, float value) {
    if (column < 0 || column >= most_) {
      fail("has column " + std::to_string(column) + ", which is not in [0, " +
           std::to_string(most_) + ")");
    }
    row_.emplace_back(static_cast<Index>(column), value);
  }

  void end_row() {
    const auto by_column = [](const auto& a, const auto& b) { return a.first < b.first; };
    if (!std::is_sorted(row_.begin(), row_.end(), by_column)) {
      std::sort(row_.begin(), row_.end(), by_column);
    }
    for (const auto& [column, value] : row_) {
      if (row_begin() < columns_.size() && columns_.back() == column) {
        fail("has column " + std::to_string(column) + " twice");
      }
      columns_.push_back(column);
      values_.push_back(value);
    }
    if (!row_.empty()) {
      past_last_ = std::max(past_last_, row_.back().first + 1);
    }
    pointers_.push_back(static_cast<Offset>(columns_.size()));
    row_.clear();
  }

  [[nodiscard]] CsrMatrix finish(Index columns) {
    return CsrMatrix::adopt(std::move(pointers_), std::move(columns_), std::move(values_), columns);
  }

  /// Columns must be less than `most`.
  void limit(Index most) noexcept { most_ = most; }
  [[nodiscard]] Index past_last() const noexcept { return past_last_; }
  [[nodiscard]] std::string row_name() const { return std::to_string(pointers_.size() - 1); }

  [[noreturn]] void fail(const std::string& what) const {
    throw std::invalid_argument("csr_from_rows: row " + row_name() + " " + what);
  }

 private:
  [[nodiscard]] std::size_t row_begin() const noexcept {
    return static_cast<std::size_t>(pointers_.back());
  }

  Index most_ = std::numeric_limits<Index>::max();
  Index past_last_ = 0;
  std::vector<std::pair<Index, float>> row_;
  std::vector<Offset> pointers_{0};
  std::vector<Index> columns_;
  std::vector<float> values_;
};

}  // namespace detail

/// The matrix whose row i holds the pairs (column, value) of `rows[i]`, in any order.
///
/// A copy: `rows` need not live on. Any range of ranges of pairs will do; values are rounded to
/// float.
/// @param columns p; by default one more than the largest column
/// @throws std::invalid_argument naming the row that has a column twice, a column outside [0, p) or
///        a value that is not finite
///
/// O(nnz log(longest row)), less for sorted rows; one thread.
template <RowsOfPairs Rows>
[[nodiscard]] CsrMatrix csr_from_rows(const Rows& rows, std::optional<Index> columns = {}) {
  detail::GrowingRows growing;
  if (columns) {
    growing.limit(*columns);
  }
  for (const auto& row : rows) {
    for (const auto& entry : row) {
      growing.add(static_cast<std::int64_t>(std::get<0>(entry)),
                  static_cast<float>(std::get<1>(entry)));
    }
    growing.end_row();
  }
  return growing.finish(columns.value_or(growing.past_last()));
}

/// The matrix whose row i holds the numbers of `rows[i]`, as many in every row; zeros are left out.
///
/// A copy: `rows` need not live on. Any range of ranges of numbers will do; they are rounded to
/// float.
/// @throws std::invalid_argument naming the row that is longer or shorter than the first one, or
///        holds a value that is not finite
///
/// O(n p); one thread.
template <RowsOfNumbers Rows>
[[nodiscard]] CsrMatrix csr_from_rows(const Rows& rows) {
  detail::GrowingRows growing;
  std::optional<Index> columns;
  for (const auto& row : rows) {
    Index count = 0;
    for (const auto number : row) {
      const auto value = static_cast<float>(number);
      if (value != 0.0F) {
        growing.add(count, value);
      }
      ++count;
    }
    if (count != columns.value_or(count)) {
      growing.fail("holds " + std::to_string(count) + " numbers, row 0 " +
                   std::to_string(*columns));
    }
    columns = count;
    growing.end_row();
  }
  return growing.finish(columns.value_or(0));
}

}  // namespace sounder
