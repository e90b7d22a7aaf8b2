// A view of a temporary array.
#include <sounder/engine/matrix/csr_matrix.hpp>

int main() {
  const std::vector<std::int64_t> row_pointers{0, 1};
  const std::vector<std::int32_t> columns{0};
  std::vector<double> values{1.0};
#ifdef SOUNDER_CORRECTED
  const sounder::CsrMatrix matrix(row_pointers, columns, values, 1);
#else
  const sounder::CsrMatrix matrix(row_pointers, columns, std::move(values), 1);
#endif
  return matrix.rows() - 1;
}
