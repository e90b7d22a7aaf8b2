// Runs with counting policies: the same solution, and the conflicts of the workers.
#include <sounder/engine/shared/counting.hpp>
#include <sounder/solvers/hogwild.hpp>
#include <sounder/solvers/loss/logistic.hpp>
#include <sounder/solvers/penalty/l2.hpp>
#include <sounder/solvers/shotgun.hpp>

#include <cstdint>
#include <vector>

#include "solvers/fixtures/instances.hpp"
#include "solvers/fixtures/single_entries.hpp"
#include "support/catch.hpp"

using sounder::Atomic;
using sounder::Counting;
using sounder::Index;
using sounder::L2;
using sounder::Locked;
using sounder::Logistic;
using sounder::Relaxed;
using sounder::Result;
using sounder::SgdOptions;
using sounder::SilentTrace;
using sounder::test::make_instance;
using sounder::test::single_entries;

namespace {

SgdOptions paper(int threads) {
  SgdOptions options;
  options.threads = threads;
  options.max_epochs = 3;
  options.hot_columns = 0;
  return options;
}

}  // namespace

TEMPLATE_TEST_CASE("with one thread a counting run has the bits of the plain one", "[counting]",
                   Relaxed, Atomic, Locked) {
  const auto instance = make_instance<Logistic, L2>({.rows = 300, .columns = 30});
  SilentTrace trace;
  const Result plain = sounder::hogwild<TestType>(instance.problem(), paper(1), trace);
  const Result counted = sounder::hogwild<Counting<TestType>>(instance.problem(), paper(1), trace);
  REQUIRE(counted.w == plain.w);
  REQUIRE_FALSE(plain.counts.has_value());
  REQUIRE(counted.counts.has_value());
  REQUIRE(counted.counts->steps == 3 * 300);
  REQUIRE(counted.counts->updates == counted.updates);
  REQUIRE(counted.counts->collisions == 0);
}

TEST_CASE("disjoint supports never collide: 2, 4, 8 threads", "[counting]") {
  const auto instance = single_entries(4000, 4000, [](Index i) { return i; });
  for (const int threads : {2, 4, 8}) {
    SilentTrace trace;
    const Result result =
        sounder::hogwild<Counting<Relaxed>>(instance.problem(), paper(threads), trace);
    REQUIRE(result.counts->updates == 3 * 4000);
    REQUIRE(result.counts->collisions == 0);
    REQUIRE(result.counts->lost == 0);
  }
}

TEST_CASE("one coordinate in every row: every update may collide, none is lost with Atomic",
          "[counting]") {
  const auto instance = single_entries(20'000, 1, [](Index) { return 0; });
  for (const int threads : {2, 4, 8}) {
    CAPTURE(threads);
    SilentTrace trace;
    const Result result =
        sounder::hogwild<Counting<Atomic>>(instance.problem(), paper(threads), trace);
    const sounder::UpdateCounts& counts = *result.counts;
    REQUIRE(counts.updates == 3 * 20'000);
    REQUIRE(counts.steps == counts.updates);
    REQUIRE(counts.lost == 0);
    REQUIRE(counts.collisions <= counts.updates);
    REQUIRE(result.certificate.relative_gap < 1e-3);
  }
}

TEST_CASE("exchanges of private copies are counted: one coordinate in every row, 2, 4 threads",
          "[counting]") {
  const auto instance = single_entries(20'000, 1, [](Index) { return 0; });
  for (const int threads : {1, 2, 4}) {
    SgdOptions options = paper(threads);
    options.hot_columns = -1;
    SilentTrace trace;
    const Result result = sounder::hogwild<Counting<Atomic>>(instance.problem(), options, trace);
    const sounder::UpdateCounts& counts = *result.counts;
    REQUIRE(counts.steps == 3 * 20'000);
    REQUIRE(counts.updates >= counts.steps / 16);
    REQUIRE(counts.updates <= counts.steps / 16 + 3 * threads);
    REQUIRE(counts.collisions <= (threads > 1 ? counts.updates : 0));
  }
}

TEST_CASE("Shotgun counts the margins' updates: 1, 2, 4 threads", "[counting]") {
  const auto instance = make_instance<Logistic, L2>({.rows = 300, .columns = 60, .density = 0.1});
  for (const int threads : {1, 2, 4}) {
    sounder::CoordinateOptions options;
    options.threads = threads;
    options.parallel = threads;
    options.max_epochs = 5;
    options.tolerance = 0.0;
    SilentTrace trace;
    const Result result = sounder::shotgun<Counting<Atomic>>(instance.problem(), options, trace);
    if (threads == 1) {
      REQUIRE(result.w == sounder::shotgun(instance.problem(), options, trace).w);
    }
    REQUIRE(result.counts.has_value());
    REQUIRE(result.counts->steps > 0);
    REQUIRE(result.counts->collisions <= (threads > 1 ? result.counts->updates : 0));
    REQUIRE_FALSE(result.counts->step_seconds.empty());
    REQUIRE(result.counts->lost == 0);
  }
}
