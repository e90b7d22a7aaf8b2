// Column indices of 64 bits, as in scipy's large matrices.
#include <sounder/engine/matrix/csr_matrix.hpp>

#ifdef SOUNDER_CORRECTED
using Column = std::int32_t;
#else
using Column = std::int64_t;
#endif

int main() {
  const std::vector<std::int64_t> row_pointers{0, 1};
  const std::vector<Column> columns{0};
  const std::vector<double> values{1.0};
  return sounder::CsrMatrix(row_pointers, columns, values, 1).rows() - 1;
}
