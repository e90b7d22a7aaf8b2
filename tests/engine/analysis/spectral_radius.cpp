#include <sounder/engine/analysis/spectral_radius.hpp>

#include <Eigen/Dense>

#include "support/catch.hpp"
#include "support/random_matrix.hpp"

using sounder::CscMatrix;
using sounder::CsrMatrix;
using sounder::Index;
using sounder::PowerIterationOptions;
using sounder::SpectralRadius;
using sounder::Team;

namespace {

SpectralRadius radius_of(const CsrMatrix& matrix, int threads,
                         const PowerIterationOptions& options = {}) {
  const Team team(threads);
  return sounder::spectral_radius(matrix, CscMatrix(matrix, team), team, options);
}

/// The same number from Eigen's dense eigenvalues.
double dense_radius(const CsrMatrix& matrix) {
  Eigen::MatrixXd dense = Eigen::MatrixXd::Zero(matrix.rows(), matrix.columns());
  for (Index i = 0; i < matrix.rows(); ++i) {
    const auto row = matrix.row(i);
    for (std::size_t k = 0; k < row.size(); ++k) {
      dense(i, row.columns[k]) = static_cast<double>(row.values[k]);
    }
  }
  for (Index j = 0; j < matrix.columns(); ++j) {
    const double norm = dense.col(j).norm();
    if (norm > 0.0) {
      dense.col(j) /= norm;
    }
  }
  const Eigen::MatrixXd gram = dense.transpose() * dense;
  return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(gram).eigenvalues().maxCoeff();
}

}  // namespace

TEST_CASE("the spectral radius agrees with dense eigenvalues", "[spectral_radius]") {
  for (const double density : {0.02, 0.1, 0.5}) {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
      CAPTURE(density, seed);
      const CsrMatrix matrix = sounder::test::random_matrix(120, 70, density, seed);
      const double expected = dense_radius(matrix);
      const SpectralRadius found = radius_of(matrix, 2);
      REQUIRE(found.value <= expected * (1.0 + 1e-9));
      REQUIRE(found.value >= expected * 0.98);  // close eigenvalues, the default tolerance
      PowerIterationOptions tight;
      tight.tolerance = 1e-12;
      tight.max_iterations = 20'000;
      REQUIRE(radius_of(matrix, 2, tight).value == Approx(expected).epsilon(1e-6));
    }
  }
}

TEST_CASE("the spectral radius has the same bits for 1, 2, 4 and 8 threads", "[spectral_radius]") {
  const CsrMatrix matrix = sounder::test::random_matrix(500, 3000, 0.01, 4);
  const SpectralRadius expected = radius_of(matrix, 1);
  REQUIRE(expected.relative_change < PowerIterationOptions{}.tolerance);
  for (const int threads : {2, 4, 8}) {
    CAPTURE(threads);
    const SpectralRadius found = radius_of(matrix, threads);
    REQUIRE(found.value == expected.value);
    REQUIRE(found.iterations == expected.iterations);
  }
}

TEST_CASE("orthogonal columns allow all at once, equal columns one", "[spectral_radius]") {
  // Columns 0 and 3 have no value: one no entry, one a stored zero.
  const CsrMatrix orthogonal =
      CsrMatrix::adopt({0, 1, 2, 4}, {1, 2, 3, 4}, {3.0F, -0.5F, 0.0F, 100.0F}, 5);
  const CsrMatrix equal =
      CsrMatrix::adopt({0, 3, 6}, {0, 1, 2, 0, 1, 2}, {1.0F, -2.0F, 0.5F, 3.0F, -6.0F, 1.5F}, 3);
  for (const int threads : {1, 2, 4, 8}) {
    const SpectralRadius apart = radius_of(orthogonal, threads);
    REQUIRE(apart.value == Approx(1.0));
    REQUIRE(apart.active_columns == 3);
    REQUIRE(apart.p_star() == 3);
    const SpectralRadius together = radius_of(equal, threads);
    REQUIRE(together.value == Approx(3.0));
    REQUIRE(together.p_star() == 1);
  }
}

TEST_CASE("the spectral radius of nothing, and senseless options", "[spectral_radius]") {
  REQUIRE(radius_of(CsrMatrix{}, 2).value == 1.0);
  const SpectralRadius empty = radius_of(CsrMatrix::adopt({0, 0}, {}, {}, 3), 2);
  REQUIRE(empty.active_columns == 0);
  REQUIRE(empty.p_star() == 1);
  PowerIterationOptions options;
  options.tolerance = 0.0;
  REQUIRE_THROWS_WITH(radius_of(CsrMatrix{}, 1, options), Catch::Contains("tolerance"));
  options = {};
  options.max_iterations = 0;
  REQUIRE_THROWS_WITH(radius_of(CsrMatrix{}, 1, options), Catch::Contains("iteration"));
  const CsrMatrix one = CsrMatrix::adopt({0, 1}, {0}, {1.0F}, 1);
  REQUIRE_THROWS_WITH(sounder::spectral_radius(one, CscMatrix{}, Team(1)),
                      Catch::Contains("another matrix"));
}
