// Data whose overlap is known: rows of one entry.
#pragma once

#include <sounder/solvers/loss/logistic.hpp>
#include <sounder/solvers/penalty/l2.hpp>

#include <vector>

#include "solvers/instances.hpp"

namespace sounder::test {

/// Row i holds column `column(i)`, and nothing else.
template <class Column>
[[nodiscard]] Instance<Logistic, L2> single_entries(Index rows, Index columns, Column&& column) {
  std::vector<Offset> pointers{0};
  std::vector<Index> indices;
  std::vector<double> targets;
  for (Index i = 0; i < rows; ++i) {
    indices.push_back(column(i));
    pointers.push_back(i + 1);
    targets.push_back(i % 3 == 0 ? -1.0 : 1.0);
  }
  const std::vector<float> values(indices.size(), 1.0F);
  return {CsrMatrix::adopt(pointers, indices, values, columns), targets, {}, L2{1e-3}, false};
}

}  // namespace sounder::test
