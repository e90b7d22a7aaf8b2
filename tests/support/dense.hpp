// Sparse rows as a dense Eigen matrix, for oracles.
#pragma once

#include <sounder/engine/matrix/csr_matrix.hpp>

#include <span>

#include <Eigen/Dense>

namespace sounder::test {

[[nodiscard]] inline Eigen::MatrixXd dense(const CsrMatrix& matrix) {
  Eigen::MatrixXd result = Eigen::MatrixXd::Zero(matrix.rows(), matrix.columns());
  for (Index i = 0; i < matrix.rows(); ++i) {
    const SparseRow row = matrix.row(i);
    for (std::size_t k = 0; k < row.size(); ++k) {
      result(i, row.columns[k]) = static_cast<double>(row.values[k]);
    }
  }
  return result;
}

[[nodiscard]] inline Eigen::VectorXd dense(std::span<const double> values) {
  return Eigen::Map<const Eigen::VectorXd>(values.data(), static_cast<Eigen::Index>(values.size()));
}

}  // namespace sounder::test
