// Sparse rows: the data matrix X of every problem, n rows by p columns.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace sounder {

using Index = std::int32_t;   ///< a column (or row) number, 0-based
using Offset = std::int64_t;  ///< a position among the nonzeros

/// One sparse row: `columns[k]` holds the value `values[k]`; columns strictly increase.
struct SparseRow {
  std::span<const Index> columns;
  std::span<const float> values;

  [[nodiscard]] std::size_t size() const noexcept { return columns.size(); }
  [[nodiscard]] bool empty() const noexcept { return columns.empty(); }
};

/// Compressed sparse rows: 64-bit row pointers, 32-bit columns, float values.
///
/// Validated once when built, immutable after, so any number of threads may read it at once.
/// It is a view with an optional keeper: copying a CsrMatrix copies neither indices nor values.
class CsrMatrix {
 public:
  CsrMatrix() = default;

  /// Views caller-owned arrays without a copy.
  /// @param row_pointers n + 1 offsets, from 0 to nnz, never falling
  /// @param columns      nnz column numbers in [0, column_count), strictly rising inside a row
  /// @param values       nnz finite numbers
  /// @param keeper       whatever must stay alive for the arrays to stay valid (may be empty)
  /// @throws std::invalid_argument naming the first row that breaks one of these. O(n + nnz).
  CsrMatrix(std::span<const Offset> row_pointers, std::span<const Index> columns,
            std::span<const float> values, Index column_count,
            std::shared_ptr<const void> keeper = {})
      : CsrMatrix(Trusted{}, row_pointers, columns, values, column_count, std::move(keeper)) {
    validate();
  }

  /// Takes ownership of three arrays; same shapes and errors as the viewing constructor.
  static CsrMatrix adopt(std::vector<Offset> row_pointers, std::vector<Index> columns,
                         std::vector<float> values, Index column_count) {
    struct Arrays {
      std::vector<Offset> row_pointers;
      std::vector<Index> columns;
      std::vector<float> values;
    };
    auto arrays = std::make_shared<Arrays>(
        Arrays{std::move(row_pointers), std::move(columns), std::move(values)});
    return {arrays->row_pointers, arrays->columns, arrays->values, column_count, arrays};
  }

  /// Arrays that a reader has validated while it parsed them: O(1), no second pass.
  static CsrMatrix trusted(std::span<const Offset> row_pointers, std::span<const Index> columns,
                           std::span<const float> values, Index column_count,
                           std::shared_ptr<const void> keeper) {
    return {Trusted{}, row_pointers, columns, values, column_count, std::move(keeper)};
  }

  [[nodiscard]] Index rows() const noexcept { return rows_; }
  [[nodiscard]] Index columns() const noexcept { return columns_; }
  [[nodiscard]] Offset nonzeros() const noexcept { return static_cast<Offset>(values_.size()); }

  /// Row `i` in [0, rows()): a light range, O(1).
  [[nodiscard]] SparseRow row(Index i) const noexcept {
    const auto first = static_cast<std::size_t>(row_pointers_[static_cast<std::size_t>(i)]);
    const auto last = static_cast<std::size_t>(row_pointers_[static_cast<std::size_t>(i) + 1]);
    return {{column_indices_.data() + first, last - first}, {values_.data() + first, last - first}};
  }

  [[nodiscard]] std::span<const Offset> row_pointers() const noexcept { return row_pointers_; }
  [[nodiscard]] std::span<const Index> column_indices() const noexcept { return column_indices_; }
  [[nodiscard]] std::span<const float> values() const noexcept { return values_; }

 private:
  struct Trusted {};

  CsrMatrix(Trusted, std::span<const Offset> row_pointers, std::span<const Index> columns,
            std::span<const float> values, Index column_count, std::shared_ptr<const void> keeper)
      : row_pointers_(row_pointers), column_indices_(columns), values_(values),
        keeper_(std::move(keeper)),
        rows_(row_pointers.empty() ? 0 : static_cast<Index>(row_pointers.size() - 1)),
        columns_(column_count) {}

  void validate() const;

  std::span<const Offset> row_pointers_;
  std::span<const Index> column_indices_;
  std::span<const float> values_;
  std::shared_ptr<const void> keeper_;
  Index rows_ = 0;
  Index columns_ = 0;
};

inline void CsrMatrix::validate() const {
  const auto fail = [](const std::string& what) {
    throw std::invalid_argument("CsrMatrix: " + what);
  };
  if (column_indices_.size() != values_.size()) {
    fail("columns and values differ in length");
  }
  if (columns_ < 0) {
    fail("the number of columns is negative");
  }
  if (row_pointers_.empty()) {
    if (!values_.empty()) {
      fail("there are values but no row pointers");
    }
    return;
  }
  if (row_pointers_.front() != 0 || row_pointers_.back() != nonzeros()) {
    fail("row pointers must run from 0 to the number of values");
  }
  for (std::size_t i = 0; i + 1 < row_pointers_.size(); ++i) {
    if (row_pointers_[i] > row_pointers_[i + 1]) {
      fail("row " + std::to_string(i) + " ends before it begins");
    }
  }
  for (Index i = 0; i < rows_; ++i) {
    const SparseRow entries = row(i);
    Index previous = -1;
    for (std::size_t k = 0; k < entries.size(); ++k) {
      if (entries.columns[k] <= previous || entries.columns[k] >= columns_) {
        fail("row " + std::to_string(i) + " has column " + std::to_string(entries.columns[k]) +
             " out of order, repeated or out of range");
      }
      // NaN and infinity are the values whose difference from themselves is not zero.
      if (!(entries.values[k] - entries.values[k] == 0.0F)) {
        fail("row " + std::to_string(i) + " holds a value that is not finite");
      }
      previous = entries.columns[k];
    }
  }
}

}  // namespace sounder
