// Dataset: what a file of labelled rows becomes.
#pragma once

#include <sounder/engine/csr_matrix.hpp>

#include <vector>

namespace sounder {

/// Labelled sparse rows. Copying copies labels and weights, never the matrix's arrays. Any number
/// of threads may read one.
struct Dataset {
  CsrMatrix matrix;             ///< n rows, p columns
  std::vector<double> labels;   ///< n numbers, as written
  std::vector<double> weights;  ///< n sample weights >= 0, or empty: every row weighs 1
};

}  // namespace sounder
