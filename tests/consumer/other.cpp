// Includes the library a second time: it must be usable from two translation units.
#include <sounder/sounder.hpp>

#include <vector>

int columns_of_another_unit() {
  const auto matrix = sounder::CsrMatrix::adopt(std::vector<sounder::Offset>{0, 2, 3},
                                                std::vector<sounder::Index>{0, 2, 1},
                                                std::vector<float>(3, 1.0F), 3);
  return static_cast<int>(matrix.columns());
}
