// Solvers on row pointers of 32 bits and values in double: the same runs.
#include <sounder/solvers/cd.hpp>
#include <sounder/solvers/model/linear_model.hpp>
#include <sounder/solvers/path/lambda_max.hpp>

#include <cmath>
#include <vector>

#include "solvers/stochastic/hogwild_checks.hpp"
#include "support/catch.hpp"
#include "support/storage.hpp"

using sounder::CoordinateOptions;
using sounder::CsrMatrix;
using sounder::Index;
using sounder::L1;
using sounder::L2;
using sounder::Logistic;
using sounder::Offset;
using sounder::Problem;
using sounder::Result;
using sounder::SilentTrace;
using sounder::Status;
using sounder::Team;
using sounder::test::make_instance;
using sounder::test::NarrowDouble;
using sounder::test::NarrowFloat;
using sounder::test::stored_as;
using sounder::test::WideDouble;
using sounder::test::with_threads;

namespace {

Result by_hogwild(const Problem<Logistic, L2>& problem, int threads) {
  SilentTrace trace;
  return hogwild(problem, with_threads(threads), trace);
}

Result by_cd(const Problem<Logistic, L1>& problem, int threads) {
  SilentTrace trace;
  return cd(problem, CoordinateOptions{.threads = threads, .tolerance = 1e-8}, trace);
}

}  // namespace

TEMPLATE_TEST_CASE("hogwild reaches the same objective from any storage, with 1 and 2 threads",
                   "[storage]", WideDouble, NarrowFloat, NarrowDouble) {
  const auto instance = make_instance<Logistic, L2>({.intercept = true});
  const Problem<Logistic, L2> expected = instance.problem();
  Problem<Logistic, L2> problem = expected;
  problem.matrix = stored_as<TestType>(expected.matrix);
  const Result alone = by_hogwild(problem, 1);
  const Result expected_alone = by_hogwild(expected, 1);
  REQUIRE(alone.w == expected_alone.w);
  REQUIRE(alone.certificate.objective == expected_alone.certificate.objective);
  // Two threads: not the same bits, but both at the optimum.
  REQUIRE(by_hogwild(problem, 2).certificate.objective ==
          Approx(expected_alone.certificate.objective).epsilon(1e-7));
}

TEMPLATE_TEST_CASE("cd reaches the same objective from any storage, with 1 and 2 threads",
                   "[storage]", WideDouble, NarrowFloat, NarrowDouble) {
  const auto instance = make_instance<Logistic, L1>({.columns = 60, .intercept = true});
  const Problem<Logistic, L1> expected = instance.problem();
  Problem<Logistic, L1> problem = expected;
  problem.matrix = stored_as<TestType>(expected.matrix);
  REQUIRE(lambda_max(problem, 1.0, Team(2)) == lambda_max(expected, 1.0, Team(2)));
  const Result expected_alone = by_cd(expected, 1);
  for (const int threads : {1, 2}) {
    CAPTURE(threads);
    const Result result = by_cd(problem, threads);
    REQUIRE(result.status == Status::converged);
    REQUIRE(result.certificate.objective ==
            Approx(expected_alone.certificate.objective).epsilon(1e-9));
    if (threads == 1) {
      REQUIRE(result.w == expected_alone.w);
    }
  }
  sounder::LinearModel model;
  model.features = 60;
  model.weights = expected_alone.w;
  REQUIRE(decisions(model, problem.matrix, Team(2)) == decisions(model, expected.matrix, Team(2)));
}

TEST_CASE("the objective is that of the doubles, not of the nearest floats", "[storage]") {
  const auto instance = make_instance<Logistic, L1>({.columns = 60});
  const CsrMatrix floats = instance.problem().matrix;
  std::vector<double> values;
  for (const double value : floats.values()) {
    values.push_back(value * (1.0 + 0x1p-26));  // less than half a step of a float off
  }
  Problem<Logistic, L1> problem = instance.problem();
  problem.matrix = CsrMatrix::adopt(
      std::vector<Offset>(floats.row_pointers().begin(), floats.row_pointers().end()),
      std::vector<Index>(floats.column_indices().begin(), floats.column_indices().end()), values,
      floats.columns());
  const Result result = by_cd(problem, 1);
  const auto objective = [&](const CsrMatrix& matrix) {
    double sum = 0.0;
    for (Index i = 0; i < matrix.rows(); ++i) {
      sum += problem.weight(i) * problem.loss.value(problem.target(i), matrix.row(i).dot(result.w));
    }
    sum /= matrix.rows();
    for (const double w : result.w) {
      sum += problem.penalty.value(w);
    }
    return sum;
  };
  REQUIRE(result.status == Status::converged);
  REQUIRE(result.certificate.objective == Approx(objective(problem.matrix)).epsilon(1e-13));
  REQUIRE(std::abs(objective(floats) / objective(problem.matrix) - 1.0) > 1e-11);
}
