// Random sparse matrices for the engine's tests.
#pragma once

#include <sounder/engine/csr_matrix.hpp>
#include <sounder/engine/random.hpp>
#include <vector>

namespace sounder::test {

/// n x p, every entry present with probability `density` and standard normal; from the seed alone.
inline CsrMatrix random_matrix(Index n, Index p, double density, std::uint64_t seed) {
  RandomStream random(seed);
  std::vector<Offset> pointers{0};
  std::vector<Index> columns;
  std::vector<float> values;
  for (Index i = 0; i < n; ++i) {
    for (Index j = 0; j < p; ++j) {
      if (random.uniform() < density) {
        columns.push_back(j);
        values.push_back(static_cast<float>(random.normal()));
      }
    }
    pointers.push_back(static_cast<Offset>(columns.size()));
  }
  return CsrMatrix::adopt(pointers, columns, values, p);
}

}  // namespace sounder::test
