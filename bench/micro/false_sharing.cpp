// False sharing: every thread updates one coordinate of its own, its neighbours' near or far.
#include <sounder/engine/shared/shared_vector.hpp>

#include "timing.hpp"

namespace {

using sounder::Atomic;
using sounder::Relaxed;

/// 8 bytes apart up to eight threads share a cache line; 64 apart each has its own, but for
/// hardware that fetches lines in pairs; 128 apart nothing is shared.
constexpr std::int64_t furthest = 128;

template <class Update>
void add_to_own_coordinate(benchmark::State& state) {
  static sounder::SharedVector<Update> shared(
      static_cast<std::size_t>(micro::thread_counts().back()) * furthest / sizeof(double));
  const std::size_t own =
      static_cast<std::size_t>(state.thread_index() * state.range(0)) / sizeof(double);
  for ([[maybe_unused]] auto step : state) {
    shared.add(own, 1.0);
  }
  state.SetItemsProcessed(state.iterations());
}

void distances(micro::Benchmark* run) {
  run->ArgName("bytes_apart")->Arg(sizeof(double))->Arg(64)->Arg(furthest);
  micro::by_concurrent_threads(run);
}

BENCHMARK_TEMPLATE(add_to_own_coordinate, Relaxed)->Apply(distances);
BENCHMARK_TEMPLATE(add_to_own_coordinate, Atomic)->Apply(distances);

}  // namespace
