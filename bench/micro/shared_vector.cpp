// What an update of a shared coordinate costs, by policy, number of threads and contention.
#include <sounder/engine/random.hpp>
#include <sounder/engine/shared_vector.hpp>

#include <benchmark/benchmark.h>

namespace {

/// Every thread adds to random ones of range(0) coordinates: 1 is full contention, a million
/// hardly any.
template <class Update>
void add_to_random_coordinate(benchmark::State& state) {
  static sounder::SharedVector<Update> shared(std::size_t{1} << 20);
  const auto columns = static_cast<std::uint64_t>(state.range(0));
  sounder::RandomStream random(1, static_cast<std::uint64_t>(state.thread_index()));
  for ([[maybe_unused]] auto step : state) {
    shared.add(random.below(columns), 1.0);
  }
  state.SetItemsProcessed(state.iterations());
}

void contention(benchmark::internal::Benchmark* run) {
  run->Arg(1)->Arg(8)->Arg(1 << 10)->Arg(1 << 20)->ThreadRange(1, 4);
  run->MeasureProcessCPUTime()->UseRealTime();
}

BENCHMARK_TEMPLATE(add_to_random_coordinate, sounder::Relaxed)->Apply(contention);
BENCHMARK_TEMPLATE(add_to_random_coordinate, sounder::Atomic)->Apply(contention);

}  // namespace
