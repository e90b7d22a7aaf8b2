#include <sounder/engine/matrix/csr_from_rows.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <list>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/dense.hpp"

using sounder::csr_from_rows;
using sounder::CsrMatrix;
using sounder::Index;
using sounder::test::dense;

namespace {

using Pairs = std::vector<std::vector<std::pair<Index, float>>>;
using Numbers = std::vector<std::vector<double>>;

}  // namespace

TEST_CASE("rows of pairs become a matrix, in any order", "[rows]") {
  const Pairs rows{{{4, 1.0F}, {0, 2.0F}, {3, -1.5F}}, {}, {{2, 5.0F}}};
  const CsrMatrix matrix = csr_from_rows(rows);
  REQUIRE(matrix.rows() == 3);
  REQUIRE(matrix.columns() == 5);
  REQUIRE(matrix.nonzeros() == 4);
  Eigen::MatrixXd expected = Eigen::MatrixXd::Zero(3, 5);
  expected(0, 4) = 1.0;
  expected(0, 0) = 2.0;
  expected(0, 3) = -1.5;
  expected(2, 2) = 5.0;
  REQUIRE(dense(matrix) == expected);
  REQUIRE(csr_from_rows(rows, 9).columns() == 9);
}

TEST_CASE("rows of pairs may be other ranges of other numbers", "[rows]") {
  const Eigen::MatrixXd expected = dense(csr_from_rows(Pairs{{{1, 3.0F}, {6, 0.5F}}, {{0, 2.0F}}}));
  const std::list<std::map<std::int64_t, double>> maps{{{6, 0.5}, {1, 3.0}}, {{0, 2.0}}};
  REQUIRE(dense(csr_from_rows(maps)) == expected);
  const std::array<std::vector<std::tuple<std::size_t, int>>, 1> tuples{{{{2, 4}, {0, 3}}}};
  REQUIRE(csr_from_rows(tuples).row(0).values[1] == 4.0F);
}

TEST_CASE("rows of pairs that are none name their row", "[rows]") {
  const auto refused = [](const auto& rows, std::optional<Index> columns, const char* reason) {
    REQUIRE_THROWS_WITH(csr_from_rows(rows, columns), Catch::Contains(reason));
  };
  refused(Pairs{{}, {{3, 1.0F}, {1, 1.0F}, {3, 2.0F}}}, {}, "row 1 has column 3 twice");
  refused(Pairs{{{0, 1.0F}}, {{-1, 1.0F}}}, {}, "row 1 has column -1");
  refused(Pairs{{{5, 1.0F}}}, 5, "row 0 has column 5, which is not in [0, 5)");
  refused(Pairs{{}, {}, {{0, std::numeric_limits<float>::infinity()}}}, {}, "row 2 holds a value");
  const std::vector<std::vector<std::pair<std::int64_t, double>>> wide{
      {{std::int64_t{1} << 32, 1}}};
  refused(wide, {}, "row 0 has column 4294967296");
  REQUIRE_NOTHROW(csr_from_rows(Pairs{{{5, 1.0F}}, {{5, 1.0F}}}, 6));
}

TEST_CASE("rows of numbers become a matrix without their zeros", "[rows]") {
  const CsrMatrix matrix =
      csr_from_rows(Numbers{{0.0, 2.5, 0.0}, {0.0, 0.0, 0.0}, {1.0, 0.0, -3.0}});
  REQUIRE(matrix.rows() == 3);
  REQUIRE(matrix.columns() == 3);
  REQUIRE(matrix.nonzeros() == 3);
  Eigen::MatrixXd expected = Eigen::MatrixXd::Zero(3, 3);
  expected(0, 1) = 2.5;
  expected(2, 0) = 1.0;
  expected(2, 2) = -3.0;
  REQUIRE(dense(matrix) == expected);
  REQUIRE(csr_from_rows(std::vector<std::array<int, 2>>{{1, 0}}).columns() == 2);
}

TEST_CASE("rows of numbers have to be equally long and finite", "[rows]") {
  REQUIRE_THROWS_WITH(csr_from_rows(Numbers{{1.0, 2.0}, {1.0, 2.0}, {1.0}}),
                      Catch::Contains("row 2 holds 1 numbers, row 0 2"));
  REQUIRE_THROWS_WITH(csr_from_rows(Numbers{{1.0}, {std::numeric_limits<double>::quiet_NaN()}}),
                      Catch::Contains("row 1 holds a value"));
}

TEST_CASE("no rows are a matrix too", "[rows]") {
  REQUIRE(csr_from_rows(Pairs{}).rows() == 0);
  REQUIRE(csr_from_rows(Pairs{}, 7).columns() == 7);
  REQUIRE(csr_from_rows(Pairs{{}, {}}).columns() == 0);
  REQUIRE(csr_from_rows(Numbers{}).rows() == 0);
}
