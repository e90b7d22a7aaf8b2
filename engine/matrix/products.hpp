// Rows and columns visited by a team, and products with a matrix.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <sounder/engine/base/index.hpp>
#include <sounder/engine/matrix/csc_matrix.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/matrix/nonzero_share.hpp>
#include <sounder/engine/threads/team.hpp>

namespace sounder {

/// Calls `visit(i, row)` for every row. Each worker takes a contiguous share with about as many
/// nonzeros as the others. O((nnz + n) / threads).
template <class Visit>
void each_row(const CsrMatrix& matrix, const Team& team, Visit&& visit) {
  team.run([&](Worker worker) {
    const Range share = nonzero_share(matrix.row_pointers(), worker);
    for (std::int64_t i = share.begin; i < share.end; ++i) {
      visit(static_cast<std::size_t>(i), matrix.row(static_cast<Index>(i)));
    }
  });
}

/// Calls `visit(j, column)` for every column, shared out in the same way. O((nnz + p) / threads).
template <class Visit>
void each_column(const CscMatrix& columns, const Team& team, Visit&& visit) {
  team.run([&](Worker worker) {
    const Range share = nonzero_share(columns.column_pointers(), worker);
    for (std::int64_t j = share.begin; j < share.end; ++j) {
      visit(static_cast<std::size_t>(j), columns.column(static_cast<Index>(j)));
    }
  });
}

/// z = X w + b. The same bits for any number of threads.
/// @param w p numbers
/// @param z n numbers, the output
inline void multiply(const CsrMatrix& matrix, std::span<const double> w, double b,
                     std::span<double> z, const Team& team) {
  each_row(matrix, team, [&](std::size_t i, const SparseRow& row) { z[i] = row.dot(w) + b; });
}

}  // namespace sounder
