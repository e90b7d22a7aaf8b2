#include <sounder/engine/matrix/csc_matrix.hpp>

#include <algorithm>

#include <sounder/engine/base/random.hpp>

#include "support/catch.hpp"
#include "support/random_matrix.hpp"

using sounder::CscMatrix;
using sounder::CsrMatrix;
using sounder::Index;
using sounder::Offset;
using sounder::Team;

TEST_CASE("columns hold the same entries as rows, for 1, 2, 4 and 8 threads", "[csc]") {
  const CsrMatrix matrix = sounder::test::random_matrix(300, 40, 0.1, 1);
  for (const int threads : {1, 2, 4, 8}) {
    CAPTURE(threads);
    const CscMatrix columns(matrix, Team(threads));
    REQUIRE(columns.rows() == 300);
    REQUIRE(columns.columns() == 40);
    REQUIRE(columns.nonzeros() == matrix.nonzeros());
    // Column by column, a serial pass over the rows must meet exactly the same entries.
    for (Index j = 0; j < 40; ++j) {
      std::vector<Index> rows;
      std::vector<float> values;
      for (Index i = 0; i < 300; ++i) {
        const auto row = matrix.row(i);
        for (std::size_t k = 0; k < row.size(); ++k) {
          if (row.columns[k] == j) {
            rows.push_back(i);
            values.push_back(static_cast<float>(row.values[k]));
          }
        }
      }
      const auto column = columns.column(j);
      REQUIRE(std::equal(rows.begin(), rows.end(), column.rows.begin(), column.rows.end()));
      REQUIRE(std::equal(values.begin(), values.end(), column.values.begin(), column.values.end()));
    }
  }
}

TEMPLATE_TEST_CASE("the width of places does not matter, for 1, 2 and 4 threads", "[csc]",
                   std::uint32_t, std::uint64_t) {
  const CsrMatrix matrix = sounder::test::random_matrix(300, 40, 0.1, 1);
  const CscMatrix expected(matrix, Team(1));
  for (const int threads : {1, 2, 4}) {
    CAPTURE(threads);
    const Team team(threads);
    sounder::Slots<sounder::Array<Index>> begins = sounder::detail::column_histograms(matrix, team);
    const sounder::Array<Offset> pointers =
        sounder::detail::column_pointers(begins, matrix.columns(), team);
    std::vector<Index> rows(expected.row_indices().size());
    std::vector<float> values(rows.size());
    sounder::detail::fill_columns<TestType>(matrix, pointers, begins, rows, values, {}, team);
    REQUIRE(std::equal(rows.begin(), rows.end(), expected.row_indices().begin()));
    REQUIRE(std::equal(values.begin(), values.end(), expected.values().begin()));
  }
}

TEST_CASE("columns of a matrix with empty rows and columns", "[csc]") {
  const CsrMatrix matrix = CsrMatrix::adopt({0, 0, 2, 2}, {0, 2}, {1.0F, 2.0F}, 4);
  for (const int threads : {1, 2, 4, 8}) {
    const CscMatrix columns(matrix, Team(threads));
    REQUIRE(columns.column(1).empty());
    REQUIRE(columns.column(3).empty());
    REQUIRE(columns.column(2).rows[0] == 1);
    REQUIRE(columns.column(2).values[0] == 2.0F);
  }
}

TEST_CASE("columns of nothing, and columns that outlive their maker", "[csc]") {
  REQUIRE(CscMatrix(CsrMatrix{}, Team(2)).columns() == 0);
  REQUIRE(CscMatrix(CsrMatrix::adopt({0}, {}, {}, 3), Team(2)).column(2).empty());
  CscMatrix kept;
  {
    const CscMatrix made(CsrMatrix::adopt({0, 1}, {0}, {7.0F}, 1), Team(1));
    kept = made;
  }
  REQUIRE(kept.column(0).values[0] == 7.0F);
}

TEST_CASE("columns of doubles lose nothing that 48 bits hold, for 1, 2 and 4 threads", "[csc]") {
  const std::vector<Offset> pointers{0, 2, 4, 6};
  const std::vector<Index> indices{0, 1, 0, 1, 0, 1};
  const std::vector<double> values{1600000050.0, 0.1, -1600000010.0, 1.0 / 3.0, 7.0, 2.0};
  const CsrMatrix matrix(pointers, indices, values, 2);
  const std::vector<double> x{1.0, 1.0, 0.0};
  for (const int threads : {1, 2, 4}) {
    const CscMatrix columns(matrix, Team(threads));
    REQUIRE(columns.column(0).dot(x) == 40.0);
    std::vector<double> found;
    columns.column(1).for_each([&](Index, double value) { found.push_back(value); });
    REQUIRE(std::abs(found[0] - 0.1) <= 0x1p-49);
    REQUIRE(std::abs(found[1] - 1.0 / 3.0) <= 0x1p-49);
    REQUIRE(found[2] == 2.0);
  }
  // Doubles that are floats need no second one.
  const std::vector<double> short_values{1.0, 2.0, 3.0, 4.0, 5.0, 6.0};
  REQUIRE(CscMatrix(CsrMatrix(pointers, indices, short_values, 2), Team(1)).column(0).lows.empty());
}
