// Eigen's matrices as a CsrMatrix. Needs Eigen, so <sounder/sounder.hpp> leaves it out.
#pragma once

#include <concepts>
#include <cstddef>
#include <limits>
#include <memory>
#include <numeric>
#include <span>
#include <stdexcept>
#include <utility>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/matrix/sparse_arrays.hpp>

#include <Eigen/SparseCore>

namespace sounder {

/// Views a sparse row-major matrix without a copy: an Eigen::SparseMatrix<float or double,
/// Eigen::RowMajor, int>, an Eigen::Map of one, or the transpose of a column-major one. Other types
/// do not compile, nor does a temporary SparseMatrix.
///
/// @param keeper what must stay alive for the matrix to stay valid, as a std::shared_ptr to it;
///        without one the caller keeps the matrix alive. Either way nobody may change the matrix
///        meanwhile.
/// @throws std::invalid_argument if it is not compressed or begins inside another one, as a block
///        of rows does, and from the constructor of CsrMatrix. O(n + nnz).
template <class Derived>
[[nodiscard]] CsrMatrix csr_view(const Eigen::SparseCompressedBase<Derived>& matrix,
                                 std::shared_ptr<const void> keeper = {}) {
  using Scalar = typename Derived::Scalar;
  using Pointer = typename Derived::StorageIndex;
  static_assert(Derived::IsRowMajor && !Derived::IsVectorAtCompileTime,
                "csr_view: the Eigen matrix must be row-major; csr_copy copies any other");
  static_assert(std::same_as<Pointer, Index>,
                "csr_view: the Eigen matrix must have 32-bit indices (StorageIndex int); csr_copy "
                "copies any other");
  static_assert(std::same_as<Scalar, float> || std::same_as<Scalar, double>,
                "csr_view: the Eigen matrix must hold float or double; csr_copy copies any other");
  const Derived& rows = matrix.derived();
  if (!rows.isCompressed() || rows.outerIndexPtr()[0] != 0) {
    throw std::invalid_argument(
        "csr_view: the Eigen matrix is not compressed, or begins inside another one; csr_copy "
        "copies it, and makeCompressed() compresses it");
  }
  if (rows.cols() > std::numeric_limits<Index>::max()) {
    throw std::invalid_argument("csr_view: there are more columns than an Index can number");
  }
  const auto nonzeros = static_cast<std::size_t>(rows.nonZeros());
  return {std::span<const Pointer>(rows.outerIndexPtr(), static_cast<std::size_t>(rows.rows()) + 1),
          std::span<const Pointer>(rows.innerIndexPtr(), nonzeros),
          std::span<const Scalar>(rows.valuePtr(), nonzeros), static_cast<Index>(rows.cols()),
          std::move(keeper)};
}

/// A view of a temporary would dangle: give the matrix a name, or copy it by csr_copy.
template <class Scalar, int Options, class StorageIndex>
CsrMatrix csr_view(const Eigen::SparseMatrix<Scalar, Options, StorageIndex>&& matrix,
                   std::shared_ptr<const void> keeper = {}) = delete;

namespace detail {

/// Makes a matrix that owns its entries. `for_each(visit)` calls `visit(row, column, value)` for
/// every entry; it is called twice, to count and to place. Columns must rise within each row.
template <class ForEach>
[[nodiscard]] CsrMatrix gather_rows(Eigen::Index rows, Eigen::Index columns,
                                    const ForEach& for_each) {
  constexpr Eigen::Index most = std::numeric_limits<Index>::max();
  if (rows > most || columns > most) {
    throw std::invalid_argument(
        "csr_copy: there are more rows or columns than an Index can number");
  }
  Array<Offset> pointers(static_cast<std::size_t>(rows) + 1);
  for_each(
      [&](Eigen::Index i, Eigen::Index, float) { ++pointers[static_cast<std::size_t>(i) + 1]; });
  std::partial_sum(pointers.begin(), pointers.end(), pointers.begin());
  Array<Offset> next = pointers;
  auto arrays = std::make_shared<SparseArrays>(std::move(pointers));
  const std::span<Index> column_indices = arrays->indices();
  const std::span<float> values = arrays->values();
  for_each([&](Eigen::Index i, Eigen::Index j, float value) {
    const auto place = static_cast<std::size_t>(next[static_cast<std::size_t>(i)]++);
    column_indices[place] = static_cast<Index>(j);
    values[place] = value;
  });
  return {arrays->pointers(), column_indices, values, static_cast<Index>(columns), arrays};
}

}  // namespace detail

/// Copies any sparse matrix: row- or column-major, compressed or not, a block, a Map. Call eval()
/// on expressions such as sums first. Values are rounded to float; stored zeros stay stored.
///
/// 8 bytes a nonzero and 8 a row (8 a row more while it works). O(n + p + nnz); one thread.
/// @throws std::invalid_argument naming the row that holds a value that is not finite
template <class Derived>
[[nodiscard]] CsrMatrix csr_copy(const Eigen::SparseCompressedBase<Derived>& matrix) {
  using Entries = typename Eigen::SparseCompressedBase<Derived>::InnerIterator;
  return detail::gather_rows(matrix.rows(), matrix.cols(), [&](const auto& visit) {
    for (Eigen::Index outer = 0; outer < matrix.outerSize(); ++outer) {
      for (Entries entry(matrix, outer); entry; ++entry) {
        visit(entry.row(), entry.col(), static_cast<float>(entry.value()));
      }
    }
  });
}

/// Copies a dense matrix or array without its zeros; an expression is evaluated first. Values are
/// rounded to float. O(n p); one thread; memory as above.
/// @throws std::invalid_argument naming the row that holds a value that is not finite
template <class Derived>
[[nodiscard]] CsrMatrix csr_copy(const Eigen::DenseBase<Derived>& matrix) {
  constexpr int order = Derived::IsRowMajor ? Eigen::RowMajor : Eigen::ColMajor;
  using Plain = Eigen::Matrix<typename Derived::Scalar, Eigen::Dynamic, Eigen::Dynamic, order>;
  const Eigen::Ref<const Plain> source(matrix.derived().matrix());
  return detail::gather_rows(source.rows(), source.cols(), [&](const auto& visit) {
    for (Eigen::Index outer = 0; outer < source.outerSize(); ++outer) {
      for (Eigen::Index inner = 0; inner < source.innerSize(); ++inner) {
        const Eigen::Index i = Derived::IsRowMajor ? outer : inner;
        const Eigen::Index j = Derived::IsRowMajor ? inner : outer;
        const auto value = static_cast<float>(source(i, j));
        if (value != 0.0F) {
          visit(i, j, value);
        }
      }
    }
  });
}

}  // namespace sounder
