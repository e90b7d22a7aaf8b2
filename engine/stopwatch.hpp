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

  void start() noexcept { since_ = Clock::now(); }
  void stop() noexcept { total_ += std::chrono::duration<double>(Clock::now() - since_).count(); }
  [[nodiscard]] double seconds() const noexcept { return total_; }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point since_{};
  double total_ = 0.0;
};

}  // namespace sounder
