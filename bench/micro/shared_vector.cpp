// What an update of a shared coordinate costs, by policy, number of threads and contention.
//
// Every iteration also draws the coordinate at random, which costs all policies the same.
#include <sounder/engine/base/random.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/shared/counting.hpp>
#include <sounder/engine/shared/shared_vector.hpp>

#include "timing.hpp"

#include <array>

namespace {

using sounder::Atomic;
using sounder::Counting;
using sounder::Locked;
using sounder::Plain;
using sounder::Relaxed;

constexpr std::uint64_t region = std::uint64_t{1} << 10;

/// What the threads of a run meet on.
template <class Update>
struct Shared {
  sounder::SharedVector<Update> vector{std::size_t{1} << 20};
  sounder::SampleLocks<Update> locks;
};

struct Coordinate {
  sounder::Index column;
};

/// Adds to random ones of `count` coordinates from `first` on, each a sample of its own.
template <class Update>
void add(benchmark::State& state, std::uint64_t first, std::uint64_t count) {
  static Shared<Update> shared;
  typename sounder::SharedVector<Update>::View view(shared.vector);
  typename sounder::SampleLocks<Update>::Scratch scratch;
  sounder::RandomStream random(1, static_cast<std::uint64_t>(state.thread_index()));
  for ([[maybe_unused]] auto step : state) {
    const std::uint64_t j = first + random.below(count);
    const std::array sample{Coordinate{static_cast<sounder::Index>(j)}};
    [[maybe_unused]] const auto guard = shared.locks.hold(sample, scratch);
    view.add(j, 1.0);
  }
  state.SetItemsProcessed(state.iterations());
}

/// No contention: every thread has coordinates to itself, which its cache holds.
template <class Update>
void add_to_own_region(benchmark::State& state) {
  add<Update>(state, region * static_cast<std::uint64_t>(state.thread_index()), region);
}

/// All threads draw from the same coordinates: one is full contention, a million hardly any.
template <class Update>
void add_to_any(benchmark::State& state) {
  add<Update>(state, 0, static_cast<std::uint64_t>(state.range(0)));
}

void contention(micro::Benchmark* run) {
  run->ArgName("coordinates")->Arg(1 << 20)->Arg(1 << 10)->Arg(8)->Arg(1);
}

BENCHMARK_TEMPLATE(add_to_own_region, Plain)->Threads(1)->Apply(micro::by_both_clocks);
BENCHMARK_TEMPLATE(add_to_own_region, Relaxed)->Apply(micro::by_concurrent_threads);
BENCHMARK_TEMPLATE(add_to_own_region, Atomic)->Apply(micro::by_concurrent_threads);
BENCHMARK_TEMPLATE(add_to_own_region, Locked)->Apply(micro::by_concurrent_threads);
BENCHMARK_TEMPLATE(add_to_own_region, Counting<Relaxed>)->Apply(micro::by_concurrent_threads);
BENCHMARK_TEMPLATE(add_to_own_region, Counting<Atomic>)->Apply(micro::by_concurrent_threads);
BENCHMARK_TEMPLATE(add_to_own_region, Counting<Locked>)->Apply(micro::by_concurrent_threads);

BENCHMARK_TEMPLATE(add_to_any, Plain)->Apply(contention)->Threads(1)->Apply(micro::by_both_clocks);
BENCHMARK_TEMPLATE(add_to_any, Relaxed)->Apply(contention)->Apply(micro::by_concurrent_threads);
BENCHMARK_TEMPLATE(add_to_any, Atomic)->Apply(contention)->Apply(micro::by_concurrent_threads);
BENCHMARK_TEMPLATE(add_to_any, Locked)->Apply(contention)->Apply(micro::by_concurrent_threads);
BENCHMARK_TEMPLATE(add_to_any, Counting<Relaxed>)
    ->Apply(contention)
    ->Apply(micro::by_concurrent_threads);
BENCHMARK_TEMPLATE(add_to_any, Counting<Atomic>)
    ->Apply(contention)
    ->Apply(micro::by_concurrent_threads);
BENCHMARK_TEMPLATE(add_to_any, Counting<Locked>)
    ->Apply(contention)
    ->Apply(micro::by_concurrent_threads);

}  // namespace
