// How the benchmarks are timed, and on how many threads.
#pragma once

#include <sounder/engine/threads/team.hpp>

#include <benchmark/benchmark.h>

#include <vector>

namespace micro {

using Benchmark = benchmark::internal::Benchmark;

/// Wall time decides; the processor time of all threads beside it shows what waiting costs.
inline void by_both_clocks(Benchmark* run) {
  run->MeasureProcessCPUTime()->UseRealTime();
}

/// 1, 2 and 4, and the machine's own number where that is more.
[[nodiscard]] inline std::vector<int> thread_counts() {
  std::vector<int> counts{1, 2, 4};
  if (sounder::available_threads() > counts.back()) {
    counts.push_back(sounder::available_threads());
  }
  return counts;
}

/// The benchmark is called by so many threads at once, and each does all of the iterations.
inline void by_concurrent_threads(Benchmark* run) {
  for (const int threads : thread_counts()) {
    run->Threads(threads);
  }
  by_both_clocks(run);
}

/// The benchmark is called by one thread and makes a team of range(0).
inline void by_team(Benchmark* run) {
  run->ArgName("threads")->Unit(benchmark::kMillisecond);
  for (const int threads : thread_counts()) {
    run->Arg(threads);
  }
  by_both_clocks(run);
}

/// A team of one, for memory that is not shared.
inline void by_team_of_one(Benchmark* run) {
  run->ArgName("threads")->Arg(1)->Unit(benchmark::kMillisecond);
  by_both_clocks(run);
}

[[nodiscard]] inline sounder::Team team(const benchmark::State& state) {
  return sounder::Team(static_cast<int>(state.range(0)));
}

}  // namespace micro
