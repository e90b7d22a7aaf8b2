// A barrier for workers that meet every few microseconds.
#pragma once

#include <sched.h>

#include <atomic>
#include <cstdint>

namespace sounder {

/// Holds workers until all of a number have come. Waits busily for less than a microsecond or two,
/// then gives the core away at every look: where somebody else uses a core, the one that is waited
/// for must get it.
class Barrier {
 public:
  /// For so many workers, at least 1.
  explicit Barrier(int workers) noexcept : workers_(workers) {}

  /// Returns once all workers have called it. What each wrote before is seen by all after it.
  void wait() noexcept {
    const std::uint32_t round = round_.load(std::memory_order_relaxed);
    if (come_.fetch_add(1, std::memory_order_acq_rel) + 1 == workers_) {
      come_.store(0, std::memory_order_relaxed);
      round_.store(round + 1, std::memory_order_release);
      return;
    }
    for (int look = 0; round_.load(std::memory_order_acquire) == round; ++look) {
      if (look < busy_looks) {
#if defined(__x86_64__) || defined(__i386__)
        __builtin_ia32_pause();
#endif
      } else {
        sched_yield();
      }
    }
  }

 private:
  static constexpr int busy_looks = 300;

  int workers_;
  alignas(64) std::atomic<int> come_{0};
  alignas(64) std::atomic<std::uint32_t> round_{0};
};

}  // namespace sounder
