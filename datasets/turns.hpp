// Turns: several threads work in any order, and hand their results over in numbered order.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace sounder::detail {

/// Waiting threads sleep, so that the thread whose turn it is gets a core if cores are scarce.
/// Every number must be held by a running thread, otherwise the later ones wait for ever.
class Turns {
 public:
  /// Waits until numbers [0, number) have had their turn, then calls `work()`, one at a time.
  /// @returns false, without a call, if stop() was called meanwhile.
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

  /// Ends all turns, after an error.
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
