// A clock that can be paused.
#pragma once

#include <chrono>

namespace sounder {

/// Wall-clock seconds between start() and stop(), added up. Monotonic; one thread.
class Stopwatch {
 public:
  [[nodiscard]] static Stopwatch running() noexcept {
    Stopwatch watch;
    watch.start();
    return watch;
  }

  void start() noexcept {
    since_ = Clock::now();
    runs_ = true;
  }
  void stop() noexcept {
    total_ = so_far();
    runs_ = false;
  }
  /// Up to the last stop().
  [[nodiscard]] double seconds() const noexcept { return total_; }
  /// Up to now.
  [[nodiscard]] double so_far() const noexcept {
    return runs_ ? total_ + std::chrono::duration<double>(Clock::now() - since_).count() : total_;
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point since_{};
  bool runs_ = false;
  double total_ = 0.0;
};

}  // namespace sounder
