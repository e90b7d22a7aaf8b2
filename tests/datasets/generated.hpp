// Equality of generated data, bit for bit.
#pragma once

#include <sounder/datasets/generate_rows.hpp>

#include <algorithm>

namespace sounder::test {

inline bool same_bits(const GeneratedData& a, const GeneratedData& b) {
  const auto equal = [](const auto& x, const auto& y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end());
  };
  return equal(a.data.matrix.row_pointers(), b.data.matrix.row_pointers()) &&
         equal(a.data.matrix.column_indices(), b.data.matrix.column_indices()) &&
         equal(a.data.matrix.values(), b.data.matrix.values()) &&
         a.data.matrix.columns() == b.data.matrix.columns() && a.data.labels == b.data.labels &&
         a.truth == b.truth && a.noise == b.noise;
}

/// Whether `part` holds the rows of `whole` from `first` on.
inline bool is_tail(const GeneratedData& part, const GeneratedData& whole, Index first) {
  if (part.data.matrix.rows() + first != whole.data.matrix.rows() || part.truth != whole.truth) {
    return false;
  }
  for (Index i = 0; i < part.data.matrix.rows(); ++i) {
    const SparseRow a = part.data.matrix.row(i);
    const SparseRow b = whole.data.matrix.row(first + i);
    if (!std::equal(a.columns.begin(), a.columns.end(), b.columns.begin(), b.columns.end()) ||
        !std::equal(a.values.begin(), a.values.end(), b.values.begin(), b.values.end()) ||
        part.data.labels[static_cast<std::size_t>(i)] !=
            whole.data.labels[static_cast<std::size_t>(first + i)]) {
      return false;
    }
  }
  return true;
}

/// Runs the matrix through the checks of CsrMatrix; throws what they throw.
inline void check_matrix(const CsrMatrix& matrix) {
  static_cast<void>(
      CsrMatrix(matrix.row_pointers(), matrix.column_indices(), matrix.values(), matrix.columns()));
}

}  // namespace sounder::test
