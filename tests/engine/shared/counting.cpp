// What the counting twins count, for known collisions.
#include <sounder/engine/shared/counting.hpp>
#include <sounder/engine/threads/team.hpp>

#include <atomic>
#include <cmath>
#include <cstdint>
#include <vector>

#include "support/catch.hpp"

using sounder::Atomic;
using sounder::Counting;
using sounder::Histogram;
using sounder::Locked;
using sounder::Plain;
using sounder::Relaxed;
using sounder::SharedVector;
using sounder::Team;
using sounder::UpdateCounts;
using sounder::Worker;

namespace {

template <class Update>
using Vector = SharedVector<Counting<Update>>;

/// Steps of `threads` workers who all read coordinate j(rank) before any of them writes it.
template <class Update, class Coordinate>
UpdateCounts lockstep(int threads, int steps, Coordinate&& coordinate) {
  Vector<Update> shared(64);
  std::atomic<int> arrived = 0;
  const auto meet = [&](int round) {
    ++arrived;
    while (arrived < round * threads) {
    }
  };
  Team(threads).run([&](Worker worker) {
    typename Vector<Update>::View view(shared);
    const std::size_t j = coordinate(worker.rank);
    int round = 0;
    for (int k = 0; k < steps; ++k) {
      view.begin_step();
      static_cast<void>(view.get(j));
      meet(++round);
      view.add(j, 1.0);
      view.end_step();
      meet(++round);
    }
    view.hand_in();
  });
  return shared.counts();
}

}  // namespace

TEMPLATE_TEST_CASE("a counting twin updates as its original", "[counting]", Plain, Relaxed, Atomic,
                   Locked) {
  Vector<TestType> shared(3);
  typename Vector<TestType>::View view(shared);
  for (int k = 0; k < 10; ++k) {
    view.begin_step();
    const double x = view.get(1);
    view.update(1, [&](double now) { return now + x + 1.0; });
    view.set(2, 5.0);
    view.end_step();
  }
  REQUIRE(shared.snapshot() == std::vector<double>{0.0, 1023.0, 5.0});
  REQUIRE(shared.counts().updates == 0);
  view.hand_in();
  const UpdateCounts& counts = shared.counts();
  REQUIRE(counts.steps == 10);
  REQUIRE(counts.updates == 20);
  REQUIRE(counts.retries == 0);
  REQUIRE(counts.lost == 0);
  REQUIRE(counts.staleness.largest() == 0.0);
}

TEST_CASE("workers on coordinates of their own never collide: 1, 2, 4 threads", "[counting]") {
  for (const int threads : {1, 2, 4}) {
    const auto apart = [](int rank) { return static_cast<std::size_t>(8 * rank); };
    const UpdateCounts counts = lockstep<Relaxed>(threads, 50, apart);
    REQUIRE(counts.updates == 50 * threads);
    REQUIRE(counts.collisions == 0);
    REQUIRE(counts.lost == 0);
  }
}

TEST_CASE("of workers who read together all but the first to write collide: 1, 2, 4 threads",
          "[counting]") {
  for (const int threads : {1, 2, 4}) {
    CAPTURE(threads);
    const auto same = [](int) { return std::size_t{3}; };
    const UpdateCounts relaxed = lockstep<Relaxed>(threads, 50, same);
    const UpdateCounts atomic = lockstep<Atomic>(threads, 50, same);
    REQUIRE(relaxed.updates == 50 * threads);
    REQUIRE(relaxed.collisions == 50 * (threads - 1));
    REQUIRE(atomic.collisions == 50 * (threads - 1));
    REQUIRE(atomic.lost == 0);
    // Each of them sees those before it complete.
    REQUIRE(relaxed.staleness.largest() == threads - 1.0);
    REQUIRE(relaxed.staleness.mean() == Approx(0.5 * (threads - 1)));
  }
}

TEST_CASE("a coordinate that was not read anew is not taken for read", "[counting]") {
  Vector<Relaxed> shared(2);
  Vector<Relaxed>::View one(shared);
  Vector<Relaxed>::View other(shared);
  one.begin_step();
  static_cast<void>(one.get(0));
  other.begin_step();
  static_cast<void>(other.get(0));
  other.add(0, 1.0);
  other.end_step();
  one.add(0, 1.0);  // collides
  one.end_step();
  one.begin_step();
  static_cast<void>(one.get(0));
  one.add(0, 1.0);  // does not
  one.end_step();
  one.hand_in();
  other.hand_in();
  REQUIRE(shared.counts().collisions == 1);
  REQUIRE(shared.counts().collision_rate() == Approx(1.0 / 3.0));
  REQUIRE(shared.snapshot()[0] == 3.0);
}

TEST_CASE("a worker that writes twice what it read once does not collide with itself",
          "[counting]") {
  Vector<Atomic> shared(1);
  Vector<Atomic>::View one(shared);
  Vector<Atomic>::View other(shared);
  one.begin_step();
  static_cast<void>(one.get(0));
  one.add(0, 1.0);
  one.add(0, 1.0);
  other.begin_step();
  static_cast<void>(other.get(0));
  other.add(0, 1.0);
  other.end_step();
  one.add(0, 1.0);  // collides
  one.end_step();
  one.hand_in();
  other.hand_in();
  REQUIRE(shared.counts().updates == 4);
  REQUIRE(shared.counts().collisions == 1);
}

TEST_CASE("an exchange of a private copy collides if another came since the last one",
          "[counting]") {
  Vector<Atomic> shared(2);
  Vector<Atomic>::View one(shared);
  Vector<Atomic>::View other(shared);
  const auto more = [](double x) { return x + 1.0; };
  static_cast<void>(one.fetch(0));
  static_cast<void>(other.fetch(0));
  one.exchange(0, more);
  one.exchange(0, more);    // nobody came
  other.exchange(0, more);  // collides
  other.exchange(0, more);
  one.exchange(0, more);  // collides
  one.hand_in();
  other.hand_in();
  REQUIRE(shared.counts().updates == 5);
  REQUIRE(shared.counts().collisions == 2);
  REQUIRE(shared.snapshot()[0] == 5.0);
}

TEST_CASE("histogram: mean, quantiles and largest", "[counting]") {
  Histogram histogram;
  REQUIRE(std::isnan(histogram.mean()));
  REQUIRE(std::isnan(histogram.quantile(0.95)));
  for (int k = 1; k <= 100; ++k) {
    histogram.add(k);
  }
  REQUIRE(histogram.mean() == 50.5);
  REQUIRE(histogram.quantile(0.95) == 95.0);
  REQUIRE(histogram.quantile(1.0) == 100.0);
  REQUIRE(histogram.largest() == 100.0);
  Histogram large;
  large.add(5000);
  histogram.add(large);
  REQUIRE(histogram.size() == 101);
  REQUIRE(histogram.largest() == 5000.0);
  REQUIRE(histogram.quantile(1.0) == 5000.0);  // not above the largest
  REQUIRE(histogram.quantile(0.5) == 51.0);
}
