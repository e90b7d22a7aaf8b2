// Rows of a matrix by the frequency of their columns: what the exact engine is made from.
#pragma once

#include <cstddef>

#include <sounder/engine/base/index.hpp>
#include <sounder/engine/matrix/column_counts.hpp>
#include <sounder/engine/matrix/column_order.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/threads/team.hpp>

namespace sounder {

/// A matrix and the order of its columns, from the most to the least frequent; PackedRows has the
/// same interface for scaled rows. A view of the matrix; 12 bytes a column.
class OrderedRows {
 public:
  /// Counts the columns. O(nnz / threads + p).
  OrderedRows(const CsrMatrix& matrix, const Team& team)
      : matrix_(matrix),
        order_(order_columns(column_counts(matrix, team), matrix.rows(), false, 0)) {}

  /// n, and the order of the columns. O(1). @{
  [[nodiscard]] Index rows() const noexcept { return matrix_.rows(); }
  [[nodiscard]] const ColumnOrder& order() const noexcept { return order_; }
  /// @}
  /// What its maker calls the column of this rank. O(1).
  [[nodiscard]] Index name_of(std::size_t rank) const noexcept { return order_.original_of[rank]; }

  /// Calls `visit(rank, double)` for row i's entries that are not zero.
  template <class Visit>
  void each(Index i, Visit&& visit) const {
    matrix_.row(i).for_each_double([&](Index column, double value) {
      const Index label = order_.label_of[static_cast<std::size_t>(column)];
      if (value != 0.0 && label != ColumnOrder::none) {
        visit(static_cast<std::size_t>(label), value);
      }
    });
  }
  /// What each() leaves of the row's doubles: nothing.
  template <class Visit>
  void each_low(Index /*i*/, Visit&& /*visit*/) const {}

 private:
  const CsrMatrix& matrix_;
  ColumnOrder order_;
};

}  // namespace sounder
