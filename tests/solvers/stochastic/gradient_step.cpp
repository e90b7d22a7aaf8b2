// What a pass over the rows adds up to: with small steps it is a gradient step, and if steps
// commute, no policy that promises so may lose one.
#include <sounder/engine/shared/locked.hpp>
#include <sounder/solvers/stochastic/preconditioner.hpp>

#include "solvers/stochastic/hogwild_checks.hpp"
#include "support/catch.hpp"

using sounder::CsrMatrix;
using sounder::Index;
using sounder::Problem;
using sounder::SgdOptions;
using sounder::Team;
using sounder::test::dense;
using sounder::test::DenseProblem;
using sounder::test::make_instance;

namespace {

/// Central differences of the oracle's objective.
Eigen::VectorXd gradient_at(const DenseProblem& problem, const Eigen::VectorXd& w) {
  Eigen::VectorXd gradient(w.size());
  for (Eigen::Index j = 0; j < w.size(); ++j) {
    Eigen::VectorXd there = w;
    there[j] += 1e-6;
    const double above = oracle_objective(problem, there, 0.0);
    there[j] -= 2e-6;
    gradient[j] = (above - oracle_objective(problem, there, 0.0)) / 2e-6;
  }
  return gradient;
}

/// The diagonal preconditioner, scale^2 for each column, and the unit of the step size.
std::pair<Eigen::VectorXd, double> geometry(const auto& problem, const DenseProblem& reference) {
  const Team team(1);
  const sounder::ColumnMoments moments = sounder::column_moments(problem, team.size(), team);
  const auto order = sounder::order_columns(moments.counts, problem.matrix.rows(), false, -1);
  const sounder::Array<float> scales =
      sounder::preconditioner(problem, order, moments.mean_squares, team);
  Eigen::VectorXd squares(problem.matrix.columns());
  for (Eigen::Index j = 0; j < squares.size(); ++j) {
    const auto label = static_cast<std::size_t>(order.label_of[static_cast<std::size_t>(j)]);
    squares[j] = static_cast<double>(scales[label]) * static_cast<double>(scales[label]);
  }
  const Eigen::VectorXd norms = reference.x.array().square().matrix() * squares;
  const double mean = reference.s.dot(norms) / static_cast<double>(norms.size());
  return {squares, 1.0 / (mean * problem.loss.curvature_bound)};
}

}  // namespace

TEMPLATE_TEST_CASE("an epoch of tiny steps is n steps along the gradient of everything", "[sgd]",
                   sounder::NoPenalty, sounder::L1, sounder::L2, sounder::ElasticNet) {
  // Holds only if the split of penalty and drift over the rows is unbiased.
  const auto instance = make_instance<sounder::Logistic, TestType>(
      {.rows = 300, .columns = 12, .density = 0.2, .weighted = true, .lambda = 0.1});
  const auto problem = instance.problem();
  const DenseProblem reference = instance.dense_problem();
  const auto [squares, unit] = geometry(problem, reference);
  sounder::RandomStream random(4);
  std::vector<double> start(12);
  for (double& value : start) {
    value = random.uniform() < 0.5 ? -1.0 - random.uniform() : 1.0 + random.uniform();
  }
  const Eigen::VectorXd gradient = gradient_at(reference, dense(start));
  for (const bool variance_reduction : {false, true}) {
    for (const int hot_columns : {0, 5, -1}) {
      CAPTURE(variance_reduction, hot_columns);
      SgdOptions options;
      options.max_epochs = 1;
      options.step = 1e-6;
      options.schedule = sounder::StepSchedule::constant;
      options.variance_reduction = variance_reduction;
      options.extrapolation = 0;
      options.newton = false;
      options.hot_columns = hot_columns;
      options.initial = start;
      sounder::SilentTrace trace;
      const sounder::Result result = sgd(problem, options, trace);
      const Eigen::VectorXd moved = dense(result.w) - dense(start);
      const Eigen::VectorXd expected =
          -options.step * unit * 300.0 * squares.cwiseProduct(gradient);
      REQUIRE((moved - expected).norm() <= 1e-3 * expected.norm());
    }
  }
}

TEMPLATE_TEST_CASE("steps that commute are all there, with 2, 4 and 8 threads", "[hogwild]",
                   sounder::Atomic, sounder::Locked) {
  // Hinge loss inside the margin has a constant slope: without a penalty the end of an epoch is a
  // sum over the rows, whoever adds them up. A lost step would show in the fourth digit.
  const CsrMatrix matrix = sounder::test::random_matrix(8'000, 60, 0.1, 3);
  const std::vector<double> targets(8'000, 1.0);
  const Problem<sounder::Hinge, sounder::NoPenalty> problem{matrix, targets, {}, {}, false, {}};
  SgdOptions options;
  options.max_epochs = 1;
  options.step = 1e-7;
  options.schedule = sounder::StepSchedule::constant;
  options.variance_reduction = false;
  options.extrapolation = 0;
  options.newton = false;
  sounder::SilentTrace trace;
  for (const int hot_columns : {0, 8, -1}) {
    // Locked has no private copies, and the same rounding only beside a serial run without them.
    options.hot_columns = std::is_same_v<TestType, sounder::Locked> ? 0 : hot_columns;
    options.threads = 1;
    const Eigen::VectorXd serial = dense(sgd(problem, options, trace).w);
    REQUIRE((dense(matrix) * serial).maxCoeff() < 1.0);
    REQUIRE(serial.cwiseAbs().minCoeff() > 0.0);
    const double typical = serial.cwiseAbs().maxCoeff();
    for (const int threads : {2, 4, 8}) {
      options.hot_columns = hot_columns;
      options.threads = threads;
      CAPTURE(hot_columns, threads);
      const Eigen::VectorXd found = dense(hogwild<TestType>(problem, options, trace).w);
      REQUIRE((found - serial).cwiseAbs().maxCoeff() <= 1e-10 * typical);
    }
  }
}
