#include <sounder/engine/base/random.hpp>
#include <sounder/engine/shared/locked.hpp>
#include <sounder/engine/shared/shared_vector.hpp>
#include <sounder/engine/threads/team.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "support/catch.hpp"

using sounder::AlignedArray;
using sounder::Atomic;
using sounder::Locked;
using sounder::Plain;
using sounder::RandomStream;
using sounder::Relaxed;
using sounder::SampleLocks;
using sounder::SharedVector;
using sounder::Team;
using sounder::Worker;

namespace {

struct Entry {
  std::int32_t column;
};

/// Every worker adds 1 to coordinate 3 `times` times and watches what it reads back.
template <class Update>
double crowd(int threads, int times, int& torn) {
  SharedVector<Update> shared(8);
  std::vector<int> bad(static_cast<std::size_t>(threads));
  Team(threads).run([&](Worker worker) {
    int& mine = bad[static_cast<std::size_t>(worker.rank)];
    for (int k = 0; k < times; ++k) {
      shared.add(3, 1.0);
      const double seen = shared.get(3);
      mine += seen == std::floor(seen) && seen >= 0.0 && seen <= 1.0 * threads * times ? 0 : 1;
    }
  });
  torn = 0;
  for (const int count : bad) {
    torn += count;
  }
  const std::vector<double> values = shared.snapshot();
  REQUIRE(std::count(values.begin(), values.end(), 0.0) == 7);
  return values[3];
}

}  // namespace

TEMPLATE_TEST_CASE("a shared vector holds what it is given", "[shared_vector]", Plain, Relaxed,
                   Atomic, Locked) {
  SharedVector<TestType> shared(5);
  REQUIRE(shared.size() == 5);
  REQUIRE(shared.snapshot() == std::vector<double>(5, 0.0));
  shared.assign(std::vector<double>{1.0, 2.0, 3.0, 4.0, -0.5});
  shared.add(4, 0.25);
  shared.update(1, [](double x) { return 10.0 * x; });
  REQUIRE(shared.get(1) == 20.0);
  const std::vector<double> before = shared.snapshot();
  REQUIRE(before == std::vector<double>{1.0, 20.0, 3.0, 4.0, -0.25});
  shared.quiescent()[0] = 7.0;
  REQUIRE(shared.get(0) == 7.0);
  REQUIRE(before[0] == 1.0);  // a snapshot is a copy
  shared.assign({});
  REQUIRE(shared.snapshot() == std::vector<double>(5, 0.0));
  REQUIRE(SharedVector<TestType>(0).snapshot().empty());
}

TEST_CASE("atomic updates lose nothing with 1, 2, 4 and 8 threads", "[shared_vector]") {
  for (const int threads : {1, 2, 4, 8}) {
    CAPTURE(threads);
    int torn = 0;
    REQUIRE(crowd<Atomic>(threads, 20'000, torn) == 20'000.0 * threads);
    REQUIRE(torn == 0);
  }
}

TEST_CASE("relaxed updates may be lost, never torn, with 1, 2, 4 and 8 threads",
          "[shared_vector]") {
  for (const int threads : {1, 2, 4, 8}) {
    CAPTURE(threads);
    int torn = 0;
    const double sum = crowd<Relaxed>(threads, 20'000, torn);
    REQUIRE(torn == 0);
    REQUIRE(sum == std::floor(sum));
    REQUIRE(sum >= 1.0);
    REQUIRE(sum <= 20'000.0 * threads);
  }
}

TEST_CASE("an atomic update is computed again when another one came between", "[shared_vector]") {
  // Doubling and adding do not commute: only whole updates leave a value that an order explains.
  for (const int threads : {2, 4, 8}) {
    CAPTURE(threads);
    SharedVector<Atomic> shared(1);
    Team(threads).run([&](Worker) {
      for (int k = 0; k < 5'000; ++k) {
        shared.update(0, [](double x) { return std::fmod(x + 1.0, 1'000.0); });
      }
    });
    REQUIRE(shared.get(0) == std::fmod(5'000.0 * threads, 1'000.0));
  }
}

TEST_CASE("locked samples lose nothing and never wait for each other, with 1, 2, 4 and 8 threads",
          "[shared_vector]") {
  // Samples of 6 coordinates, some in one stripe, some in stripes that wrap around (8,192 columns
  // share 1,024 stripes), given in whatever order the worker draws them.
  constexpr int samples = 3'000;
  const std::vector<std::int32_t> pool{0, 1, 9, 17, 8'191, 8'192, 8'193, 16'384, 20'000};
  for (const int threads : {1, 2, 4, 8}) {
    CAPTURE(threads);
    SharedVector<Locked> shared(20'001);
    SampleLocks<Locked> locks;
    std::vector<std::vector<double>> added(static_cast<std::size_t>(threads),
                                           std::vector<double>(pool.size()));
    Team(threads).run([&](Worker worker) {
      std::vector<double>& mine = added[static_cast<std::size_t>(worker.rank)];
      RandomStream random(11, static_cast<std::uint64_t>(worker.rank));
      SampleLocks<Locked>::Scratch scratch;
      for (int k = 0; k < samples; ++k) {
        std::vector<Entry> sample;
        for (int e = 0; e < 6; ++e) {  // repeated columns must not lock a stripe twice
          const std::size_t pick = random.below(pool.size());
          sample.push_back({pool[pick]});
          mine[pick] += 1.0;
        }
        const auto guard = locks.hold(sample, scratch);
        for (const Entry& entry : sample) {
          shared.add(static_cast<std::size_t>(entry.column), 1.0);
        }
      }
    });
    for (std::size_t pick = 0; pick < pool.size(); ++pick) {
      double expected = 0.0;
      for (const std::vector<double>& mine : added) {
        expected += mine[pick];
      }
      CAPTURE(pool[pick]);
      REQUIRE(shared.get(static_cast<std::size_t>(pool[pick])) == expected);
    }
  }
}

TEST_CASE("aligned arrays are aligned, move and do not copy", "[aligned_array]") {
  static_assert(!std::is_copy_constructible_v<AlignedArray<float>>);
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{9},
                                 std::size_t{1} << 18, (std::size_t{1} << 18) + 1}) {
    CAPTURE(size);
    AlignedArray<double> array(size);
    REQUIRE(array.size() == size);
    REQUIRE(reinterpret_cast<std::uintptr_t>(array.data()) % 64 == 0);
    std::fill_n(array.data(), size, 2.5);  // every byte of it is ours to write
    const double* data = array.data();
    AlignedArray<double> moved(std::move(array));
    REQUIRE(moved.data() == data);
    REQUIRE(array.size() == 0);  // NOLINT(bugprone-use-after-move): that is what is asked
    array = std::move(moved);
    REQUIRE(array.data() == data);
    REQUIRE(array.size() == size);
    if (size > 0) {
      REQUIRE(array[size - 1] == 2.5);
    }
  }
}
