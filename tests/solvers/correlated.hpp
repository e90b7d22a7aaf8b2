// Data whose P* is known.
#pragma once

#include <sounder/engine/random.hpp>
#include <sounder/solvers/loss/squared.hpp>
#include <sounder/solvers/penalty/l1.hpp>

#include <cmath>
#include <cstdint>
#include <vector>

#include "solvers/instances.hpp"

namespace sounder::test {

/// Columns that share a factor: correlation `share`, spectral radius about 1 + share (p - 1).
[[nodiscard]] inline Instance<Squared, L1> correlated(Index n, Index p, double share,
                                                      std::uint64_t seed, double lambda = 1e-3) {
  RandomStream random(seed, 9);
  std::vector<Offset> pointers{0};
  std::vector<Index> columns;
  std::vector<float> values;
  std::vector<double> targets;
  for (Index i = 0; i < n; ++i) {
    const double factor = std::sqrt(share) * random.normal();
    double y = 0.1 * random.normal();
    for (Index j = 0; j < p; ++j) {
      const double x = factor + std::sqrt(1.0 - share) * random.normal();
      columns.push_back(j);
      values.push_back(static_cast<float>(x));
      y += j % 3 == 0 ? x : 0.0;
    }
    targets.push_back(y);
    pointers.push_back(static_cast<Offset>(columns.size()));
  }
  return {CsrMatrix::adopt(pointers, columns, values, p), targets, {}, L1{lambda}, false};
}

}  // namespace sounder::test
