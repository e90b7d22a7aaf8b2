// Newton epochs of the parallel coordinate solvers: when they begin, and what they save.
#include <sounder/solvers/coordinate/gap_forecast.hpp>

#include <cmath>

#include "solvers/coordinate/coordinate_solvers.hpp"
#include "solvers/fixtures/correlated.hpp"
#include "support/catch.hpp"

using sounder::CoordinateOptions;
using sounder::Result;
using sounder::SilentTrace;
using sounder::Status;
using sounder::Trace;
using namespace sounder::test;

TEST_CASE("pace sees a tolerance that is far away", "[coordinate]") {
  // A gap that falls by 2 % an epoch: 1e-2 is 230 epochs from 1, and 1e-10 for ever further.
  const auto far = [](double tolerance, double factor) {
    sounder::GapForecast pace(tolerance);
    double gap = 1.0;
    for (int epoch = 0; epoch <= 30; ++epoch) {
      pace.see(epoch, gap);
      gap *= factor;
    }
    return pace.far();
  };
  REQUIRE(far(1e-10, 0.98));
  REQUIRE(far(1e-2, 0.98));
  REQUIRE_FALSE(far(1e-2, 0.9));
  REQUIRE_FALSE(far(0.0, 1.0));
  REQUIRE(far(1e-3, 1.0));
}

TEST_CASE("a tolerance far away is reached by Newton passes, with 1, 2 and 4 threads",
          "[coordinate]") {
  const auto instance = correlated(200, 150, 0.9, 3, 1e-3);
  const auto problem = instance.problem();
  const double least = oracle_minimum(instance.dense_problem()).objective;
  const auto check = [&](const auto& solver, const auto& bare) {
    for (const int threads : {1, 2, 4}) {
      CoordinateOptions options;
      options.threads = threads;
      options.tolerance = 1e-10;
      options.max_epochs = 400;
      const Result with = quietly(solver, problem, options);
      options.newton = false;
      const Result without = quietly(solver, problem, options);
      if (threads == 1) {  // without newton_epochs options.newton changes nothing
        SilentTrace trace;
        options.newton = true;
        REQUIRE(bare(problem, options, trace).w == without.w);
      }
      CAPTURE(threads, with.epochs, without.epochs);
      REQUIRE(with.status == Status::converged);
      REQUIRE(std::abs(with.certificate.objective - least) <= 1e-8 * least);
      REQUIRE(2 * with.epochs <= without.epochs);
      // With a given P the caller wants to see its effect.
      options.threads = 1;
      options.parallel = 2;
      options.max_epochs = 40;
      const Result given = quietly(solver, problem, options);
      options.newton = true;
      const Result same = quietly(solver, problem, options);
      REQUIRE(given.w == same.w);
    }
  };
  SECTION("shotgun") {
    check(by_shotgun, [](const auto& own, const CoordinateOptions& options, Trace& trace) {
      return sounder::shotgun(own, options, trace);
    });
  }
  SECTION("block-greedy") {
    check(by_greed, [](const auto& own, const CoordinateOptions& options, Trace& trace) {
      return sounder::block_greedy(own, options, trace);
    });
  }
  SECTION("block-cd") {
    check(by_block, [](const auto& own, const CoordinateOptions& options, Trace& trace) {
      return sounder::block_cd(own, options, trace);
    });
  }
}
