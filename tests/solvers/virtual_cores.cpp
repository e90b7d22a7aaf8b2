// Runs on virtual cores: with one worker the bits of the serial run, with more the expected
// conflicts.
#include <sounder/solvers/hogwild.hpp>
#include <sounder/solvers/loss/logistic.hpp>
#include <sounder/solvers/penalty/l1.hpp>
#include <sounder/solvers/penalty/l2.hpp>
#include <sounder/solvers/sgd.hpp>
#include <sounder/solvers/virtual_cores.hpp>

#include <stdexcept>

#include "solvers/fixtures/correlated.hpp"
#include "solvers/fixtures/instances.hpp"
#include "solvers/fixtures/single_entries.hpp"
#include "support/catch.hpp"

using sounder::CoordinateOptions;
using sounder::Index;
using sounder::L1;
using sounder::L2;
using sounder::Logistic;
using sounder::Result;
using sounder::SgdOptions;
using sounder::SilentTrace;
using sounder::Status;
using sounder::VirtualRun;
using sounder::VirtualWorkers;
using sounder::test::correlated;
using sounder::test::make_instance;
using sounder::test::single_entries;

TEMPLATE_TEST_CASE("one virtual worker has the bits of the serial run", "[virtual]", L1, L2) {
  const auto instance = make_instance<Logistic, TestType>({.rows = 300, .columns = 60});
  SilentTrace trace;
  SgdOptions stochastic;
  stochastic.max_epochs = 6;
  const Result serial = sounder::sgd(instance.problem(), stochastic, trace);
  const VirtualRun alone =
      sounder::virtual_hogwild(instance.problem(), stochastic, {.count = 1}, trace);
  REQUIRE(alone.result.w == serial.w);
  REQUIRE(alone.result.certificate.objective == serial.certificate.objective);
  REQUIRE(alone.result.counts->collisions == 0);
  REQUIRE(alone.result.counts->staleness.largest() == 0.0);

  CoordinateOptions coordinate;
  coordinate.max_epochs = 6;
  coordinate.tolerance = 0.0;
  const Result shotgun = sounder::shotgun(instance.problem(), coordinate, trace);
  REQUIRE(sounder::virtual_shotgun(instance.problem(), coordinate, {.count = 1}, trace).result.w ==
          shotgun.w);
  const Result greedy = sounder::block_greedy(instance.problem(), coordinate, trace);
  REQUIRE(
      sounder::virtual_block_greedy(instance.problem(), coordinate, {.count = 1}, trace).result.w ==
      greedy.w);
}

TEST_CASE("many virtual workers: the same bits each time, and the optimum: 2, 8, 64", "[virtual]") {
  const auto instance =
      make_instance<Logistic, L2>({.rows = 2000, .columns = 300, .density = 0.02});
  SgdOptions options;
  options.max_epochs = 30;
  options.tolerance = 1e-5;
  for (const int count : {2, 8, 64}) {
    CAPTURE(count);
    SilentTrace trace;
    const VirtualWorkers workers{.count = count};
    const VirtualRun run = sounder::virtual_hogwild(instance.problem(), options, workers, trace);
    REQUIRE(run.result.status == Status::converged);
    REQUIRE(run.result.threads == count);
    REQUIRE(run.result.w ==
            sounder::virtual_hogwild(instance.problem(), options, workers, trace).result.w);
    // Whoever steps meets the others once each meanwhile, about half of them while it has read and
    // not yet written.
    REQUIRE(run.result.counts->staleness.mean() > 0.3 * (count - 1));
    REQUIRE(run.result.counts->staleness.mean() < 0.7 * (count - 1));
    REQUIRE(run.balance > 0.5);
    REQUIRE(run.balance <= 1.0);
  }
}

TEST_CASE("virtual collisions follow the construction: 2, 8, 64 workers", "[virtual]") {
  const auto apart = single_entries(4000, 4000, [](Index i) { return i; });
  const auto together = single_entries(4000, 1, [](Index) { return 0; });
  SgdOptions options;
  options.max_epochs = 2;
  options.hot_columns = 0;
  double last = 0.0;
  for (const int count : {2, 8, 64}) {
    CAPTURE(count);
    SilentTrace trace;
    const VirtualWorkers workers{.count = count};
    const VirtualRun none = sounder::virtual_hogwild(apart.problem(), options, workers, trace);
    REQUIRE(none.result.counts->updates == 2 * 4000);
    REQUIRE(none.result.counts->collisions == 0);
    const VirtualRun all = sounder::virtual_hogwild(together.problem(), options, workers, trace);
    const double rate = all.result.counts->collision_rate();
    REQUIRE(rate > last);
    last = rate;
  }
  REQUIRE(last > 0.99);
}

TEST_CASE("virtual Shotgun converges below P*, and says when it is far past it", "[virtual]") {
  const auto alike = correlated(60, 40, 1.0, /*seed=*/1);  // rank one: P* = 1
  CoordinateOptions options;
  options.max_epochs = 500;
  options.tolerance = 1e-6;
  options.extrapolation = 0;
  SilentTrace trace;
  const VirtualRun alone = sounder::virtual_shotgun(alike.problem(), options, {.count = 1}, trace);
  REQUIRE(alone.result.status == Status::converged);
  const VirtualRun many = sounder::virtual_shotgun(alike.problem(), options, {.count = 32}, trace);
  REQUIRE(many.result.status == Status::diverged);
  REQUIRE(many.result.parallel == 32);
}

TEST_CASE("AdaGrad is not simulated", "[virtual]") {
  const auto instance = make_instance<Logistic, L2>({.rows = 30, .columns = 5});
  SgdOptions options;
  options.adagrad = true;
  SilentTrace trace;
  REQUIRE_THROWS_AS(sounder::virtual_hogwild(instance.problem(), options, {.count = 2}, trace),
                    std::invalid_argument);
}
