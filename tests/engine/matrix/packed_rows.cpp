#include <sounder/engine/matrix/column_counts.hpp>
#include <sounder/engine/matrix/packed_rows.hpp>

#include <cmath>
#include <set>

#include "support/catch.hpp"
#include "support/dense.hpp"
#include "support/random_matrix.hpp"

using sounder::Array;
using sounder::ColumnOrder;
using sounder::CsrMatrix;
using sounder::Index;
using sounder::order_columns;
using sounder::PackedEntry;
using sounder::PackedRows;
using sounder::Team;
using sounder::TransposeProduct;
using sounder::test::dense;
using sounder::test::random_matrix;

namespace {

ColumnOrder order_of(const CsrMatrix& matrix, bool unit_column, int hot_limit) {
  return order_columns(sounder::column_counts(matrix, Team(1)), matrix.rows(), unit_column,
                       hot_limit);
}

/// Powers of two from 1/4 to 4, different for neighbouring labels.
std::vector<float> scales_for(const ColumnOrder& order) {
  std::vector<float> scales(order.size());
  for (std::size_t k = 0; k < scales.size(); ++k) {
    scales[k] = std::ldexp(1.0F, static_cast<int>(k % 5) - 2);
  }
  return scales;
}

/// X S with the order's columns and, where asked, a column of ones in front: the oracle.
Eigen::MatrixXd packed_dense(const CsrMatrix& matrix, const ColumnOrder& order,
                             const std::vector<float>& scales) {
  const Eigen::MatrixXd x = dense(matrix);
  Eigen::MatrixXd result(matrix.rows(), static_cast<Eigen::Index>(order.size()));
  for (std::size_t k = 0; k < order.size(); ++k) {
    const auto scale = static_cast<double>(scales[k]);
    const auto column = static_cast<Eigen::Index>(k);
    if (order.original_of[k] == ColumnOrder::none) {
      result.col(column).setConstant(scale);
    } else {
      result.col(column) = scale * x.col(order.original_of[k]);
    }
  }
  return result;
}

std::vector<double> random_vector(std::size_t size, std::uint64_t seed) {
  sounder::RandomStream random(seed);
  std::vector<double> values(size);
  for (double& value : values) {
    value = random.normal();
  }
  return values;
}

}  // namespace

TEST_CASE("columns are numbered from frequent to rare, empty ones not at all", "[column_order]") {
  const std::vector<Index> counts{3, 0, 10, 3, 1, 0, 10, 7};
  const ColumnOrder order = order_columns(counts, 10, false, 2);
  REQUIRE(order.original_of == Array<Index>{2, 6, 7, 0, 3, 4});  // ties by column
  REQUIRE(order.count_of == Array<Index>{10, 10, 7, 3, 3, 1});
  REQUIRE(order.label_of == Array<Index>{3, ColumnOrder::none, 0, 4, 5, ColumnOrder::none, 1, 2});
  REQUIRE(order.hot == 2);
  const ColumnOrder with_unit = order_columns(counts, 10, true, 100);
  REQUIRE(with_unit.original_of == Array<Index>{ColumnOrder::none, 2, 6, 7, 0, 3, 4});
  REQUIRE(with_unit.count_of.front() == 10);
  REQUIRE(with_unit.label_of[2] == 1);
  REQUIRE(with_unit.hot == 7);
  REQUIRE(order_columns({}, 10, false, -1).size() == 0);
  REQUIRE(order_columns({}, 10, true, -1).size() == 1);
  REQUIRE(order_columns({}, 0, false, -1).size() == 0);
}

TEST_CASE("labels and columns are each other's inverse", "[column_order]") {
  const CsrMatrix matrix = random_matrix(60, 200, 0.02, 3);
  const Array<Index> counts = sounder::column_counts(matrix, Team(1));
  for (const bool unit_column : {false, true}) {
    const ColumnOrder order = order_of(matrix, unit_column, -1);
    std::set<Index> seen;
    for (std::size_t k = unit_column ? 1 : 0; k < order.size(); ++k) {
      const auto column = static_cast<std::size_t>(order.original_of[k]);
      REQUIRE(order.label_of[column] == static_cast<Index>(k));
      REQUIRE(order.count_of[k] == counts[column]);
      REQUIRE(seen.insert(order.original_of[k]).second);
      REQUIRE((k == 0 || order.count_of[k] <= order.count_of[k - 1]));
    }
    REQUIRE(static_cast<std::ptrdiff_t>(seen.size()) ==
            matrix.columns() - std::count(counts.begin(), counts.end(), 0));
  }
}

TEST_CASE("automatic hot columns are those in 1 row of 2,048, at most 16,384", "[column_order]") {
  REQUIRE(order_columns(std::vector<Index>{5, 2, 1}, 4'096, false, -1).hot == 2);
  REQUIRE(order_columns(std::vector<Index>{5, 2, 1}, 4'096, true, -1).hot == 3);
  REQUIRE(order_columns(std::vector<Index>(20'000, 1), 100, false, -1).hot == 16'384);
  REQUIRE(order_columns(std::vector<Index>{5, 2, 1}, 4'096, false, 0).hot == 0);
}

TEST_CASE("packed rows hold X S, the hot entries in front", "[packed_rows]") {
  const CsrMatrix matrix = random_matrix(80, 40, 0.1, 1);
  for (const bool unit_column : {false, true}) {
    for (const int hot_limit : {0, 1, 7, -1}) {
      for (const int threads : {1, 2, 4, 8}) {
        CAPTURE(unit_column, hot_limit, threads);
        const ColumnOrder order = order_of(matrix, unit_column, hot_limit);
        const std::vector<float> scales = scales_for(order);
        const Eigen::MatrixXd expected = packed_dense(matrix, order, scales);
        const PackedRows rows(matrix, order, scales, unit_column, Team(threads));
        REQUIRE(rows.rows() == 80);
        REQUIRE(rows.columns() == order.size());
        REQUIRE(rows.nonzeros() == matrix.nonzeros() + (unit_column ? 80 : 0));
        Eigen::MatrixXd found = Eigen::MatrixXd::Zero(80, expected.cols());
        bool parted = true;
        for (Index i = 0; i < 80; ++i) {
          for (const PackedEntry& entry : rows.row(i)) {
            found(i, entry.column) += static_cast<double>(entry.value);
          }
          for (const PackedEntry& entry : rows.hot(i)) {
            parted = parted && entry.column < order.hot;
          }
          for (const PackedEntry& entry : rows.cold(i)) {
            parted = parted && entry.column >= order.hot;
          }
          parted = parted && rows.hot(i).size() + rows.cold(i).size() == rows.row(i).size();
          REQUIRE((!unit_column || rows.row(i).front().column == 0));
          REQUIRE(rows.squared_norm(i) == Approx(expected.row(i).squaredNorm()).epsilon(1e-6));
          rows.prefetch(i);
        }
        REQUIRE(parted);
        REQUIRE(found == expected);  // exact: scales are powers of two
      }
    }
  }
}

TEST_CASE("margins agree with the dense product, in the same bits for 1, 2, 4 and 8 threads",
          "[packed_rows]") {
  for (const double density : {0.0, 0.02, 0.4}) {  // the last is large enough for a team
    const CsrMatrix matrix = random_matrix(601, 90, density, 2);
    const ColumnOrder order = order_of(matrix, true, 5);
    const std::vector<float> scales = scales_for(order);
    const PackedRows rows(matrix, order, scales, true, Team(1));
    const std::vector<double> w = random_vector(order.size(), 9);
    const Eigen::VectorXd expected = packed_dense(matrix, order, scales) * dense(w);
    std::vector<double> one(601);
    rows.margins(w, one, Team(1));
    REQUIRE((dense(one) - expected).norm() <= 1e-13 * (1.0 + expected.norm()));
    for (const int threads : {2, 4, 8}) {
      CAPTURE(density, threads);
      std::vector<double> z(601);
      rows.margins(w, z, Team(threads));
      REQUIRE(z == one);
    }
  }
}

TEST_CASE("the transposed product agrees with the dense one for 1, 2, 4 and 8 threads",
          "[packed_rows]") {
  for (const Index columns : {90, 3000}) {  // the second is large enough for a team
    const CsrMatrix matrix = random_matrix(301, columns, 0.05, 4);
    const ColumnOrder order = order_of(matrix, true, -1);
    const std::vector<float> scales = scales_for(order);
    const PackedRows rows(matrix, order, scales, true, Team(1));
    const Eigen::MatrixXd oracle = packed_dense(matrix, order, scales).transpose();
    for (const int threads : {1, 2, 4, 8}) {
      const Team team(threads);
      TransposeProduct product(rows, team);
      for (const std::uint64_t seed : {1U, 2U}) {  // twice: sums must start afresh
        CAPTURE(columns, threads, seed);
        std::vector<double> a = random_vector(301, seed);
        a[7] = 0.0;
        const Eigen::VectorXd expected = oracle * dense(a);
        std::vector<double> u(order.size(), 99.0);
        product(a, u);
        REQUIRE((dense(u) - expected).norm() <= 1e-13 * expected.norm());
      }
    }
  }
}

TEST_CASE("whole passes over packed doubles lose nothing that 48 bits hold", "[packed]") {
  const std::vector<sounder::Offset> pointers{0, 2, 4, 5};
  const std::vector<Index> indices{0, 1, 0, 1, 1};
  const std::vector<double> values{1600000050.0, 0.1, -1600000010.0, 1.0 / 3.0, 2.0};
  const CsrMatrix matrix(pointers, indices, values, 2);
  for (const int threads : {1, 2, 4}) {
    const Team team(threads);
    const std::vector<float> scales{1.0F, 0.5F, 0.25F};
    const PackedRows rows(matrix, order_of(matrix, true, -1), scales, true, team);
    REQUIRE(rows.row(0).size() == 3);
    const std::size_t first = static_cast<std::size_t>(rows.order().label_of[0]);
    std::vector<double> w(3);
    w[first] = 1.0 / static_cast<double>(scales[first]);
    std::vector<double> z(3);
    rows.margins(w, z, team);
    REQUIRE(z[0] == 1600000050.0);
    REQUIRE(z[1] == -1600000010.0);
    std::vector<double> u(3);
    TransposeProduct transpose(rows, team);
    const std::vector<double> ones{1.0, 1.0, 0.0};
    transpose(ones, u);
    REQUIRE(u[first] / static_cast<double>(scales[first]) == 40.0);
  }
}
