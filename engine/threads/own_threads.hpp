// Our own threads beside those of OpenMP, and how many threads the system grants.
#pragma once

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstddef>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/call.hpp>

namespace sounder::detail {

/// Threads that each call `work(k)`, k in [0, count), and are joined by the destructor. Uses POSIX
/// threads, because <thread> takes long to compile. An exception thrown by `work` ends the program.
class OwnThreads {
 public:
  /// Starts as many as the system grants, at most `count`. Keeps a reference to work, which must
  /// outlive this.
  OwnThreads(int count, Call<void(int)> work) : work_(work) {
    tasks_.reserve(static_cast<std::size_t>(std::max(count, 0)));
    for (int k = 0; k < count; ++k) {
      tasks_.push_back({this, k, {}});
      Task& task = tasks_[static_cast<std::size_t>(k)];
      if (pthread_create(&task.thread, nullptr, &OwnThreads::start, &task) != 0) {
        tasks_.pop_back();
        break;
      }
    }
  }
  OwnThreads(const OwnThreads&) = delete;
  OwnThreads& operator=(const OwnThreads&) = delete;
  ~OwnThreads() {
    for (const Task& task : tasks_) {
      pthread_join(task.thread, nullptr);
    }
  }

  /// How many were granted.
  [[nodiscard]] int size() const noexcept { return static_cast<int>(tasks_.size()); }

 private:
  struct Task {
    OwnThreads* owner;
    int number;
    pthread_t thread;
  };

  static void* start(void* task) {
    const Task& own = *static_cast<Task*>(task);
    own.owner->work_(own.number);
    return nullptr;
  }

  Call<void(int)> work_;
  Array<Task> tasks_;  // reserved: tasks must not move once a thread has the address of one
};

/// How many threads beside the caller the system starts at once, at most `wanted`. An OpenMP
/// runtime ends the program if it is refused a thread, so this is asked before. Remembers the most
/// that were granted and does not try them again. Any number of threads may call.
[[nodiscard, gnu::noinline]] inline int threads_granted(int wanted) {
  static std::atomic<int> seen{0};
  if (wanted <= seen.load(std::memory_order_relaxed)) {
    return wanted;
  }
  std::atomic<bool> wait{true};
  int granted = 0;
  {
    const auto idle = [&wait](int /*k*/) { wait.wait(true); };
    const OwnThreads threads(wanted, idle);
    granted = threads.size();
    wait = false;
    wait.notify_all();
  }
  int most = seen.load(std::memory_order_relaxed);
  while (most < granted && !seen.compare_exchange_weak(most, granted)) {
  }
  return granted;
}

/// Whether this process is a fork of one that had teams. The runtime's threads do not exist in a
/// fork, and a call to them would wait for ever. Any number of threads may call.
[[nodiscard]] inline bool is_fork_of_a_team() {
  static const pid_t first = getpid();
  return getpid() != first;
}

}  // namespace sounder::detail
