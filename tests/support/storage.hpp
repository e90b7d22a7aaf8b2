// The four ways in which the arrays of a CsrMatrix may be stored.
#pragma once

#include <sounder/engine/matrix/csr_matrix.hpp>

#include <cstdint>
#include <vector>

namespace sounder::test {

/// Types of row pointers and values.
template <class PointerType, class ValueType>
struct Storage {
  using Pointer = PointerType;
  using Value = ValueType;
};

using WideFloat = Storage<std::int64_t, float>;
using WideDouble = Storage<std::int64_t, double>;
using NarrowFloat = Storage<std::int32_t, float>;
using NarrowDouble = Storage<std::int32_t, double>;

/// The same matrix, stored in another way.
template <class StorageType>
[[nodiscard]] CsrMatrix stored_as(const CsrMatrix& matrix) {
  using Pointer = typename StorageType::Pointer;
  using Value = typename StorageType::Value;
  std::vector<Pointer> pointers;
  for (const Offset begin : matrix.row_pointers()) {
    pointers.push_back(static_cast<Pointer>(begin));
  }
  const auto columns = matrix.column_indices();
  const auto values = matrix.values();
  return CsrMatrix::adopt(pointers, std::vector<Index>(columns.begin(), columns.end()),
                          std::vector<Value>(values.begin(), values.end()), matrix.columns());
}

}  // namespace sounder::test
