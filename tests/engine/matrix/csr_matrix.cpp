#include <sounder/engine/matrix/csr_matrix.hpp>

#include <limits>

#include "support/catch.hpp"

using sounder::CsrMatrix;
using sounder::Index;
using sounder::Offset;

TEST_CASE("a CSR matrix views the caller's arrays without a copy", "[csr]") {
  const std::vector<Offset> pointers{0, 2, 2, 3};
  const std::vector<Index> columns{0, 3, 1};
  const std::vector<float> values{1.0F, 2.0F, 3.0F};
  const CsrMatrix matrix(pointers, columns, values, 4);
  const CsrMatrix copy = matrix;
  REQUIRE(copy.values().data() == values.data());
  REQUIRE(copy.column_indices().data() == columns.data());
  REQUIRE(copy.rows() == 3);
  REQUIRE(copy.columns() == 4);
  REQUIRE(copy.nonzeros() == 3);
  REQUIRE(copy.row(1).empty());
  REQUIRE(copy.row(2).columns[0] == 1);
  REQUIRE(copy.row(0).values[1] == 2.0F);
}

TEST_CASE("a CSR matrix that owns its arrays survives its maker", "[csr]") {
  CsrMatrix kept;
  {
    const CsrMatrix made = CsrMatrix::adopt({0, 1, 2}, {2, 0}, {5.0F, 6.0F}, 3);
    kept = made;
  }
  REQUIRE(kept.row(1).values[0] == 6.0F);
}

TEST_CASE("a CSR matrix refuses arrays that do not fit together", "[csr]") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  const auto refused = [](std::vector<Offset> pointers, std::vector<Index> columns,
                          std::vector<float> values, const std::string& reason) {
    REQUIRE_THROWS_WITH(CsrMatrix::adopt(pointers, columns, values, 3), Catch::Contains(reason));
  };
  refused({0, 1}, {0, 1}, {1.0F}, "differ in length");
  refused({1, 1}, {0}, {1.0F}, "from 0");
  refused({0, 2}, {0}, {1.0F}, "from 0");
  refused({0, 2, 1, 2}, {0, 1}, {1.0F, 1.0F}, "row 1 ends before");
  refused({0, 2}, {1, 1}, {1.0F, 1.0F}, "row 0 has column 1");
  refused({0, 2}, {1, 0}, {1.0F, 1.0F}, "row 0 has column 0");
  refused({0, 0, 1}, {3}, {1.0F}, "row 1 has column 3");
  refused({0, 1}, {-1}, {1.0F}, "column -1");
  refused({0, 1}, {0}, {nan}, "not finite");
  refused({0, 1}, {0}, {infinity}, "not finite");
}
