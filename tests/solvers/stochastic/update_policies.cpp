// The update policies, AdaGrad, the method with every option off, and every schedule.
#include <sounder/engine/shared/locked.hpp>

#include <tuple>

#include "solvers/stochastic/hogwild_checks.hpp"
#include "support/catch.hpp"

using sounder::Atomic;
using sounder::ElasticNet;
using sounder::Index;
using sounder::L1;
using sounder::L2;
using sounder::Locked;
using sounder::Logistic;
using sounder::Relaxed;
using sounder::SgdOptions;
using sounder::Squared;
using sounder::StepSchedule;
using sounder::test::excess;
using sounder::test::make_instance;
using sounder::test::OraclePoint;
using sounder::test::Shape;
using sounder::test::with_threads;

namespace {

/// Enough rows and columns for the passes between epochs to run in parallel too.
const Shape large{.rows = 4000, .columns = 80, .density = 0.1, .intercept = true, .weighted = true};

}  // namespace

TEMPLATE_TEST_CASE("every policy reaches the optimum with 1, 2, 4 and 8 threads", "[hogwild]",
                   Relaxed, Atomic, Locked) {
  const auto instance = make_instance<Logistic, L2>(large);
  const OraclePoint best = oracle_minimum(instance.dense_problem());
  for (const int threads : {1, 2, 4, 8}) {
    for (const int hot_columns : {0, -1}) {
      CAPTURE(threads, hot_columns);
      SgdOptions options = with_threads(threads, 3);
      options.hot_columns = hot_columns;
      REQUIRE(excess<TestType>(instance, best, options) <= 1e-8);
    }
  }
}

TEST_CASE("the paper's method, without what was added to it, comes within a few per cent",
          "[hogwild]") {
  const auto instance = make_instance<Squared, ElasticNet>({.intercept = true, .weighted = true});
  const OraclePoint best = oracle_minimum(instance.dense_problem());
  // Three times the worst of four seeds and shapes, for each schedule. A step that never falls
  // keeps its noise: it has to be small.
  for (const auto& [schedule, step, bound] :
       {std::tuple{StepSchedule::automatic, 0.0, 0.03}, std::tuple{StepSchedule::linear, 0.0, 0.03},
        std::tuple{StepSchedule::inverse, 0.0, 0.02},
        std::tuple{StepSchedule::epoch_decay, 0.0, 0.1},
        std::tuple{StepSchedule::constant, 0.05, 0.05}}) {
    for (const int threads : {1, 2, 4, 8}) {
      CAPTURE(static_cast<int>(schedule), threads);
      SgdOptions options = with_threads(threads, 2);
      options.variance_reduction = false;
      options.extrapolation = 0;
      options.newton = false;
      options.hot_columns = 0;
      options.schedule = schedule;
      options.step = step;
      REQUIRE(excess<Relaxed>(instance, best, options) <= bound);
    }
  }
}

TEST_CASE("AdaGrad comes within one per cent", "[hogwild]") {
  const auto instance = make_instance<Squared, ElasticNet>({.intercept = true, .weighted = true});
  const OraclePoint best = oracle_minimum(instance.dense_problem());
  for (const int threads : {1, 2, 4, 8}) {
    CAPTURE(threads);
    SgdOptions options = with_threads(threads, 2);
    options.adagrad = true;
    REQUIRE(excess<Relaxed>(instance, best, options) <= 0.01);
    REQUIRE(excess<Atomic>(instance, best, options) <= 0.01);
    REQUIRE(excess<Locked>(instance, best, options) <= 0.01);
  }
}

TEST_CASE("an l1 penalty leaves exact zeros", "[hogwild]") {
  const auto instance =
      make_instance<Squared, L1>({.rows = 400, .columns = 40, .density = 0.5, .lambda = 0.2});
  const OraclePoint best = oracle_minimum(instance.dense_problem());
  const auto clear_zeros = (best.w.array().abs() < 1e-6).count();
  REQUIRE(clear_zeros >= 10);
  for (const int threads : {1, 2, 4, 8}) {
    for (const int hot_columns : {0, -1}) {
      CAPTURE(threads, hot_columns);
      SgdOptions options = with_threads(threads);
      options.hot_columns = hot_columns;
      sounder::SilentTrace trace;
      const sounder::Result result = sounder::hogwild(instance.problem(), options, trace);
      const auto zeros = std::count(result.w.begin(), result.w.end(), 0.0);
      // Which ones an epoch's last rows have disturbed differs from run to run with threads.
      REQUIRE(zeros >= clear_zeros / 2);
      REQUIRE(result.certificate.nonzeros == 40 - zeros);
    }
  }
}
