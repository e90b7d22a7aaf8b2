// Random sparse matrices for the engine's tests.
#pragma once

#include <sounder/engine/base/random.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <vector>

namespace sounder::test {

/// n rows, an entry in column j with probability density[j] and standard normal; from the seed
/// alone.
inline CsrMatrix random_matrix(Index n, const std::vector<double>& density, std::uint64_t seed) {
  RandomStream random(seed);
  std::vector<Offset> pointers{0};
  std::vector<Index> columns;
  std::vector<float> values;
  for (Index i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < density.size(); ++j) {
      if (random.uniform() < density[j]) {
        columns.push_back(static_cast<Index>(j));
        values.push_back(static_cast<float>(random.normal()));
      }
    }
    pointers.push_back(static_cast<Offset>(columns.size()));
  }
  return CsrMatrix::adopt(pointers, columns, values, static_cast<Index>(density.size()));
}

/// n x p, the same for all columns.
inline CsrMatrix random_matrix(Index n, Index p, double density, std::uint64_t seed) {
  return random_matrix(n, std::vector<double>(static_cast<std::size_t>(p), density), seed);
}

/// The same with values that no float holds.
inline CsrMatrix with_doubles(const CsrMatrix& matrix) {
  std::vector<Offset> pointers{0};
  std::vector<Index> columns;
  std::vector<double> values;
  for (Index i = 0; i < matrix.rows(); ++i) {
    matrix.row(i).for_each_double([&](Index j, double x) {
      columns.push_back(j);
      values.push_back(x * (1.0 + 1e-9));
    });
    pointers.push_back(static_cast<Offset>(columns.size()));
  }
  return CsrMatrix::adopt(pointers, columns, values, matrix.columns());
}

}  // namespace sounder::test
