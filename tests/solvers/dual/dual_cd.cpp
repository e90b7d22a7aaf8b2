// Dual coordinate ascent against the oracle, and the same bits at any number of threads.
#include <sounder/solvers/dual_cd.hpp>

#include <cmath>
#include <string>
#include <tuple>
#include <vector>

#include "solvers/fixtures/instances.hpp"
#include "support/catch.hpp"

using namespace sounder;
using sounder::test::Shape;

namespace {

using DualLosses = std::tuple<Hinge, SquaredHinge, Logistic, Squared, Huber>;

/// Keeps every certificate.
struct Seen final : Trace {
  std::vector<Certificate> all;
  Verdict epoch(const Progress& progress) override {
    all.push_back(progress.certificate);
    return Verdict::go_on;
  }
};

template <class L>
Result solved(const Problem<L, L2>& problem, int threads, int batch, double tolerance) {
  SilentTrace trace;
  return dual_cd(problem,
                 {.threads = threads, .max_epochs = 20000, .tolerance = tolerance, .batch = batch},
                 trace);
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("dual_cd reaches the optimum, and its bounds are bounds", "[dual]",
                        DualLosses) {
  for (const bool weighted : {false, true}) {
    for (const double lambda : {1.0, 0.01, 1e-4}) {
      const Shape shape{.rows = 200, .columns = 20, .weighted = weighted, .lambda = lambda};
      const auto instance = test::make_instance<TestType, L2>(shape, L2{lambda});
      const Problem<TestType, L2> problem = instance.problem();
      const test::OraclePoint best = test::oracle_minimum(instance.dense_problem());
      const double slack = 1e-8 * best.objective;
      for (const auto& [threads, batch] : {std::pair{1, 0}, {1, 16}, {2, 16}, {4, 5}, {8, 64}}) {
        CAPTURE(TestType::name, shape, lambda, threads, batch);
        Seen trace;
        const Result result = dual_cd(
            problem, {.threads = threads, .max_epochs = 20000, .tolerance = 1e-6, .batch = batch},
            trace);
        REQUIRE(result.status == Status::converged);
        REQUIRE(result.certificate.objective <= best.objective * (1.0 + 1e-6) + slack);
        for (const Certificate& point : trace.all) {
          REQUIRE(point.objective >= best.objective - slack);
          REQUIRE(point.dual_objective <= best.objective + slack);
        }
        const double objective =
            test::oracle_objective(instance.dense_problem(), test::dense(result.w), 0.0);
        REQUIRE(result.certificate.objective == Approx(objective).epsilon(1e-10));
      }
    }
  }
}

TEMPLATE_LIST_TEST_CASE("dual_cd has the same bits with 1, 2, 3, 4 and 8 threads", "[dual]",
                        DualLosses) {
  const auto instance =
      test::make_instance<TestType, L2>({.rows = 300, .columns = 40, .weighted = true}, L2{1e-3});
  for (const int batch : {2, 16, 64}) {
    const Result alone = solved(instance.problem(), 1, batch, 1e-7);
    for (const int threads : {2, 3, 4, 8}) {
      CAPTURE(TestType::name, batch, threads);
      const Result several = solved(instance.problem(), threads, batch, 1e-7);
      REQUIRE(several.w == alone.w);
      REQUIRE(several.epochs == alone.epochs);
      REQUIRE(several.certificate.objective == alone.certificate.objective);
      REQUIRE(several.certificate.dual_objective == alone.certificate.dual_objective);
    }
  }
}

TEMPLATE_LIST_TEST_CASE("shrinking and second-order steps come to the same optimum", "[dual]",
                        DualLosses) {
  const auto instance = test::make_instance<TestType, L2>({.rows = 200, .columns = 20}, L2{1e-3});
  const double best = solved(instance.problem(), 1, 0, 1e-9).certificate.objective;
  SilentTrace trace;
  for (const bool shrinking : {false, true}) {
    for (const bool second_order : {false, true}) {
      for (const int threads : {1, 2}) {
        CAPTURE(TestType::name, shrinking, second_order, threads);
        const Result result = dual_cd(instance.problem(),
                                      {.threads = threads,
                                       .max_epochs = 20000,
                                       .tolerance = 1e-5,
                                       .batch = 8,
                                       .shrinking = shrinking,
                                       .second_order = second_order},
                                      trace);
        REQUIRE(result.status == Status::converged);
        REQUIRE(result.certificate.objective == Approx(best).epsilon(1e-5));
      }
    }
  }
}

TEMPLATE_LIST_TEST_CASE("dual_cd started at the optimum is there at once", "[dual]", DualLosses) {
  const auto instance = test::make_instance<TestType, L2>({.rows = 200, .columns = 10}, L2{0.1});
  const Result cold = solved(instance.problem(), 1, 0, 1e-9);
  SilentTrace trace;
  for (const int threads : {1, 2}) {
    const Result warm =
        dual_cd(instance.problem(),
                {.threads = threads, .tolerance = 1e-2, .batch = 4, .initial = cold.w}, trace);
    REQUIRE(warm.status == Status::converged);
    REQUIRE(warm.epochs <= (TestType::smooth ? 0 : 20));
  }
}

TEST_CASE("rows of weight 0, empty rows and columns of doubles are no trouble", "[dual]") {
  const std::vector<Offset> pointers{0, 2, 2, 3, 5};
  const std::vector<Index> columns{0, 1, 1, 0, 2};
  const std::vector<double> values{1.0 / 3.0, 1e3 + 1e-7, -2.0, 0.7, 1e-9};
  const CsrMatrix matrix(pointers, columns, values, 4);
  const std::vector<double> y{1.0, -1.0, -1.0, 1.0};
  const std::vector<double> s{1.0, 2.0, 0.0, 3.0};
  const Problem<Hinge, L2> problem{matrix, y, {}, {0.05}, false, s};
  for (const int threads : {1, 2}) {
    const Result result = solved(problem, threads, 2, 1e-9);
    REQUIRE(result.status == Status::converged);
    REQUIRE(result.w[3] == 0.0);
    REQUIRE(result.w == solved(problem, 1, 2, 1e-9).w);
  }
}

TEST_CASE("dual_cd refuses what it does not solve", "[dual]") {
  const auto instance =
      test::make_instance<Hinge, ElasticNet>({.rows = 20, .columns = 3}, ElasticNet{0.1, 0.5});
  SilentTrace trace;
  REQUIRE_THROWS_AS(dual_cd(instance.problem(), {}, trace), std::invalid_argument);
  const auto centred =
      test::make_instance<Hinge, L2>({.rows = 20, .columns = 3, .intercept = true}, L2{0.1});
  REQUIRE_THROWS_AS(dual_cd(centred.problem(), {}, trace), std::invalid_argument);
  const auto fine = test::make_instance<Hinge, L2>({.rows = 20, .columns = 3}, L2{0.1});
  REQUIRE_THROWS_AS(dual_cd(fine.problem(), {.batch = 65}, trace), std::invalid_argument);
}

TEST_CASE("dual_cd ends when it is told to", "[dual]") {
  const auto instance = test::make_instance<Hinge, L2>({.rows = 200, .columns = 20}, L2{1e-5});
  struct Stop final : Trace {
    int left = 2;
    Verdict epoch(const Progress&) override {
      return left-- > 0 ? Verdict::go_on : Verdict::interrupt;
    }
  } stop;
  REQUIRE(
      dual_cd(instance.problem(), {.threads = 2, .tolerance = 1e-12, .batch = 4}, stop).status ==
      Status::interrupted);
  SilentTrace trace;
  REQUIRE(dual_cd(instance.problem(), {.max_epochs = 3, .tolerance = 1e-12}, trace).status ==
          Status::max_epochs);
  REQUIRE(dual_cd(instance.problem(),
                  {.max_epochs = 100000, .tolerance = 1e-15, .time_limit = 1e-6}, trace)
              .status == Status::time_limit);
}
