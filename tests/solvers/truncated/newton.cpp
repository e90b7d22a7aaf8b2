// Newton's method against the oracle, and the same bits at any number of threads.
#include <sounder/engine/base/random.hpp>
#include <sounder/solvers/newton.hpp>
#include <sounder/solvers/penalty/elastic_net.hpp>

#include <cmath>
#include <tuple>
#include <vector>

#include "solvers/fixtures/instances.hpp"
#include "support/catch.hpp"

using namespace sounder;
using sounder::test::Shape;

namespace {

using NewtonLosses = std::tuple<Logistic, SquaredHinge, Squared, Huber, Hinge>;

/// Keeps every certificate.
struct CertificatesSeen final : Trace {
  std::vector<Certificate> all;
  Verdict epoch(const Progress& progress) override {
    all.push_back(progress.certificate);
    return Verdict::go_on;
  }
};

template <class L>
void newton_reaches_the_optimum(const Shape& shape) {
  const auto instance = test::make_instance<L, L2>(shape, L2{shape.lambda});
  const Problem<L, L2> problem = instance.problem();
  const test::OraclePoint best = test::oracle_minimum(instance.dense_problem());
  const double slack = 1e-8 * best.objective;
  std::vector<double> first;
  for (const int threads : {1, 2, 4}) {
    CAPTURE(L::name, shape, shape.lambda, threads);
    CertificatesSeen trace;
    const Result result =
        newton(problem, {.threads = threads, .max_epochs = 3000, .tolerance = 1e-7}, trace);
    REQUIRE(result.status == Status::converged);
    REQUIRE(result.certificate.objective <= best.objective * (1.0 + 1e-7) + slack);
    for (const Certificate& point : trace.all) {
      REQUIRE(point.objective >= best.objective - slack);
      REQUIRE(point.dual_objective <= best.objective + slack);
    }
    const double objective =
        test::oracle_objective(instance.dense_problem(), test::dense(result.w), result.intercept);
    REQUIRE(result.certificate.objective == Approx(objective).epsilon(1e-10));
    first = first.empty() ? result.w : first;
    REQUIRE(result.w == first);
  }
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("newton reaches the optimum with 1, 2 and 4 threads", "[newton]",
                        NewtonLosses) {
  for (const bool weighted : {false, true}) {
    for (const bool intercept : {false, true}) {
      for (const double lambda : {1.0, 0.01, 1e-4}) {
        newton_reaches_the_optimum<TestType>({.rows = 200,
                                              .columns = 12,
                                              .intercept = intercept,
                                              .weighted = weighted,
                                              .lambda = lambda});
      }
    }
  }
}

TEMPLATE_LIST_TEST_CASE("newton takes more columns than rows: the diagonal preconditions",
                        "[newton]", NewtonLosses) {
  newton_reaches_the_optimum<TestType>({.rows = 30, .columns = 60, .lambda = 0.1});
  if (TestType::smooth) {  // the oracle of a wide hinge is good to 1e-7 only
    newton_reaches_the_optimum<TestType>({.rows = 30, .columns = 60, .lambda = 1e-3});
  }
}

TEMPLATE_LIST_TEST_CASE("newton starts on samples where rows are many, to the same optimum",
                        "[newton]", NewtonLosses) {
  // 4 columns and 3,000 rows: samples of a sixty-fourth, a sixteenth and a fourth.
  const auto instance =
      test::make_instance<TestType, L2>({.rows = 3000, .columns = 4, .density = 0.8}, L2{1e-3});
  SilentTrace trace;
  const Result whole = newton(instance.problem(), {.tolerance = 1e-8, .sampling = false}, trace);
  REQUIRE(whole.status == Status::converged);
  std::vector<double> first;
  for (const int threads : {1, 2, 3, 4, 8}) {
    CAPTURE(TestType::name, threads);
    const Result sampled =
        newton(instance.problem(), {.threads = threads, .tolerance = 1e-8}, trace);
    REQUIRE(sampled.status == Status::converged);
    REQUIRE(sampled.epochs <= whole.epochs);
    REQUIRE(sampled.certificate.objective == Approx(whole.certificate.objective).epsilon(2e-8));
    first = first.empty() ? sampled.w : first;
    REQUIRE(sampled.w == first);
  }
}

TEST_CASE("newton with a team that shares the work: the same bits with 1, 2, 3, 4 and 8 threads",
          "[newton]") {
  const auto instance = test::make_instance<Logistic, L2>(
      {.rows = 12000, .columns = 40, .density = 0.9, .intercept = true}, L2{1e-4});
  SilentTrace trace;
  const Result alone = newton(instance.problem(), {.tolerance = 1e-8}, trace);
  REQUIRE(alone.status == Status::converged);
  for (const int threads : {2, 3, 4, 8}) {
    CAPTURE(threads);
    const Result team = newton(instance.problem(), {.threads = threads, .tolerance = 1e-8}, trace);
    REQUIRE(team.w == alone.w);
    REQUIRE(team.intercept == alone.intercept);
    REQUIRE(team.threads == threads);
  }
}

TEMPLATE_LIST_TEST_CASE("newton: warm starts, limits and a stop", "[newton]", NewtonLosses) {
  const auto instance =
      test::make_instance<TestType, L2>({.rows = 300, .columns = 10, .intercept = true}, L2{1e-2});
  const auto problem = instance.problem();
  SilentTrace silent;
  for (const int threads : {1, 2}) {
    CAPTURE(TestType::name, threads);
    const NewtonOptions options{.threads = threads, .tolerance = 1e-7};
    const Result cold = newton(problem, options, silent);
    REQUIRE(cold.status == Status::converged);
    NewtonOptions warm = options;
    warm.initial = cold.w;
    warm.initial_intercept = cold.intercept;
    const Result again = newton(problem, warm, silent);
    REQUIRE(again.status == Status::converged);
    REQUIRE(again.epochs <= (TestType::smooth ? 0 : cold.epochs));
    REQUIRE(newton(problem, {.threads = threads, .max_epochs = 0}, silent).epochs == 0);
    REQUIRE(
        newton(problem, {.threads = threads, .max_epochs = 1, .tolerance = 1e-14}, silent).status ==
        Status::max_epochs);
    struct StopAtOnce final : Trace {
      Verdict epoch(const Progress& /*progress*/) override { return Verdict::go_on; }
      [[nodiscard]] bool cancelled() const noexcept override { return true; }
    } stop;
    REQUIRE(newton(problem, {.threads = threads, .tolerance = 1e-14}, stop).status ==
            Status::interrupted);
  }
}

TEST_CASE("newton: rows of weight 0, empty rows, doubles, and columns that no row holds",
          "[newton]") {
  const std::vector<Offset> pointers{0, 2, 2, 3, 5, 6};
  const std::vector<Index> columns{0, 1, 1, 0, 2, 0};
  const std::vector<double> values{1.0 / 3.0, 1e3 + 1e-7, -2.0, 0.7, 1e-9, 0.5};
  const CsrMatrix matrix(pointers, columns, values, 4);
  const std::vector<double> y{1.0, -1.0, -1.0, 1.0, 1.0};
  const std::vector<double> s{1.0, 2.0, 0.0, 3.0, 1.0};
  for (const bool intercept : {false, true}) {
    const Problem<Logistic, L2> problem{matrix, y, {}, {0.05}, intercept, s};
    SilentTrace trace;
    const Result alone = newton(problem, {.tolerance = 1e-10}, trace);
    REQUIRE(alone.status == Status::converged);
    REQUIRE(alone.w[3] == 0.0);
    REQUIRE(newton(problem, {.threads = 2, .tolerance = 1e-10}, trace).w == alone.w);
  }
}

TEMPLATE_LIST_TEST_CASE("newton without columns: nothing or an intercept to move", "[newton]",
                        NewtonLosses) {
  const std::vector<Offset> pointers(9, 0);
  const std::vector<Index> columns;
  const std::vector<float> values;
  const CsrMatrix matrix(pointers, columns, values, 0);
  const std::vector<double> y{1.0, -1.0, 1.0, 1.0, 1.0, -1.0, 1.0, 1.0};
  SilentTrace trace;
  for (const bool intercept : {false, true}) {
    for (const int threads : {1, 2}) {
      const Problem<TestType, L2> problem{matrix, y, {}, {0.1}, intercept};
      const Result result = newton(problem, {.threads = threads, .tolerance = 1e-6}, trace);
      REQUIRE(result.w.empty());
      REQUIRE(result.status == Status::converged);
    }
  }
}

TEMPLATE_LIST_TEST_CASE("newton from far away, penalty strong: the bound stays a bound", "[newton]",
                        NewtonLosses) {
  const auto instance = test::make_instance<TestType, L2>({.rows = 100, .columns = 6}, L2{10.0});
  const test::OraclePoint best = test::oracle_minimum(instance.dense_problem());
  const std::vector<double> far(6, 1e7);
  for (const int threads : {1, 2}) {
    CertificatesSeen trace;
    const Result result =
        newton(instance.problem(), {.threads = threads, .tolerance = 1e-9, .initial = far}, trace);
    REQUIRE(result.status == Status::converged);
    REQUIRE(result.certificate.objective == Approx(best.objective).epsilon(1e-8));
    REQUIRE(result.certificate.dual_objective <= best.objective * (1.0 + 1e-9));
  }
}

TEST_CASE("newton where no row has a curvature at the start: Huber loss, targets far away",
          "[newton]") {
  auto instance = test::make_instance<Huber, L2>({.rows = 100, .columns = 6}, L2{1e-9});
  auto problem = instance.problem();
  std::vector<double> targets(problem.targets.begin(), problem.targets.end());
  for (double& y : targets) {
    y = std::copysign(50.0 + std::abs(y), y);
  }
  problem.targets = targets;
  SilentTrace trace;
  for (const int threads : {1, 2}) {
    const Result result = newton(problem, {.threads = threads, .tolerance = 1e-6}, trace);
    REQUIRE(result.status == Status::converged);
  }
}

TEST_CASE("newton: a time limit is one, and without a tolerance every epoch runs", "[newton]") {
  const auto instance = test::make_instance<Logistic, L2>({.rows = 200, .columns = 10}, L2{1e-3});
  SilentTrace trace;
  for (const int threads : {1, 2}) {
    const Result stopped = newton(
        instance.problem(), {.threads = threads, .tolerance = 1e-9, .time_limit = 1e-9}, trace);
    REQUIRE(stopped.status == Status::time_limit);
    REQUIRE(stopped.epochs == 1);
    const Result all =
        newton(instance.problem(), {.threads = threads, .max_epochs = 30, .tolerance = 0.0}, trace);
    REQUIRE(all.status == Status::max_epochs);
    REQUIRE(all.epochs == 30);
  }
}

TEST_CASE("newton with rows of widely differing length: the same bits with 1, 2, 3, 4 threads",
          "[newton]") {
  std::vector<Offset> pointers{0};
  std::vector<Index> columns;
  std::vector<float> values;
  std::vector<double> y;
  RandomStream random(5);
  for (Index i = 0; i < 1500; ++i) {
    const Index length = i % 50 == 0 ? 400 + i % 7 : static_cast<Index>(random.below(300));
    double sum = 0.0;
    for (Index j = 0; j < length; ++j) {
      columns.push_back(3 * j + static_cast<Index>(random.below(3)));
      values.push_back(static_cast<float>(random.normal()));
      sum += columns.back() % 2 == 0 ? values.back() : 0.0;
    }
    pointers.push_back(static_cast<Offset>(columns.size()));
    y.push_back(sum + random.normal() > 0.0 ? 1.0 : -1.0);
  }
  const CsrMatrix matrix(pointers, columns, values, 1300);
  const Problem<Logistic, L2> problem{matrix, y, {}, {1e-3}};
  SilentTrace trace;
  const Result alone = newton(problem, {.tolerance = 1e-7}, trace);
  REQUIRE(alone.status == Status::converged);
  for (const int threads : {2, 3, 4}) {
    REQUIRE(newton(problem, {.threads = threads, .tolerance = 1e-7}, trace).w == alone.w);
  }
}

TEST_CASE("newton refuses what it cannot minimise", "[newton]") {
  const auto instance = test::make_instance<Logistic, ElasticNet>(
      {.rows = 30, .columns = 5}, ElasticNet{.lambda = 0.1, .l1_ratio = 0.5});
  SilentTrace trace;
  REQUIRE_THROWS_WITH(newton(instance.problem(), {}, trace), Catch::Contains("l2 penalty"));
}
