#include <sounder/engine/analysis/conflicts.hpp>

#include <cmath>

#include "support/catch.hpp"
#include "support/random_matrix.hpp"

using sounder::ConflictOptions;
using sounder::Conflicts;
using sounder::CscMatrix;
using sounder::CsrMatrix;
using sounder::Index;
using sounder::Offset;
using sounder::Team;

namespace {

Conflicts measure(const CsrMatrix& matrix, int threads, const ConflictOptions& options = {}) {
  const Team team(threads);
  return sounder::measure_conflicts(matrix, CscMatrix(matrix, team), team, options);
}

bool rows_meet(const CsrMatrix& matrix, Index a, Index b) {
  for (const Index j : matrix.row(a).columns) {
    for (const Index k : matrix.row(b).columns) {
      if (j == k) {
        return true;
      }
    }
  }
  return false;
}

/// n rows, row i holding column `shared` (if not negative) and its own column i + 1.
CsrMatrix rows_with_own_column(Index n, bool share_first) {
  std::vector<Offset> pointers{0};
  std::vector<Index> columns;
  for (Index i = 0; i < n; ++i) {
    if (share_first) {
      columns.push_back(0);
    }
    columns.push_back(i + 1);
    pointers.push_back(static_cast<Offset>(columns.size()));
  }
  const std::vector<float> values(columns.size(), 1.0F);
  return CsrMatrix::adopt(pointers, columns, values, n + 1);
}

}  // namespace

TEST_CASE("rows with disjoint supports never conflict", "[conflicts]") {
  for (const int threads : {1, 2, 4, 8}) {
    const Conflicts found = measure(rows_with_own_column(50, false), threads);
    REQUIRE(found.omega == 1);
    REQUIRE(found.delta == Approx(1.0 / 50));
    REQUIRE(found.rho == Approx(1.0 / 50));
    REQUIRE(found.mean_conflict_degree == 0.0);
    REQUIRE(std::isinf(found.max_harmless_staleness));
    REQUIRE(found.exact);
  }
}

TEST_CASE("one coordinate in every row makes every pair conflict", "[conflicts]") {
  for (const int threads : {1, 2, 4, 8}) {
    const Conflicts found = measure(rows_with_own_column(50, true), threads);
    REQUIRE(found.omega == 2);
    REQUIRE(found.delta == 1.0);
    REQUIRE(found.rho == 1.0);
    REQUIRE(found.mean_conflict_degree == 49.0);
    REQUIRE(found.max_harmless_staleness == Approx(50.0 / 98.0));
    REQUIRE(found.measured_rows == 50);
  }
}

TEST_CASE("conflicts of matrices without entries", "[conflicts]") {
  REQUIRE(measure(CsrMatrix{}, 2).measured_rows == 0);
  const Conflicts found = measure(CsrMatrix::adopt({0, 0, 0}, {}, {}, 4), 2);
  REQUIRE(found.omega == 0);
  REQUIRE(found.delta == 0.0);
  REQUIRE(found.rho == 0.0);
  REQUIRE(found.mean_conflict_degree == 0.0);
}

TEST_CASE("exact conflicts agree with all pairs of rows", "[conflicts]") {
  for (const double density : {0.005, 0.03, 0.2}) {
    const Index n = 150;
    const CsrMatrix matrix = sounder::test::random_matrix(n, 60, density, 11);
    Offset pairs = 0;
    Index most = 0;
    for (Index i = 0; i < n; ++i) {
      Index met = 0;
      for (Index other = 0; other < n; ++other) {
        met += rows_meet(matrix, i, other) ? 1 : 0;
        pairs += i != other && rows_meet(matrix, i, other) ? 1 : 0;
      }
      most = std::max(most, met);
    }
    for (const int threads : {1, 2, 4, 8}) {
      CAPTURE(density, threads);
      const Conflicts found = measure(matrix, threads);
      REQUIRE(found.exact);
      REQUIRE(found.mean_error == 0.0);
      REQUIRE(found.rho == static_cast<double>(most) / n);
      REQUIRE(found.mean_conflict_degree == Approx(static_cast<double>(pairs) / n));
    }
  }
}

TEST_CASE("sampled conflicts come close to the exact ones, at any number of threads",
          "[conflicts]") {
  const CsrMatrix matrix = sounder::test::random_matrix(4000, 500, 0.004, 5);
  const Conflicts exact = measure(matrix, 2);
  REQUIRE(exact.exact);
  ConflictOptions options;
  options.budget = 1e4;  // reading every list takes about 1.3e5
  const Conflicts sampled = measure(matrix, 1, options);
  REQUIRE_FALSE(sampled.exact);
  REQUIRE(sampled.measured_rows > 100);
  REQUIRE(sampled.measured_rows < 1000);
  REQUIRE(sampled.omega == exact.omega);
  REQUIRE(sampled.delta == exact.delta);
  REQUIRE(sampled.rho <= exact.rho);
  REQUIRE(sampled.rho > 0.5 * exact.rho);
  REQUIRE(sampled.mean_error > 0.0);
  REQUIRE(sampled.mean_error < 0.1 * exact.mean_conflict_degree);
  REQUIRE(std::abs(sampled.mean_conflict_degree - exact.mean_conflict_degree) <
          4.0 * sampled.mean_error);
  for (const int threads : {2, 4, 8}) {
    const Conflicts again = measure(matrix, threads, options);
    REQUIRE(again.mean_conflict_degree == sampled.mean_conflict_degree);
    REQUIRE(again.rho == sampled.rho);
  }
  options.budget = 0.0;
  REQUIRE(measure(matrix, 2, options).measured_rows == options.minimum_sample);
}

TEST_CASE("conflicts refuse senseless options and columns of another matrix", "[conflicts]") {
  const CsrMatrix matrix = rows_with_own_column(5, true);
  ConflictOptions options;
  options.minimum_sample = 0;
  REQUIRE_THROWS_WITH(measure(matrix, 1, options), Catch::Contains("at least one row"));
  options = {};
  options.budget = -1.0;
  REQUIRE_THROWS_WITH(measure(matrix, 1, options), Catch::Contains("budget"));
  REQUIRE_THROWS_WITH(sounder::measure_conflicts(matrix, CscMatrix{}, Team(1)),
                      Catch::Contains("another matrix"));
}
