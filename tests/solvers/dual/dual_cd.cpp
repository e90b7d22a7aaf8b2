// Dual coordinate ascent against the oracle, and the same bits at any number of threads.
#include <sounder/engine/base/random.hpp>
#include <sounder/engine/matrix/csr_from_rows.hpp>
#include <sounder/solvers/dual_cd.hpp>

#include <cmath>
#include <string>
#include <tuple>
#include <utility>
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

template <class L>
void reaches_the_optimum(const Shape& shape) {
  const auto instance = test::make_instance<L, L2>(shape, L2{shape.lambda});
  const Problem<L, L2> problem = instance.problem();
  const test::OraclePoint best = test::oracle_minimum(instance.dense_problem());
  const double slack = 1e-8 * best.objective;
  for (const auto& [threads, batch] : {std::pair{1, 0}, {1, 16}, {2, 16}, {4, 5}, {8, 64}}) {
    CAPTURE(L::name, shape, shape.lambda, threads, batch);
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
        test::oracle_objective(instance.dense_problem(), test::dense(result.w), result.intercept);
    REQUIRE(result.certificate.objective == Approx(objective).epsilon(1e-10));
  }
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("dual_cd reaches the optimum, and its bounds are bounds", "[dual]",
                        DualLosses) {
  for (Shape shape : test::all_shapes({.rows = 120, .columns = 12})) {
    for (const double lambda : {1.0, 0.01, 1e-3}) {
      shape.lambda = lambda;
      reaches_the_optimum<TestType>(shape);
    }
  }
}

TEMPLATE_LIST_TEST_CASE("the same with a weak penalty", "[dual][slow]", DualLosses) {
  for (const Shape& shape : test::all_shapes({.rows = 200, .columns = 20, .lambda = 1e-4})) {
    reaches_the_optimum<TestType>(shape);
  }
}

TEMPLATE_LIST_TEST_CASE("dual_cd has the same bits with 1, 2, 3, 4 and 8 threads", "[dual]",
                        DualLosses) {
  for (const bool intercept : {false, true}) {
    const auto instance = test::make_instance<TestType, L2>(
        {.rows = 150, .columns = 30, .intercept = intercept, .weighted = true}, L2{1e-3});
    for (const int batch : {0, 2, 16, 64}) {
      const double tolerance = intercept ? 1e-5 : 1e-7;
      const Result alone = solved(instance.problem(), 1, batch, tolerance);
      for (const int threads : {2, 3, 4, 8}) {
        CAPTURE(TestType::name, intercept, batch, threads);
        const Result several = solved(instance.problem(), threads, batch, tolerance);
        REQUIRE(several.w == alone.w);
        REQUIRE(several.intercept == alone.intercept);
        REQUIRE(several.epochs == alone.epochs);
        REQUIRE(several.certificate.objective == alone.certificate.objective);
        REQUIRE(several.certificate.dual_objective == alone.certificate.dual_objective);
      }
    }
  }
}

TEMPLATE_LIST_TEST_CASE("shrinking and second-order steps come to the same optimum", "[dual]",
                        DualLosses) {
  const bool intercept = GENERATE(false, true);
  const auto instance = test::make_instance<TestType, L2>(
      {.rows = 200, .columns = 20, .intercept = intercept}, L2{1e-3});
  const double best = solved(instance.problem(), 1, 0, 1e-9).certificate.objective;
  SilentTrace trace;
  for (const bool shrinking : {false, true}) {
    for (const bool second_order : {false, true}) {
      for (const int threads : {1, 2}) {
        CAPTURE(TestType::name, intercept, shrinking, second_order, threads);
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
  const bool intercept = GENERATE(false, true);
  const auto instance = test::make_instance<TestType, L2>(
      {.rows = 200, .columns = 10, .intercept = intercept}, L2{0.1});
  const Result cold = solved(instance.problem(), 1, 0, 1e-9);
  SilentTrace trace;
  for (const int threads : {1, 2}) {
    const Result warm = dual_cd(instance.problem(),
                                {.threads = threads,
                                 .tolerance = 1e-2,
                                 .batch = 4,
                                 .initial = cold.w,
                                 .initial_intercept = cold.intercept},
                                trace);
    CAPTURE(TestType::name, intercept, threads);
    REQUIRE(warm.status == Status::converged);
    REQUIRE(warm.epochs <= (TestType::smooth ? 0 : 20));
  }
}

TEST_CASE("steps on w and b by turns would stick here: 1, 2 threads", "[dual]") {
  // 1/2 w^2 + 2 max(0, 1 - w - b) + max(0, 1 + b): by turns 1.82 at w = 0.2, the optimum is 1.5.
  const CsrMatrix matrix = CsrMatrix::adopt({0, 1, 1}, {0}, {1.0F}, 1);
  const std::vector<double> y{1.0, -1.0};
  const std::vector<double> s{2.0, 1.0};
  const Problem<Hinge, L2> problem{matrix, y, {}, {0.5}, true, s};
  for (const int threads : {1, 2}) {
    for (const int batch : {1, 2}) {
      const Result result = solved(problem, threads, batch, 1e-9);
      REQUIRE(result.status == Status::converged);
      REQUIRE(2.0 * result.certificate.objective == Approx(1.5).epsilon(1e-8));
      REQUIRE(2.0 * result.certificate.dual_objective <= 1.5 * (1.0 + 1e-12));
      REQUIRE(result.w[0] == Approx(1.0).epsilon(1e-4));
    }
  }
}

TEMPLATE_LIST_TEST_CASE("one class alone with an intercept: 1, 2 threads", "[dual]", DualLosses) {
  const CsrMatrix matrix = test::random_matrix(50, 4, 0.5, 2);
  for (const double sign : {1.0, -1.0}) {
    const std::vector<double> y(50, sign);
    const Problem<TestType, L2> problem{matrix, y, {}, {0.1}, true};
    for (const int threads : {1, 2}) {
      CAPTURE(TestType::name, sign, threads);
      const Result result = solved(problem, threads, 4, 1e-3);
      REQUIRE(std::isfinite(result.intercept));
      REQUIRE(result.intercept * sign > 0.9);
      REQUIRE(result.certificate.objective < 1e-9);
      REQUIRE(result.certificate.dual_objective <= 1e-12);
      REQUIRE(result.status == Status::converged);
    }
  }
}

TEST_CASE("a warm start by the intercept alone, and none at all, come to one optimum", "[dual]") {
  const auto instance = test::make_instance<Logistic, L2>(
      {.rows = 100, .columns = 5, .intercept = true, .weighted = true}, L2{0.05});
  const test::OraclePoint best = test::oracle_minimum(instance.dense_problem());
  SilentTrace trace;
  for (const int threads : {1, 2}) {
    for (const double b : {0.0, best.b, -7.0}) {
      const Result result = dual_cd(
          instance.problem(),
          {.threads = threads, .tolerance = 1e-9, .batch = 4, .initial_intercept = b}, trace);
      REQUIRE(result.status == Status::converged);
      REQUIRE(result.intercept == Approx(best.b).epsilon(1e-3));
      REQUIRE(result.certificate.objective == Approx(best.objective).epsilon(1e-8));
    }
  }
}

TEMPLATE_LIST_TEST_CASE("a start far off comes back where the penalty is strong", "[dual]",
                        DualLosses) {
  for (const double lambda : {1.0, 100.0, 1e4}) {
    const auto instance = test::make_instance<TestType, L2>(
        {.rows = 60, .columns = 4, .intercept = true}, L2{lambda});
    for (const double b : {-7.0, 1000.0}) {
      CAPTURE(lambda, b);
      SilentTrace trace;
      const Result result = dual_cd(
          instance.problem(), {.max_epochs = 60, .tolerance = 1e-3, .initial_intercept = b}, trace);
      REQUIRE(result.status == Status::converged);
    }
  }
}

TEMPLATE_LIST_TEST_CASE("balanced variables sum to zero within their bounds", "[dual]",
                        DualLosses) {
  RandomStream random(3);
  const TestType loss{};
  for (int run = 0; run < 50; ++run) {
    const std::size_t n = 1 + random.below(30);
    std::vector<double> y, c, squares, v;
    for (std::size_t i = 0; i < n; ++i) {
      y.push_back(TestType::classification ? (random.uniform() < 0.7 ? 1.0 : -1.0)
                                           : random.normal());
      c.push_back(random.uniform() < 0.1 ? 0.0 : std::exp(5.0 * random.normal()));
      squares.push_back(random.uniform() < 0.1 ? 0.0 : random.uniform());
      const Interval bounds = dual_bounds(loss, y[i], c[i]);
      const double far = 2.0 * c[i] * random.normal();
      v.push_back(std::clamp(random.uniform() < 0.5 ? far : 0.1 * far, bounds.low, bounds.high));
    }
    balance<TestType>(loss, y, c, squares, v);
    double sum = 0.0;
    double size = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      const Interval bounds = dual_bounds(loss, y[i], c[i]);
      REQUIRE(v[i] >= bounds.low);
      REQUIRE(v[i] <= bounds.high);
      sum += v[i];
      size += std::abs(v[i]);
    }
    CAPTURE(TestType::name, run, n);
    REQUIRE(std::abs(sum) <= 1e-14 * size);
  }
}

TEST_CASE("the best intercept of a hinge is a corner of its sum", "[dual]") {
  RandomStream random(8);
  for (int run = 0; run < 50; ++run) {
    const Index n = 1 + static_cast<Index>(random.below(12));
    const std::vector<Offset> empty(static_cast<std::size_t>(n) + 1, 0);
    const CsrMatrix rows = CsrMatrix::adopt(empty, {}, {}, 1);
    std::vector<double> y, s, z;
    for (Index i = 0; i < n; ++i) {
      y.push_back(random.uniform() < 0.5 ? 1.0 : -1.0);
      s.push_back(i > 0 && random.uniform() < 0.2 ? 0.0 : random.uniform() + 0.1);
      z.push_back(std::round(4.0 * random.normal()) / 2.0);  // with ties
    }
    const Problem<Hinge, L2> problem{rows, y, {}, {1.0}, true, s};
    const auto loss_at = [&](double t) {
      double sum = 0.0;
      for (std::size_t i = 0; i < y.size(); ++i) {
        sum += s[i] * std::max(0.0, 1.0 - y[i] * (z[i] + t));
      }
      return sum;
    };
    const double found = loss_at(best_intercept(problem, z, Team(1)));
    for (std::size_t i = 0; i < y.size(); ++i) {
      REQUIRE(found <= loss_at(y[i] - z[i]) + 1e-12);
    }
  }
}

TEST_CASE("rows of weight 0, empty rows and columns of doubles are no trouble", "[dual]") {
  const std::vector<Offset> pointers{0, 2, 2, 3, 5};
  const std::vector<Index> columns{0, 1, 1, 0, 2};
  const std::vector<double> values{1.0 / 3.0, 1e3 + 1e-7, -2.0, 0.7, 1e-9};
  const CsrMatrix matrix(pointers, columns, values, 4);
  const std::vector<double> y{1.0, -1.0, -1.0, 1.0};
  const std::vector<double> s{1.0, 2.0, 0.0, 3.0};
  for (const bool intercept : {false, true}) {
    const Problem<Hinge, L2> problem{matrix, y, {}, {0.05}, intercept, s};
    for (const int threads : {1, 2}) {
      CAPTURE(intercept, threads);
      const Result result = solved(problem, threads, 2, 1e-9);
      REQUIRE(result.status == Status::converged);
      REQUIRE(result.w[3] == 0.0);
      REQUIRE(result.w == solved(problem, 1, 2, 1e-9).w);
    }
  }
}

TEST_CASE("variables at the ends of their domain are certified, whatever rounding does", "[dual]") {
  // delta s_i / (n lambda) rounds to beyond delta for many weights.
  const auto plain = test::make_instance<Huber, L2>(
      {.rows = 300, .columns = 5, .weighted = true, .lambda = 1e-3}, L2{1e-3});
  Problem<Huber, L2> problem = plain.problem();
  for (const double delta : {0.05, 0.3, 1.5}) {
    problem.loss.delta = delta;
    for (const int threads : {1, 2}) {
      CAPTURE(delta, threads);
      REQUIRE(solved(problem, threads, 8, 1e-6).status == Status::converged);
    }
  }
}

TEST_CASE("one huge row does not take the digits of the others, with 1 and 2 threads", "[dual]") {
  const CsrMatrix many = test::random_matrix(400, 50, 0.2, 5);
  std::vector<std::vector<std::pair<Index, double>>> rows;
  std::vector<double> y;
  for (Index i = 0; i < many.rows(); ++i) {
    auto& row = rows.emplace_back();
    double sum = 0.0;
    many.row(i).for_each_double([&](Index j, double x) {
      row.emplace_back(j, x);
      sum += j % 2 == 0 ? x : -x;
    });
    y.push_back(sum > 0.0 ? 1.0 : -1.0);
  }
  rows.push_back({{3, 1e9}, {7, -2e9}});
  y.push_back(1.0);
  const CsrMatrix matrix = csr_from_rows(rows, 50);
  for (const bool intercept : {false, true}) {
    CAPTURE(intercept);
    const Problem<Hinge, L2> problem{matrix, y, {}, {1.0 / 401}, intercept};
    const Result alone = solved(problem, 1, 8, 1e-5);
    REQUIRE(alone.status == Status::converged);
    REQUIRE(solved(problem, 2, 8, 1e-5).w == alone.w);
  }
}

TEST_CASE("stored zeros do not matter to the bits: 1, 2, 3 threads", "[dual]") {
  std::vector<Offset> pointers{0};
  std::vector<Index> columns;
  std::vector<double> values;
  std::vector<double> y;
  RandomStream random(9);
  for (int i = 0; i < 60; ++i) {
    for (Index j = 0; j < 12; ++j) {
      columns.push_back(j);
      values.push_back(j == 4 ? 0.0 : random.normal());
    }
    pointers.push_back(static_cast<Offset>(columns.size()));
    y.push_back(random.uniform() < 0.5 ? 1.0 : -1.0);
  }
  const CsrMatrix matrix(pointers, columns, values, 12);
  const Problem<SquaredHinge, L2> problem{matrix, y, {}, {1e-3}};
  const Result alone = solved(problem, 1, 16, 1e-9);
  REQUIRE(alone.status == Status::converged);
  REQUIRE(alone.w[4] == 0.0);
  for (const int threads : {2, 3}) {
    REQUIRE(solved(problem, threads, 16, 1e-9).w == alone.w);
  }
}

TEST_CASE("rows of sizes from 1e-25 to 1e25 go in batches, too", "[dual]") {
  const std::vector<std::vector<std::pair<Index, double>>> rows{
      {{0, 1e25}, {1, 2e25}},    {{0, 2e25}, {1, -1e25}}, {{2, 1e-25}, {3, 2e-25}},
      {{2, -3e-25}, {3, 1e-25}}, {{4, 1.0}, {5, 2.0}},    {{4, -1.0}, {5, 0.5}}};
  const std::vector<double> y{1.0, -1.0, 1.0, -1.0, 1.0, -1.0};
  const CsrMatrix matrix = csr_from_rows(rows, 6);
  for (const int threads : {1, 2}) {
    const Result result =
        solved(Problem<SquaredHinge, L2>{matrix, y, {}, {1e-2}}, threads, 6, 1e-6);
    REQUIRE(result.status == Status::converged);
  }
}

TEST_CASE("dual_cd refuses what it does not solve", "[dual]") {
  const auto instance =
      test::make_instance<Hinge, ElasticNet>({.rows = 20, .columns = 3}, ElasticNet{0.1, 0.5});
  SilentTrace trace;
  REQUIRE_THROWS_AS(dual_cd(instance.problem(), {}, trace), std::invalid_argument);
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
