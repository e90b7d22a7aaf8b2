// Dataset: labelled rows, as read from a file.
#pragma once

#include <sounder/engine/matrix/csr_matrix.hpp>

#include <vector>

namespace sounder {

/// Labelled sparse rows. Copying copies labels and weights, never the matrix's arrays. Any number
/// of threads may read one.
struct Dataset {
  CsrMatrix matrix;             ///< n rows, p columns
  std::vector<double> labels;   ///< n numbers as written; empty if rows were read without labels
  std::vector<double> weights;  ///< n sample weights >= 0, or empty: every row weighs 1
  /// A column (from 0) that floats would change, if `Values::automatic` kept doubles; otherwise -1.
  Index double_column = -1;
};

}  // namespace sounder
