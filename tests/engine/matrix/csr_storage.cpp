// Row pointers of 32 and 64 bits, values in float and double: no copy, and the same numbers.
#include <sounder/engine/analysis/spectral_radius.hpp>
#include <sounder/engine/matrix/column_counts.hpp>
#include <sounder/engine/matrix/column_order.hpp>
#include <sounder/engine/matrix/csc_matrix.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/matrix/packed_rows.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "support/catch.hpp"
#include "support/random_matrix.hpp"
#include "support/storage.hpp"

using sounder::CscMatrix;
using sounder::CsrMatrix;
using sounder::Index;
using sounder::Offset;
using sounder::OffsetSpan;
using sounder::SparseRow;
using sounder::Team;
using sounder::ValueSpan;
using sounder::test::NarrowDouble;
using sounder::test::NarrowFloat;
using sounder::test::WideDouble;
using sounder::test::WideFloat;

namespace {

/// Whether two ranges hold the same numbers.
bool same(const auto& a, const auto& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// X w by packed rows, columns scaled and renumbered, for some w.
std::vector<double> packed_margins(const CsrMatrix& matrix, const Team& team) {
  const sounder::Array<Index> counts = sounder::column_counts(matrix, team);
  sounder::ColumnOrder order = sounder::order_columns(counts, matrix.rows(), false, 4);
  const std::vector<float> scales(order.size(), 0.5F);
  const sounder::PackedRows rows(matrix, std::move(order), scales, false, team);
  std::vector<double> w(rows.columns());
  for (std::size_t j = 0; j < w.size(); ++j) {
    w[j] = 1.0 / static_cast<double>(j + 1);
  }
  std::vector<double> z(static_cast<std::size_t>(matrix.rows()));
  rows.margins(w, z, team);
  return z;
}

}  // namespace

TEMPLATE_TEST_CASE("a CSR matrix reads the caller's own arrays, whatever they hold", "[csr]",
                   WideFloat, WideDouble, NarrowFloat, NarrowDouble) {
  using Pointer = typename TestType::Pointer;
  using Value = typename TestType::Value;
  const std::vector<Pointer> pointers{0, 2, 2, 3};
  const std::vector<Index> columns{0, 3, 1};
  std::vector<Value> values{1, 2, 3};
  const CsrMatrix matrix(pointers, columns, values, 4);
  const CsrMatrix copy = matrix;

  REQUIRE(copy.row_pointers().template data<Pointer>() == pointers.data());
  REQUIRE(copy.column_indices().data() == columns.data());
  REQUIRE(copy.values().template data<Value>() == values.data());
  const SparseRow row = copy.row(2);
  REQUIRE(row.columns.data() == columns.data() + 2);
  REQUIRE(row.values.template data<Value>() == values.data() + 2);
  REQUIRE(row.size() == 1);
  REQUIRE(copy.row(1).empty());

  values[2] = 7;
  REQUIRE(row.values[0] == 7.0F);
  REQUIRE(copy.row_pointers().size_bytes() == 4 * sizeof(Pointer));
  REQUIRE(copy.values().size_bytes() == 3 * sizeof(Value));
}

TEST_CASE("numbers of the other type are not where they are not", "[csr]") {
  const std::vector<Offset> pointers{0, 1};
  const std::vector<Index> columns{0};
  const std::vector<double> values{1.0};
  const CsrMatrix matrix(pointers, columns, values, 1);
  REQUIRE(matrix.values().data<float>() == nullptr);
  REQUIRE(matrix.row_pointers().data<std::int32_t>() == nullptr);
}

TEST_CASE("a CSR matrix views vectors, spans and arrays, but no temporary array", "[csr]") {
  const std::int32_t pointers[] = {0, 1, 2};
  std::vector<Index> columns{1, 0};
  const std::array<double, 2> values{0.5, 4.0};
  const CsrMatrix matrix(pointers, std::span<Index>(columns), std::span(values.data(), 2), 2);
  REQUIRE(matrix.row_pointers().data<std::int32_t>() == &pointers[0]);
  REQUIRE(matrix.column_indices().data() == columns.data());
  REQUIRE(matrix.values().data<double>() == values.data());
  REQUIRE(matrix.row(1).values[0] == 4.0F);

  STATIC_REQUIRE(std::is_constructible_v<ValueSpan, std::vector<float>&>);
  STATIC_REQUIRE(std::is_constructible_v<ValueSpan, std::span<double>>);
  STATIC_REQUIRE(std::is_constructible_v<OffsetSpan, const std::vector<std::int32_t>&>);
  STATIC_REQUIRE(!std::is_constructible_v<ValueSpan, std::vector<float>>);
  STATIC_REQUIRE(!std::is_constructible_v<ValueSpan, const std::vector<double>>);
  STATIC_REQUIRE(!std::is_constructible_v<ValueSpan, std::vector<int>&>);
  STATIC_REQUIRE(!std::is_constructible_v<OffsetSpan, std::vector<std::uint64_t>&>);
}

TEMPLATE_TEST_CASE("the same numbers stored otherwise give the same bits, 1, 2 and 4 threads",
                   "[csr]", WideDouble, NarrowFloat, NarrowDouble) {
  const CsrMatrix expected = sounder::test::random_matrix(700, 60, 0.08, 5);
  const CsrMatrix matrix = sounder::test::stored_as<TestType>(expected);
  REQUIRE(matrix.values().template data<typename TestType::Value>() != nullptr);
  REQUIRE(matrix.row_pointers().template data<typename TestType::Pointer>() != nullptr);
  REQUIRE(same(matrix.row_pointers(), expected.row_pointers()));
  REQUIRE(same(matrix.values(), expected.values()));
  for (Index i = 0; i < matrix.rows(); ++i) {
    const SparseRow row = matrix.row(i);
    std::size_t k = 0;
    bool equal = row.size() == expected.row(i).size();
    row.for_each([&](Index column, float value) {
      equal = equal && column == expected.row(i).columns[k] && value == expected.row(i).values[k] &&
              value == row.values[k];
      ++k;
    });
    CAPTURE(i);
    REQUIRE(equal);
    REQUIRE(k == row.size());
  }
  for (const int threads : {1, 2, 4}) {
    CAPTURE(threads);
    const Team team(threads);
    const CscMatrix by_column(matrix, team);
    const CscMatrix expected_by_column(expected, team);
    REQUIRE(same(by_column.column_pointers(), expected_by_column.column_pointers()));
    REQUIRE(same(by_column.row_indices(), expected_by_column.row_indices()));
    REQUIRE(same(by_column.values(), expected_by_column.values()));
    REQUIRE(packed_margins(matrix, team) == packed_margins(expected, team));
    REQUIRE(sounder::spectral_radius(matrix, by_column, team).value ==
            sounder::spectral_radius(expected, by_column, team).value);
    for (int rank = 0; rank < threads; ++rank) {
      REQUIRE(sounder::nonzero_share(matrix.row_pointers(), {rank, threads}).end ==
              sounder::nonzero_share(expected.row_pointers(), {rank, threads}).end);
    }
  }
}

TEST_CASE("a double is read as it is, and rounded by for_each and floats alone", "[csr]") {
  const std::vector<double> values{0.1, 1.0 + 0x1p-25, -1e-60, 1e39};
  const CsrMatrix matrix =
      CsrMatrix::adopt(std::vector<Offset>{0, 4}, std::vector<Index>{0, 1, 2, 5}, values, 6);
  const SparseRow row = matrix.row(0);
  REQUIRE(same(matrix.values(), values));
  REQUIRE(same(row.values, values));
  std::vector<double> visited;
  std::vector<Index> columns;
  row.for_each_double([&](Index column, double value) {
    columns.push_back(column);
    visited.push_back(value);
  });
  REQUIRE(visited == values);
  REQUIRE(columns == std::vector<Index>{0, 1, 2, 5});
  REQUIRE(row.with_stored([&](const auto* stored) { return static_cast<double>(stored[1]); }) ==
          values[1]);

  std::vector<float> rounded;
  row.for_each([&](Index, float value) { rounded.push_back(value); });
  REQUIRE(rounded == std::vector<float>{0.1F, 1.0F, 0.0F, std::numeric_limits<float>::infinity()});
  std::array<float, 2> room{};
  REQUIRE(row.floats(0, room)[1] == 1.0F);
}

TEST_CASE("a product with doubles is not that with floats", "[csr]") {
  // Identifiers: as floats they are 1.6e9 all.
  const std::vector<double> values{1600000000.0, 1600000050.0, 1600000000.0, 1600000010.0};
  const CsrMatrix matrix =
      CsrMatrix::adopt(std::vector<Offset>{0, 2, 4}, std::vector<Index>{0, 1, 0, 1}, values, 2);
  const std::vector<double> w{-1.0, 1.0};
  REQUIRE(matrix.row(0).dot(w) == 50.0);
  REQUIRE(matrix.row(1).dot(w) == 10.0);
}

TEMPLATE_TEST_CASE("arrays that do not fit are refused, and the row is named", "[csr]", WideFloat,
                   WideDouble, NarrowFloat, NarrowDouble) {
  using Pointer = typename TestType::Pointer;
  using Value = typename TestType::Value;
  const auto refused = [](std::vector<Pointer> pointers, std::vector<Index> columns,
                          std::vector<Value> values, const std::string& reason) {
    REQUIRE_THROWS_WITH(CsrMatrix::adopt(pointers, columns, values, 3), Catch::Contains(reason));
  };
  refused({0, 1}, {0, 1}, {1}, "differ in length");
  refused({0, 2}, {0}, {1}, "from 0");
  refused({0, 2, 1, 2}, {0, 1}, {1, 1}, "row 1 ends before");
  refused({0, 1, 3}, {0, 2, 1}, {1, 1, 1}, "row 1 has column 1");
  refused({0, 0, 1}, {3}, {1}, "row 1 has column 3");
  refused({0, 0, 0, 1}, {0}, {std::numeric_limits<Value>::quiet_NaN()}, "row 2 holds a value");
  refused({0, 0, 1}, {0}, {std::numeric_limits<Value>::infinity()}, "row 1 holds a value");
}

TEST_CASE("a double may be any finite number", "[csr]") {
  const auto matrix_of = [](double value) {
    return CsrMatrix::adopt(std::vector<Offset>{0, 0, 1}, std::vector<Index>{0},
                            std::vector<double>{value}, 1);
  };
  for (const double value : {1e39, -1e300, 5e-324, std::numeric_limits<double>::max()}) {
    REQUIRE(matrix_of(value).row(1).values[0] == value);
  }
  REQUIRE_THROWS_WITH(matrix_of(-std::numeric_limits<double>::infinity()),
                      "CsrMatrix: row 1 holds a value that is not finite");
}

TEST_CASE("a CSR matrix keeps what it was given to keep", "[csr]") {
  const auto values = std::make_shared<std::vector<double>>(1, 6.0);
  const std::vector<std::int32_t> pointers{0, 1};
  const std::vector<Index> columns{0};
  {
    const CsrMatrix matrix(pointers, columns, *values, 1, values);
    REQUIRE(values.use_count() == 2);
  }
  REQUIRE(values.use_count() == 1);
}
