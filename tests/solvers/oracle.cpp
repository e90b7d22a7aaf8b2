// The oracle itself: where the answer is known, and that nothing near it is better.
#include "support/oracle.hpp"

#include "solvers/instances.hpp"
#include "support/catch.hpp"

using sounder::test::all_shapes;
using sounder::test::DenseProblem;
using sounder::test::make_instance;
using sounder::test::OraclePoint;
using sounder::test::Pairs;
using sounder::test::Shape;

TEMPLATE_LIST_TEST_CASE("nothing near the oracle's point is better", "[oracle]", Pairs) {
  sounder::RandomStream random(5);
  for (const Shape& shape : all_shapes({.rows = 80, .columns = 6, .lambda = 0.05})) {
    CAPTURE(shape);
    const DenseProblem problem =
        make_instance<typename TestType::L, typename TestType::P>(shape).dense_problem();
    const OraclePoint best = oracle_minimum(problem);
    double lowest = INFINITY;
    for (int k = 0; k < 300; ++k) {
      const double size = std::pow(10.0, -5.0 * random.uniform());
      Eigen::VectorXd w = best.w;
      for (double& value : w) {
        value += random.uniform() < 0.5 ? size * random.normal() : 0.0;
      }
      const double b = problem.intercept ? best.b + size * random.normal() : 0.0;
      lowest = std::min(lowest, oracle_objective(problem, w, b));
    }
    REQUIRE(lowest >= best.objective * (1.0 - 1e-8));
  }
}

TEST_CASE("the oracle knows ridge regression and the median", "[oracle]") {
  const auto ridge = make_instance<sounder::Squared, sounder::L2>({.rows = 50, .columns = 5});
  const DenseProblem problem = ridge.dense_problem();
  const Eigen::MatrixXd normal =
      problem.x.transpose() * problem.x / 50.0 + 0.01 * Eigen::MatrixXd::Identity(5, 5);
  const Eigen::VectorXd expected = normal.ldlt().solve(problem.x.transpose() * problem.y / 50.0);
  REQUIRE((oracle_minimum(problem).w - expected).norm() <= 1e-9);
  // Two of three hinges ask for w >= 1, the third for w <= -1: w = 1, F = 2/3.
  const DenseProblem hinge{Eigen::MatrixXd::Ones(3, 1),
                           Eigen::Vector3d(1.0, 1.0, -1.0),
                           Eigen::Vector3d::Ones(),
                           "hinge",
                           0.0,
                           0.0,
                           false};
  const OraclePoint corner = oracle_minimum(hinge);
  REQUIRE(corner.objective == Approx(2.0 / 3.0).epsilon(1e-8));
}
