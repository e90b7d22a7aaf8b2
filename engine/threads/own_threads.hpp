// Our own threads beside those of OpenMP, and how many threads the system grants.
#pragma once

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
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

/// Waits until the number is no longer 0, and returns it. Gives the core away. (Compilers' atomics:
/// <atomic> takes long to compile.)
inline int wait_for(const int& number) noexcept {
  int value = 0;
  while ((value = __atomic_load_n(&number, __ATOMIC_ACQUIRE)) == 0) {
    sched_yield();
  }
  return value;
}

/// How many threads beside the caller the system starts at once, at most `wanted`. An OpenMP
/// runtime ends the program if it is refused a thread, so this is asked before. Remembers the most
/// that were granted and does not try them again. Any number of threads may call.
[[nodiscard, gnu::noinline]] inline int threads_granted(int wanted) {
  static int seen = 0;
  if (wanted <= __atomic_load_n(&seen, __ATOMIC_RELAXED)) {
    return wanted;
  }
  int go = 0;
  int granted = 0;
  {
    const auto idle = [&go](int /*k*/) { wait_for(go); };
    const OwnThreads threads(wanted, idle);
    granted = threads.size();
    __atomic_store_n(&go, 1, __ATOMIC_RELEASE);
  }
  int most = __atomic_load_n(&seen, __ATOMIC_RELAXED);
  while (most < granted && !__atomic_compare_exchange_n(&seen, &most, granted, /*weak=*/true,
                                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
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
