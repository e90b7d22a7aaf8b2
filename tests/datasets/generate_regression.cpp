#include <sounder/datasets/generate.hpp>

#include <Eigen/Dense>
#include <cmath>
#include <functional>

#include <sounder/engine/analysis/spectral_radius.hpp>

#include "datasets/generated.hpp"
#include "support/catch.hpp"

using sounder::CorrelationShape;
using sounder::CscMatrix;
using sounder::CsrMatrix;
using sounder::GeneratedData;
using sounder::Index;
using sounder::RegressionOptions;
using sounder::Team;

namespace {

Eigen::MatrixXd dense(const CsrMatrix& matrix) {
  Eigen::MatrixXd result = Eigen::MatrixXd::Zero(matrix.rows(), matrix.columns());
  for (Index i = 0; i < matrix.rows(); ++i) {
    const auto row = matrix.row(i);
    for (std::size_t k = 0; k < row.size(); ++k) {
      result(i, row.columns[k]) = static_cast<double>(row.values[k]);
    }
  }
  return result;
}

Eigen::VectorXd vector(const std::vector<double>& numbers) {
  return Eigen::Map<const Eigen::VectorXd>(numbers.data(),
                                           static_cast<Eigen::Index>(numbers.size()));
}

std::vector<Index> support_of(const std::vector<double>& weights) {
  std::vector<Index> support;
  for (std::size_t j = 0; j < weights.size(); ++j) {
    if (weights[j] != 0.0) {
      support.push_back(static_cast<Index>(j));
    }
  }
  return support;
}

/// Correlation of columns a and b over the rows that hold both (both have mean 0).
double correlation(const Eigen::MatrixXd& x, Index a, Index b) {
  double ab = 0.0;
  double aa = 0.0;
  double bb = 0.0;
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    if (x(i, a) != 0.0 && x(i, b) != 0.0) {
      ab += x(i, a) * x(i, b);
      aa += x(i, a) * x(i, a);
      bb += x(i, b) * x(i, b);
    }
  }
  return ab / std::sqrt(aa * bb);
}

/// Dense and sparse rows of every shape, small.
std::vector<RegressionOptions> designs() {
  std::vector<RegressionOptions> all;
  for (const double c : {0.0, 0.7}) {
    for (const CorrelationShape shape : {CorrelationShape::chain, CorrelationShape::blocks}) {
      for (const Index row_nonzeros : {0, 5, 20}) {
        for (const Index block : {0, 8}) {
          RegressionOptions options;
          options.rows = 3000;
          options.columns = 40;
          options.support = 10;
          options.row_nonzeros = row_nonzeros;
          options.correlation = c;
          options.shape = shape;
          options.block_columns = block;
          all.push_back(options);
        }
      }
    }
  }
  return all;
}

}  // namespace

TEST_CASE("generated regression has the same bits for 1, 2, 4 and 8 threads", "[generate]") {
  for (RegressionOptions options : designs()) {
    options.rows = 200;
    const GeneratedData expected = sounder::generate_regression(options, Team(1));
    sounder::test::check_matrix(expected.data.matrix);
    for (const int threads : {2, 4, 8}) {
      CAPTURE(threads);
      const GeneratedData made = sounder::generate_regression(options, Team(threads));
      REQUIRE(sounder::test::same_bits(made, expected));
    }
    RegressionOptions part = options;
    part.first_row = 150;
    part.rows = 50;
    REQUIRE(sounder::test::is_tail(sounder::generate_regression(part, Team(2)), expected, 150));
    options.seed = 2;
    REQUIRE_FALSE(sounder::generate_regression(options, Team(2)).truth == expected.truth);
  }
}

TEST_CASE("rows hold the entries asked for, evenly over the columns", "[generate]") {
  for (const Index row_nonzeros : {1, 3, 9, 30, 40}) {
    CAPTURE(row_nonzeros);
    RegressionOptions options;
    options.rows = 4000;
    options.columns = 40;
    options.row_nonzeros = row_nonzeros;
    const GeneratedData made = sounder::generate_regression(options, Team(2));
    REQUIRE(made.data.matrix.nonzeros() == 4000 * row_nonzeros);
    for (const Index count : sounder::column_counts(made.data.matrix, Team(2))) {
      const double expected = 4000.0 * row_nonzeros / 40.0;
      REQUIRE(count == Approx(expected).margin(5.0 * std::sqrt(expected)));
    }
  }
}

TEST_CASE("least squares on the support finds the planted weights", "[generate]") {
  for (const RegressionOptions& options : designs()) {
    CAPTURE(options.correlation, options.row_nonzeros, options.block_columns);
    const GeneratedData made = sounder::generate_regression(options, Team(2));
    const Eigen::MatrixXd x = dense(made.data.matrix);
    const Eigen::VectorXd y = vector(made.data.labels);
    const std::vector<Index> support = support_of(made.truth);
    REQUIRE(support.size() == 10);
    Eigen::MatrixXd on_support(x.rows(), 10);
    Eigen::VectorXd truth(10);
    for (Eigen::Index k = 0; k < 10; ++k) {
      const Index j = support[static_cast<std::size_t>(k)];
      on_support.col(k) = x.col(j);
      truth(k) = made.truth[static_cast<std::size_t>(j)];
      REQUIRE(std::abs(truth(k)) >= 1.0);
      REQUIRE(std::abs(truth(k)) < 2.0);
    }
    const Eigen::VectorXd found = on_support.colPivHouseholderQr().solve(y);
    // Each estimate is normal with variance noise^2 (X^T X)^-1_kk.
    const Eigen::MatrixXd inverse = (on_support.transpose() * on_support).inverse();
    for (Eigen::Index k = 0; k < 10; ++k) {
      REQUIRE(std::abs(found(k) - truth(k)) < 5.0 * made.noise * std::sqrt(inverse(k, k)));
    }
    const Eigen::VectorXd signal = x * vector(made.truth);
    const double noise = (y - signal).norm() / std::sqrt(3000.0);
    REQUIRE(noise == Approx(made.noise).epsilon(0.08));
    // The noise is a tenth of the signal, whose level was foretold without looking at the rows.
    REQUIRE(signal.norm() / std::sqrt(3000.0) == Approx(10.0 * made.noise).epsilon(0.12));
  }
}

TEST_CASE("without noise the labels are x.truth", "[generate]") {
  RegressionOptions options;
  options.rows = 50;
  options.columns = 300;
  options.noise = 0.0;
  const GeneratedData made = sounder::generate_regression(options, Team(2));
  REQUIRE(support_of(made.truth).size() == 3);  // one column in a hundred
  const Eigen::VectorXd z = dense(made.data.matrix) * vector(made.truth);
  REQUIRE((z - vector(made.data.labels)).norm() < 1e-12);
}

TEST_CASE("features are correlated as asked", "[generate]") {
  for (RegressionOptions options : designs()) {
    options.rows = 20'000;
    CAPTURE(options.correlation, options.row_nonzeros, options.block_columns);
    const GeneratedData made = sounder::generate_regression(options, Team(2));
    const Eigen::MatrixXd x = dense(made.data.matrix);
    const double c = options.correlation;
    for (const Index other : {1, 2, 5, 7, 8, 30}) {
      CAPTURE(other);
      double expected = std::pow(c, other);
      if (options.shape == CorrelationShape::blocks) {
        expected = options.block_columns == 0 || other < options.block_columns ? c : 0.0;
      }
      // Two columns share 20,000 x (5/40)(4/39), about 250 rows, where rows are shortest.
      const double margin = options.row_nonzeros == 5 ? 0.25 : 0.06;
      REQUIRE(correlation(x, 0, other) == Approx(expected).margin(margin));
    }
  }
}

TEST_CASE("correlation takes parallelism away", "[generate]") {
  const Team team(2);
  const auto radius = [&](double c, CorrelationShape shape, Index block) {
    RegressionOptions options;
    options.rows = 5000;
    options.columns = 60;
    options.correlation = c;
    options.shape = shape;
    options.block_columns = block;
    const CsrMatrix matrix = sounder::generate_regression(options, team).data.matrix;
    return sounder::spectral_radius(matrix, CscMatrix(matrix, team), team);
  };
  REQUIRE(radius(0.0, CorrelationShape::blocks, 0).value < 1.4);
  REQUIRE(radius(0.5, CorrelationShape::blocks, 0).value == Approx(1 + 0.5 * 59).epsilon(0.05));
  REQUIRE(radius(0.5, CorrelationShape::blocks, 20).value == Approx(1 + 0.5 * 19).epsilon(0.1));
  REQUIRE(radius(0.5, CorrelationShape::chain, 0).value == Approx(3.0).epsilon(0.15));
  REQUIRE(radius(1.0, CorrelationShape::blocks, 0).p_star() == 1);
  REQUIRE(radius(1.0, CorrelationShape::chain, 0).p_star() == 1);
  REQUIRE(radius(1.0, CorrelationShape::blocks, 0).value == Approx(60.0));
}

TEST_CASE("regression options out of range are refused by name", "[generate]") {
  const auto refused = [](const std::function<void(RegressionOptions&)>& spoil, const char* name) {
    RegressionOptions options;
    spoil(options);
    REQUIRE_THROWS_WITH(sounder::generate_regression(options, Team(1)), Catch::Contains(name));
  };
  refused([](RegressionOptions& o) { o.rows = 0; }, "rows");
  refused([](RegressionOptions& o) { o.columns = -1; }, "columns");
  refused([](RegressionOptions& o) { o.row_nonzeros = o.columns + 1; }, "row_nonzeros");
  refused([](RegressionOptions& o) { o.support = o.columns + 1; }, "support");
  refused([](RegressionOptions& o) { o.noise = std::nan(""); }, "noise");
  refused([](RegressionOptions& o) { o.correlation = 1.1; }, "correlation");
  refused([](RegressionOptions& o) { o.block_columns = -1; }, "block_columns");
  refused([](RegressionOptions& o) { o.first_row = -1; }, "first_row");
}
