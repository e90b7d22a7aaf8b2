#include <sounder/engine/matrix/column_counts.hpp>

#include "support/catch.hpp"

using sounder::CsrMatrix;
using sounder::Index;
using sounder::Offset;
using sounder::Range;
using sounder::Team;

TEST_CASE("column counts of a small matrix are the same for 1, 2, 4 and 8 threads",
          "[column_counts]") {
  const CsrMatrix matrix = CsrMatrix::adopt({0, 2, 2, 3, 6}, {0, 3, 3, 0, 1, 3},
                                            {1.0F, 0.0F, 1.0F, 1.0F, 1.0F, 1.0F}, 5);
  for (const int threads : {1, 2, 4, 8}) {
    CAPTURE(threads);
    REQUIRE(sounder::column_counts(matrix, Team(threads)) == sounder::Array<Index>{2, 1, 0, 3, 0});
  }
}

TEST_CASE("column counts of a matrix without rows are zero", "[column_counts]") {
  for (const int threads : {1, 2, 4, 8}) {
    REQUIRE(sounder::column_counts(CsrMatrix{}, Team(threads)).empty());
    const CsrMatrix empty = CsrMatrix::adopt({0}, {}, {}, 3);
    REQUIRE(sounder::column_counts(empty, Team(threads)) == sounder::Array<Index>{0, 0, 0});
  }
}

TEST_CASE("nonzero shares cover every row once and balance nonzeros", "[column_counts]") {
  std::vector<Offset> pointers{0};
  for (int i = 0; i < 1000; ++i) {  // a few long rows in front, many empty ones behind
    pointers.push_back(pointers.back() + (i < 100 ? 50 : i < 500 ? 5 : 0));
  }
  const std::int64_t work = pointers.back() + 1000;
  for (const int threads : {1, 2, 4, 8}) {
    CAPTURE(threads);
    std::int64_t next = 0;
    for (int rank = 0; rank < threads; ++rank) {
      const Range rows = sounder::nonzero_share(pointers, {rank, threads});
      REQUIRE(rows.begin == next);
      REQUIRE(rows.end >= rows.begin);
      const Offset nonzeros = pointers[static_cast<std::size_t>(rows.end)] -
                              pointers[static_cast<std::size_t>(rows.begin)];
      REQUIRE(nonzeros + rows.size() <= work / threads + 52);
      next = rows.end;
    }
    REQUIRE(next == 1000);
  }
  REQUIRE(sounder::nonzero_share({}, {0, 2}).size() == 0);
}
