// Values that are whole numbers.
#include <sounder/engine/matrix/csr_matrix.hpp>

#ifdef SOUNDER_CORRECTED
using Value = float;
#else
using Value = int;
#endif

int main() {
  const std::vector<std::int64_t> row_pointers{0, 1};
  const std::vector<std::int32_t> columns{0};
  const std::vector<Value> values{1};
  return sounder::CsrMatrix(row_pointers, columns, values, 1).rows() - 1;
}
