// Turns: work done in any order by several threads, handed over in the order of its numbers.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace sounder::detail {

/// Waiting sleeps, so that a thread whose turn it is gets the core when cores are scarce. Every
/// number must be held by a thread that is running, or the ones after it wait for ever.
class Turns {
 public:
  /// Waits until numbers [0, number) have had their turn, then calls `work()`, one at a time.
  /// @returns false, without a call, when stop() was called meanwhile.
  template <class Work>
  bool take(std::int64_t number, Work&& work) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopped_ || next_ == number; });
    if (stopped_) {
      return false;
    }
    work();
    ++next_;
    changed_.notify_all();
    return true;
  }

  /// Nobody gets another turn: somebody has failed.
  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t next_ = 0;
  bool stopped_ = false;
};

}  // namespace sounder::detail
