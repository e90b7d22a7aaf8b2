// Data with something missing, starting points other than zero, and refusals.
#include <cmath>
#include <limits>
#include <string>

#include "solvers/stochastic/hogwild_checks.hpp"
#include "support/catch.hpp"

using sounder::CsrMatrix;
using sounder::ElasticNet;
using sounder::L1;
using sounder::L2;
using sounder::Logistic;
using sounder::NoPenalty;
using sounder::Problem;
using sounder::Result;
using sounder::SgdOptions;
using sounder::SilentTrace;
using sounder::Squared;
using sounder::Status;
using sounder::test::excess;
using sounder::test::Instance;
using sounder::test::make_instance;
using sounder::test::OraclePoint;
using sounder::test::with_threads;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// Runs with 1, 2, 4 and 8 threads, with and without intercept, against the oracle.
void solves(const CsrMatrix& matrix, const std::vector<double>& targets, double bound = 1e-8) {
  for (const bool intercept : {false, true}) {
    const Instance<Squared, L2> instance(matrix, targets, {}, {0.01}, intercept);
    const OraclePoint best = oracle_minimum(instance.dense_problem());
    for (const int threads : {1, 2, 4, 8}) {
      for (const int hot_columns : {0, -1}) {
        CAPTURE(intercept, threads, hot_columns);
        SgdOptions options = with_threads(threads);
        options.hot_columns = hot_columns;
        REQUIRE(excess<sounder::Relaxed>(instance, best, options) <= bound);
      }
    }
  }
}

}  // namespace

TEST_CASE("rows without features and columns without rows", "[edge]") {
  // Columns 1 and 4 are empty, rows 1 and 5 as well.
  const CsrMatrix matrix = CsrMatrix::adopt({0, 2, 2, 3, 5, 6, 6}, {0, 2, 0, 2, 3, 3},
                                            {1.0F, 2.0F, -1.0F, 0.5F, 3.0F, -2.0F}, 5);
  solves(matrix, {1.0, 2.0, -1.0, 0.5, 3.0, -4.0});
}

TEST_CASE("a single row, a single column, a single number", "[edge]") {
  solves(CsrMatrix::adopt({0, 3}, {0, 1, 2}, {1.0F, 2.0F, -3.0F}, 3), {2.0});
  solves(CsrMatrix::adopt({0, 1, 2, 3}, {0, 0, 0}, {1.0F, 2.0F, -3.0F}, 1), {2.0, 1.0, 4.0});
  solves(CsrMatrix::adopt({0, 1}, {0}, {5.0F}, 1), {2.0});
}

TEST_CASE("no features at all, or nothing but stored zeros", "[edge]") {
  for (const double size : {1.0, 1e12}) {
    const std::vector<double> targets{size, -2.0 * size, 4.0 * size};
    solves(CsrMatrix::adopt({0, 0, 0, 0}, {}, {}, 2), targets);
    solves(CsrMatrix::adopt({0, 1, 2, 3}, {0, 0, 1}, {0.0F, 0.0F, 0.0F}, 2), targets);
  }
  const CsrMatrix no_columns = CsrMatrix::adopt({0, 0}, {}, {}, 0);
  const std::vector<double> targets{3.0};
  SilentTrace trace;
  const Problem<Squared, L1> problem{no_columns, targets, {}, {1.0}, true, {}};
  const Result result = sounder::hogwild(problem, with_threads(2), trace);
  REQUIRE(result.w.empty());
  REQUIRE(result.intercept == Approx(3.0));
}

TEST_CASE("targets that are all zero, or all one class", "[edge]") {
  const auto matrix = sounder::test::random_matrix(50, 4, 0.5, 2);
  const std::vector<double> zeros(50, 0.0);
  SilentTrace trace;
  const Problem<Squared, L2> flat{matrix, zeros, {}, {0.1}, true, {}};
  const Result nothing = sounder::hogwild(flat, {}, trace);
  REQUIRE(nothing.certificate.objective == 0.0);
  REQUIRE(nothing.w == std::vector<double>(4, 0.0));
  REQUIRE(std::isfinite(nothing.certificate.relative_gap));
  const std::vector<double> ones(50, 1.0);
  const Problem<Logistic, L2> one_class{matrix, ones, {}, {0.1}, true, {}};
  const Result sure = sounder::hogwild(one_class, {}, trace);
  REQUIRE(std::isfinite(sure.intercept));
  REQUIRE(sure.intercept > 1.0);
  REQUIRE(sure.certificate.objective < 0.01);
  REQUIRE(std::isfinite(sure.certificate.relative_gap));
}

TEST_CASE("no epochs: the start is the result, to the bit", "[edge]") {
  const auto instance = make_instance<Logistic, ElasticNet>({.columns = 3});
  SgdOptions options;
  options.max_epochs = 0;
  SilentTrace trace;
  const Result zero = sounder::hogwild(instance.problem(), options, trace);
  REQUIRE(zero.status == Status::max_epochs);
  REQUIRE(zero.epochs == 0);
  REQUIRE(zero.w == std::vector<double>(3, 0.0));
  REQUIRE(zero.certificate.objective == Approx(std::log(2.0)));
  const std::vector<double> start{0.1, -1e-9, 12345.678};
  options.initial = start;
  REQUIRE(sounder::hogwild(instance.problem(), options, trace).w == start);
}

TEMPLATE_TEST_CASE("a warm start at the optimum stays there", "[edge]", NoPenalty, L1, L2,
                   ElasticNet) {
  const auto instance = make_instance<Logistic, TestType>({.intercept = true, .weighted = true});
  const OraclePoint best = oracle_minimum(instance.dense_problem());
  const std::vector<double> start(best.w.begin(), best.w.end());
  for (const int threads : {1, 2, 4, 8}) {
    CAPTURE(threads);
    SgdOptions options = with_threads(threads);
    options.initial = start;
    options.initial_intercept = best.b;
    sounder::test::Recorder trace;
    const Result result = sounder::hogwild(instance.problem(), options, trace);
    REQUIRE(result.status == Status::max_epochs);
    REQUIRE(result.certificate.objective <= best.objective * (1.0 + 1e-9));
    for (const sounder::Progress& progress : trace.seen) {
      REQUIRE(progress.certificate.objective <= best.objective * 1.05);
    }
  }
}

TEST_CASE("options out of range are refused by name", "[edge]") {
  const auto instance = make_instance<Logistic, L2>({.rows = 20, .columns = 3});
  SilentTrace trace;
  const auto refused = [&](const std::string& name, auto&& change) {
    SgdOptions options;
    change(options);
    REQUIRE_THROWS_AS(sounder::hogwild(instance.problem(), options, trace), std::invalid_argument);
    REQUIRE_THROWS_WITH(sounder::hogwild(instance.problem(), options, trace),
                        Catch::Contains(name));
  };
  const std::vector<double> two{1.0, 2.0};
  const std::vector<double> lost{1.0, not_a_number, 2.0};
  refused("threads", [](SgdOptions& o) { o.threads = 0; });
  refused("max_epochs", [](SgdOptions& o) { o.max_epochs = -1; });
  refused("tolerance", [](SgdOptions& o) { o.tolerance = -1e-3; });
  refused("tolerance", [](SgdOptions& o) { o.tolerance = not_a_number; });
  refused("time_limit", [](SgdOptions& o) { o.time_limit = 0.0; });
  refused("time_limit", [](SgdOptions& o) { o.time_limit = not_a_number; });
  refused("step", [](SgdOptions& o) { o.step = -1.0; });
  refused("step", [](SgdOptions& o) { o.step = INFINITY; });
  refused("step_decay", [](SgdOptions& o) { o.step_decay = 0.0; });
  refused("step_decay", [](SgdOptions& o) { o.step_decay = 1.5; });
  refused("extrapolation", [](SgdOptions& o) { o.extrapolation = -1; });
  refused("extrapolation", [](SgdOptions& o) { o.extrapolation = 65; });
  refused("row_block", [](SgdOptions& o) { o.row_block = 0; });
  refused("hot_columns", [](SgdOptions& o) { o.hot_columns = -2; });
  refused("initial_intercept", [](SgdOptions& o) { o.initial_intercept = not_a_number; });
  refused("initial", [&](SgdOptions& o) { o.initial = two; });
  refused("initial", [&](SgdOptions& o) { o.initial = lost; });
}

TEST_CASE("problems that do not fit are refused", "[edge]") {
  const CsrMatrix matrix = CsrMatrix::adopt({0, 1, 2}, {0, 1}, {1.0F, 2.0F}, 2);
  const std::vector<double> signs{1.0, -1.0};
  const std::vector<double> reals{1.0, 0.5};
  const std::vector<double> lost{1.0, not_a_number};
  const std::vector<double> three{1.0, 1.0, 1.0};
  const std::vector<double> zeros{0.0, 0.0};
  SilentTrace trace;
  const auto refused = [&](const auto& problem, const std::string& reason) {
    REQUIRE_THROWS_AS(sounder::hogwild(problem, {}, trace), std::invalid_argument);
    REQUIRE_THROWS_WITH(sounder::hogwild(problem, {}, trace), Catch::Contains(reason));
  };
  using Classification = Problem<Logistic, L2>;
  refused(Classification{matrix, three, {}, {1.0}, false, {}}, "one number a row");
  refused(Classification{matrix, signs, {}, {1.0}, false, three}, "one number a row");
  refused(Classification{matrix, reals, {}, {1.0}, false, {}}, "logistic");
  refused(Classification{matrix, signs, {}, {1.0}, false, signs}, "weights");
  refused(Classification{matrix, signs, {}, {1.0}, false, lost}, "weights");
  refused(Classification{matrix, signs, {}, {1.0}, false, zeros}, "weights are zero");
  refused(Classification{CsrMatrix{}, {}, {}, {1.0}, false, {}}, "no rows");
  refused(Problem<Squared, L2>{matrix, lost, {}, {1.0}, false, {}}, "squared");
  for (const double lambda : {-1.0, not_a_number, double{INFINITY}}) {
    CAPTURE(lambda);
    refused(Classification{matrix, signs, {}, {lambda}, false, {}}, "penalty");
    refused(Problem<Logistic, L1>{matrix, signs, {}, {lambda}, false, {}}, "penalty");
  }
}
