#include <sounder/engine/matrix/eigen_matrix.hpp>

#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include <Eigen/SparseCore>

#include "support/catch.hpp"
#include "support/dense.hpp"
#include "support/random_matrix.hpp"

using sounder::csr_copy;
using sounder::csr_view;
using sounder::CsrMatrix;
using sounder::Index;
using sounder::test::dense;

namespace {

template <class Scalar, int Order, class StorageIndex = int>
using Sparse = Eigen::SparseMatrix<Scalar, Order, StorageIndex>;

/// 50 x 20, some rows empty; numbers that a float holds.
const Eigen::MatrixXd& source() {
  static const Eigen::MatrixXd matrix = dense(sounder::test::random_matrix(50, 20, 0.1, 3));
  return matrix;
}

template <class Matrix>
Matrix sparse() {
  Matrix matrix(50, 20);
  matrix = source().cast<typename Matrix::Scalar>().sparseView();
  matrix.makeCompressed();
  return matrix;
}

/// Whether csr_view takes a Matrix, given as `Matrix&` for one with a name.
template <class Matrix>
concept Viewable = requires(Matrix&& matrix) {
  csr_view(std::forward<Matrix>(matrix));
};

/// Whether the matrix reads Eigen's own arrays.
template <class Matrix>
bool shares_arrays(const CsrMatrix& matrix, const Matrix& eigen) {
  return matrix.row_pointers().template data<int>() == eigen.outerIndexPtr() &&
         matrix.column_indices().data() == eigen.innerIndexPtr() &&
         matrix.values().template data<typename Matrix::Scalar>() == eigen.valuePtr();
}

}  // namespace

TEMPLATE_TEST_CASE("a row-major Eigen matrix is viewed without a copy", "[eigen]", float, double) {
  const auto eigen = sparse<Sparse<TestType, Eigen::RowMajor>>();
  const CsrMatrix matrix = csr_view(eigen);
  REQUIRE(shares_arrays(matrix, eigen));
  REQUIRE(dense(matrix) == source());

  using Map = Eigen::Map<const Sparse<TestType, Eigen::RowMajor>>;
  const CsrMatrix mapped = csr_view(Map(50, 20, eigen.nonZeros(), eigen.outerIndexPtr(),
                                        eigen.innerIndexPtr(), eigen.valuePtr()));
  REQUIRE(shares_arrays(mapped, eigen));
  REQUIRE(dense(mapped) == source());

  const Eigen::Ref<const Sparse<TestType, Eigen::RowMajor>> reference(eigen);
  REQUIRE(shares_arrays(csr_view(reference), eigen));

  const CsrMatrix first_rows = csr_view(eigen.topRows(7));
  REQUIRE(shares_arrays(first_rows, eigen));
  REQUIRE(dense(first_rows) == source().topRows(7));
}

TEST_CASE("the transpose of a column-major Eigen matrix is viewed without a copy", "[eigen]") {
  const auto eigen = sparse<Sparse<double, Eigen::ColMajor>>();
  const CsrMatrix matrix = csr_view(eigen.transpose());
  REQUIRE(shares_arrays(matrix, eigen));
  REQUIRE(dense(matrix) == source().transpose());
}

TEST_CASE("an Eigen matrix that is a temporary is not viewed", "[eigen]") {
  using Rows = Sparse<float, Eigen::RowMajor>;
  STATIC_REQUIRE(Viewable<Rows&>);
  STATIC_REQUIRE(Viewable<const Rows&>);
  STATIC_REQUIRE(Viewable<Eigen::Map<const Rows>>);
  STATIC_REQUIRE(!Viewable<Rows>);
  STATIC_REQUIRE(!Viewable<const Rows>);
}

TEST_CASE("a viewed Eigen matrix may be kept alive by the view", "[eigen]") {
  CsrMatrix kept;
  {
    const auto eigen = std::make_shared<Sparse<double, Eigen::RowMajor>>(
        sparse<Sparse<double, Eigen::RowMajor>>());
    kept = csr_view(*eigen, eigen);
    REQUIRE(eigen.use_count() == 2);
  }
  REQUIRE(dense(kept) == source());
}

TEST_CASE("what cannot be viewed says so when it runs", "[eigen]") {
  auto eigen = sparse<Sparse<double, Eigen::RowMajor>>();
  REQUIRE_THROWS_WITH(csr_view(eigen.middleRows(20, 5)), Catch::Contains("inside another"));
  eigen.uncompress();
  REQUIRE_THROWS_WITH(csr_view(eigen), Catch::Contains("not compressed"));
  eigen.makeCompressed();
  REQUIRE_NOTHROW(csr_view(eigen));
  eigen.valuePtr()[eigen.outerIndexPtr()[3]] = std::numeric_limits<double>::infinity();
  Index row = 3;
  while (source().row(row).isZero()) {  // the first row with an entry at or after the third
    ++row;
  }
  REQUIRE_THROWS_WITH(csr_view(eigen), Catch::Contains("row " + std::to_string(row)));
  REQUIRE_THROWS_WITH(csr_copy(eigen), Catch::Contains("row " + std::to_string(row)));
}

TEMPLATE_TEST_CASE("any sparse Eigen matrix is copied", "[eigen]", (Sparse<float, Eigen::RowMajor>),
                   (Sparse<double, Eigen::ColMajor>),
                   (Sparse<float, Eigen::ColMajor, std::int64_t>),
                   (Sparse<int, Eigen::RowMajor, short>)) {
  auto eigen = sparse<TestType>();
  const Eigen::MatrixXd expected = Eigen::MatrixXd(eigen.template cast<double>());
  REQUIRE(dense(csr_copy(eigen)) == expected);
  REQUIRE(csr_copy(eigen).nonzeros() == eigen.nonZeros());
  REQUIRE(dense(csr_copy(sparse<TestType>())) == expected);
  REQUIRE(dense(csr_copy(eigen.transpose())) == expected.transpose());
  eigen.uncompress();
  REQUIRE(dense(csr_copy(eigen)) == expected);
}

TEST_CASE("blocks of Eigen matrices are copied", "[eigen]") {
  const auto rows = sparse<Sparse<double, Eigen::RowMajor>>();
  REQUIRE(dense(csr_copy(rows.middleRows(20, 5))) == source().middleRows(20, 5));
  const auto columns = sparse<Sparse<double, Eigen::ColMajor>>();
  REQUIRE(dense(csr_copy(columns.middleCols(3, 4))) == source().middleCols(3, 4));
}

TEST_CASE("dense Eigen matrices and arrays are copied without their zeros", "[eigen]") {
  const auto nonzeros = (source().array() != 0.0).count();
  const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> by_row =
      source().cast<float>();
  for (const CsrMatrix& matrix :
       {csr_copy(source()), csr_copy(by_row), csr_copy(by_row.array()),
        csr_copy(source().cast<float>()), csr_copy(Eigen::MatrixXd(source()))}) {
    REQUIRE(dense(matrix) == source());
    REQUIRE(matrix.nonzeros() == nonzeros);
  }
  REQUIRE(dense(csr_copy(source().block(4, 2, 9, 5))) == source().block(4, 2, 9, 5));
  const Eigen::MatrixXd two = 2.0 * Eigen::MatrixXd::Identity(20, 20);
  REQUIRE(dense(csr_copy(source() * two)) == 2.0 * source());
}

TEST_CASE("empty Eigen matrices are empty", "[eigen]") {
  const Sparse<float, Eigen::RowMajor> empty;
  REQUIRE(csr_view(empty).rows() == 0);
  const Sparse<float, Eigen::RowMajor> zeros(4, 3);
  REQUIRE(csr_view(zeros).rows() == 4);
  REQUIRE(csr_copy(zeros).columns() == 3);
  REQUIRE(csr_copy(Eigen::MatrixXd::Zero(2, 5)).nonzeros() == 0);
  REQUIRE(csr_copy(Eigen::MatrixXd(0, 0)).rows() == 0);
}
