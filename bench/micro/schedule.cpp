// What a schedule costs a row, in blocks of one row and of sixteen: to shuffle it, and to follow
// it.
#include <sounder/engine/threads/schedule.hpp>

#include "timing.hpp"

#include <vector>

namespace {

constexpr std::int64_t rows = std::int64_t{1} << 20;

sounder::Schedule schedule(const benchmark::State& state) {
  return {rows, state.range(0), 1};
}

void per_row(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * rows);
  state.counters["a_row"] =
      benchmark::Counter(static_cast<double>(rows), benchmark::Counter::kIsIterationInvariantRate |
                                                        benchmark::Counter::kInvert);
}

void shuffle(benchmark::State& state) {
  sounder::Schedule order = schedule(state);
  int epoch = 0;
  for ([[maybe_unused]] auto step : state) {
    order.shuffle(++epoch);
    benchmark::ClobberMemory();
  }
  per_row(state);
}

/// Reads one number a row, 8 MiB in all, in the schedule's order.
void walk(benchmark::State& state) {
  sounder::Schedule order = schedule(state);
  order.shuffle(1);
  const std::vector<double> targets(rows, 1.0);
  for ([[maybe_unused]] auto step : state) {
    double sum = 0.0;
    for (std::int64_t position = 0; position < order.positions(); ++position) {
      const sounder::Range block = order.rows_at(position);
      for (std::int64_t i = block.begin; i < block.end; ++i) {
        sum += targets[static_cast<std::size_t>(i)];
      }
    }
    benchmark::DoNotOptimize(sum);
  }
  per_row(state);
}

void blocks(micro::Benchmark* run) {
  run->ArgName("block")->Arg(1)->Arg(16)->Unit(benchmark::kMillisecond);
  micro::by_both_clocks(run);
}

BENCHMARK(shuffle)->Apply(blocks);
BENCHMARK(walk)->Apply(blocks);

}  // namespace
