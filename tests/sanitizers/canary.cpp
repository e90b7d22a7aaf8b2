// The ThreadSanitizer canary. `plain`: two threads add to one double with a plain +=, which must be
// reported. `relaxed`: the same with relaxed loads and stores, which is not a data race.
#include <sounder/engine/threads/team.hpp>

#include <atomic>
#include <cstdio>
#include <string_view>

int main(int argc, char** argv) {
  const bool plain = argc > 1 && std::string_view(argv[1]) == "plain";
  double shared = 0.0;
  for (int round = 0; round < 10; ++round) {
    sounder::Team(2).run([&](sounder::Worker /*worker*/) {
      for (int i = 0; i < 1000; ++i) {
        if (plain) {
          shared += 1.0;
        } else {
          const std::atomic_ref<double> cell(shared);
          cell.store(cell.load(std::memory_order_relaxed) + 1.0, std::memory_order_relaxed);
        }
      }
    });
    shared += 1.0;  // after the join: Archer's word that this one is no race
  }
  std::printf("%.0f\n", shared);
  return 0;
}
