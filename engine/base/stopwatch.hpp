// A clock that can be paused.
#pragma once

#include <time.h>

namespace sounder {

/// Wall-clock seconds between start() and stop(), added up. Monotonic; one thread.
class Stopwatch {
 public:
  /// A stopwatch that is running.
  [[nodiscard]] static Stopwatch running() noexcept {
    Stopwatch watch;
    watch.start();
    return watch;
  }

  /// Continues.
  void start() noexcept {
    since_ = now();
    runs_ = true;
  }
  /// Pauses until the next start().
  void stop() noexcept {
    total_ = so_far();
    runs_ = false;
  }
  /// Seconds up to the last stop().
  [[nodiscard]] double seconds() const noexcept { return total_; }
  /// Seconds up to now.
  [[nodiscard]] double so_far() const noexcept {
    if (!runs_) {
      return total_;
    }
    const timespec until = now();
    return total_ + static_cast<double>(until.tv_sec - since_.tv_sec) +
           1e-9 * static_cast<double>(until.tv_nsec - since_.tv_nsec);
  }

 private:
  /// Uses POSIX, because <chrono> takes long to compile.
  [[nodiscard]] static timespec now() noexcept {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time;
  }

  timespec since_{};
  bool runs_ = false;
  double total_ = 0.0;
};

}  // namespace sounder
