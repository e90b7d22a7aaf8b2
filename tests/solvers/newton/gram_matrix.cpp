// The Gram matrix against the dense product: frequent columns and rare ones go by different ways.
#include <sounder/engine/base/random.hpp>
#include <sounder/solvers/newton/gram_matrix.hpp>

#include <algorithm>
#include <cmath>
#include <random>

#include "solvers/fixtures/instances.hpp"
#include "support/catch.hpp"
#include "support/random_matrix.hpp"

using sounder::CommonRows;
using sounder::CscMatrix;
using sounder::CsrMatrix;
using sounder::GramMatrix;
using sounder::GramPrecision;
using sounder::GramTiles;
using sounder::Index;
using sounder::Offset;
using sounder::Team;
using sounder::test::dense;
using sounder::test::random_matrix;

namespace {

std::vector<float> row_weights(Index rows) {
  sounder::RandomStream random(8, 0);
  std::vector<float> d;
  for (Index i = 0; i < rows; ++i) {
    d.push_back(static_cast<float>(random.uniform()) / static_cast<float>(rows));
  }
  return d;
}

/// X_W^T diag(d) X_W - shift shift^T / total, dense.
Eigen::MatrixXd expected_gram(const CsrMatrix& matrix, const std::vector<Index>& list,
                              const std::vector<float>& d, const std::vector<double>& shift,
                              double total) {
  const Eigen::MatrixXd full = dense(matrix);
  Eigen::MatrixXd chosen(full.rows(), static_cast<Eigen::Index>(list.size()));
  Eigen::VectorXd less = Eigen::VectorXd::Zero(chosen.cols());
  for (std::size_t k = 0; k < list.size(); ++k) {
    chosen.col(static_cast<Eigen::Index>(k)) = full.col(list[k]);
    if (!shift.empty()) {
      less[static_cast<Eigen::Index>(k)] = shift[k];
    }
  }
  const Eigen::VectorXd weights =
      Eigen::Map<const Eigen::VectorXf>(d.data(), full.rows()).cast<double>();
  return chosen.transpose() * weights.asDiagonal() * chosen - less * less.transpose() / total;
}

void require_equal(const GramMatrix& gram, const Eigen::MatrixXd& expected) {
  const double scale = expected.diagonal().cwiseAbs().maxCoeff();
  REQUIRE(gram.size() == static_cast<std::size_t>(expected.cols()));
  for (Eigen::Index k = 0; k < expected.cols(); ++k) {
    for (Eigen::Index q = 0; q < expected.cols(); ++q) {
      CAPTURE(k, q);
      const double found = gram.at(static_cast<std::size_t>(k), static_cast<std::size_t>(q));
      const bool full = gram.precision() == GramPrecision::full;
      REQUIRE(std::abs(found - expected(k, q)) <= (full ? 1e-13 : 1e-6) * scale);
    }
  }
}

}  // namespace

TEST_CASE("a Gram matrix that grows is X^T d X, of frequent and of rare columns", "[model]") {
  constexpr Index rows = 2500;  // several tiles, the last one not full
  std::vector<double> density;
  for (int j = 0; j < 60; ++j) {
    density.push_back(j % 3 == 0 ? 0.4 : j % 3 == 1 ? 0.01 : 0.06);
  }
  density[10] = 0.0;
  const CsrMatrix matrix = random_matrix(rows, density, 7);
  const CscMatrix columns(matrix, Team(1));
  const std::vector<float> d = row_weights(rows);
  std::vector<Index> order(60);
  std::iota(order.begin(), order.end(), Index{0});
  std::shuffle(order.begin(), order.end(), std::mt19937(3));
  std::vector<double> shift;
  for (int k = 0; k < 60; ++k) {
    shift.push_back(0.001 * k);
  }
  const auto precision = GENERATE(GramPrecision::single, GramPrecision::full);
  for (const int threads : {1, 2, 3}) {
    for (const bool intercept : {false, true}) {
      CAPTURE(threads, intercept, precision);
      GramMatrix gram;
      gram.clear(precision);
      for (const std::size_t size : {5UL, 6UL, 31UL, 60UL}) {
        const std::vector<Index> list(order.begin(),
                                      order.begin() + static_cast<std::ptrdiff_t>(size));
        const std::vector<double> less(
            shift.begin(), shift.begin() + static_cast<std::ptrdiff_t>(intercept ? size : 0));
        CommonRows common(columns, list);
        gram.extend(columns, list, common, d, less, 0.5, Team(threads));
        require_equal(gram, expected_gram(matrix, list, d, less, 0.5));
      }
    }
  }
}

TEST_CASE("frequent columns are those in every sixteenth row", "[model]") {
  const CsrMatrix matrix = random_matrix(320, {1.0, 0.0, 0.5, 0.01, 0.2}, 7);
  const CscMatrix columns(matrix, Team(1));
  const std::vector<Index> list{4, 3, 2, 1, 0};
  const GramTiles frequent(columns, list);
  const std::vector<std::size_t> expected{0, 2, 4};
  REQUIRE(std::equal(frequent.positions().begin(), frequent.positions().end(), expected.begin(),
                     expected.end()));
  REQUIRE(frequent.contains(0));
  REQUIRE_FALSE(frequent.contains(1));
}

TEST_CASE("a Gram matrix of a matrix that is dense, and of one without rows that meet", "[model]") {
  const auto precision = GENERATE(GramPrecision::single, GramPrecision::full);
  for (const double each : {1.0, 0.02}) {
    const CsrMatrix matrix = random_matrix(40, 50, each, 7);
    const CscMatrix columns(matrix, Team(1));
    const std::vector<float> d = row_weights(40);
    std::vector<Index> list(50);
    std::iota(list.begin(), list.end(), Index{0});
    for (const int threads : {1, 2}) {
      CAPTURE(each, threads);
      CommonRows common(columns, list);
      GramMatrix gram;
      gram.clear(precision);
      gram.extend(columns, list, common, d, {}, 0.0, Team(threads));
      require_equal(gram, expected_gram(matrix, list, d, {}, 1.0));
    }
  }
}
