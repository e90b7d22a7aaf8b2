// Team: the threads that work on one problem. Uses OpenMP; has one thread without it.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <utility>

#ifdef _OPENMP
#include <omp.h>
#endif

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/call.hpp>
#include <sounder/engine/base/message.hpp>
#include <sounder/engine/base/slots.hpp>
#include <sounder/engine/threads/cpu_quota.hpp>
#include <sounder/engine/threads/own_threads.hpp>

namespace sounder {

/// A member of a team: `rank` in [0, size).
struct Worker {
  int rank = 0;  ///< number of this worker, from 0
  int size = 1;  ///< number of workers
};

/// A half-open range of positions.
struct Range {
  std::int64_t begin = 0;  ///< first position
  std::int64_t end = 0;    ///< one past the last position

  /// The number of positions.
  [[nodiscard]] std::int64_t size() const noexcept { return end - begin; }
};

/// The share of [0, count) that belongs to one worker: contiguous, and sizes differ by at most one.
/// Any number of threads.
[[nodiscard]] inline Range share_of(std::int64_t count, Worker worker) noexcept {
  const std::int64_t base = count / worker.size;
  const std::int64_t extra = count % worker.size;
  const std::int64_t begin = base * worker.rank + std::min<std::int64_t>(worker.rank, extra);
  return {begin, begin + base + (worker.rank < extra ? 1 : 0)};
}

/// Threads available to this process, at least 1: as many as its affinity mask at the start,
/// OMP_NUM_THREADS, OMP_THREAD_LIMIT and the CPU quota of its control groups allow (for a container
/// with two cores of a machine of 64: two). Reads the quota on every call, some tens of
/// microseconds. Any number of threads may call.
[[nodiscard]] inline int available_threads() {
#ifdef _OPENMP
  return std::max(1, std::min({omp_get_num_procs(), omp_get_max_threads(), omp_get_thread_limit(),
                               cpu_quota()}));
#else
  return 1;
#endif
}

/// A fixed number of threads, known before any work. size() says how many there are, and all of
/// them run at the same time, so they may wait for each other. `run` starts them, and joins them
/// before it returns.
///
/// There are fewer than were asked for if OMP_THREAD_LIMIT allows fewer or the system refuses
/// threads. There is one inside of a caller's own parallel region, and in a child after fork(),
/// where OpenMP's threads do not exist.
///
/// How idle threads wait is up to OpenMP: with libgomp they spin for milliseconds. On a machine
/// with other work run your program with GOMP_SPINCOUNT=2000, as `sounder` runs itself.
///
/// A Team holds no state between calls, so two teams may work at once from two threads. If workers
/// throw, the first exception is rethrown to the caller after the join.
class Team {
 public:
  /// @throws std::invalid_argument unless threads >= 1.
  explicit Team(int threads) : size_(threads) {
    if (threads < 1) {
      refuse({"Team: the number of threads must be at least 1"});
    }
    size_ = granted(threads);
  }

  /// The number of threads: as asked for, or as many as were granted; 1 without OpenMP.
  [[nodiscard]] int size() const noexcept { return size_; }

  /// Calls `work(Worker)` once for every rank, each on its own thread, all at the same time.
  /// @throws std::runtime_error, before any work, if threads that were granted are no longer
  ///        available; and what `work` throws
  void run(Call<void(Worker)> work) const {
    if (size_ == 1) {
      work(Worker{0, 1});
      return;
    }
#ifdef _OPENMP
    std::exception_ptr error;
    const auto serve = [&](int rank) {
      try {
        work(Worker{rank, size_});
      } catch (...) {
#pragma omp critical(sounder_team_error)
        if (!error) {
          error = std::current_exception();
        }
      }
    };
    bool whole = false;
    if (!detail::is_fork_of_a_team()) {  // the runtime's threads are not in the child
#pragma omp parallel num_threads(size_) default(none) shared(serve, whole)
      {
        const int rank = omp_get_thread_num();
        const bool all = omp_get_num_threads() == size_;
        if (rank == 0) {
          whole = all;
        }
        if (all) {
          serve(rank);
        }
      }
    }
    if (!whole) {
      serve_by_own_threads(serve);
    }
    if (error) {
      std::rethrow_exception(error);
    }
#endif
  }

  /// Fewer additions than this cost less than starting the team.
  static constexpr std::int64_t few_numbers = 2048;

  /// Calls `work(Range)` over contiguous shares of [0, count), one a worker. If there are fewer
  /// than `too_few` items the caller does them all.
  void for_shares(std::int64_t count, Call<void(Range)> work, std::int64_t too_few = 2) const {
    if (count < too_few) {
      work(Range{0, count});
    } else {
      run([&](Worker worker) { work(share_of(count, worker)); });
    }
  }

  /// How many parts to cut a pass into that each add up a vector of their own: by the work alone
  /// (nonzeros, for example), so that the sum of these vectors has the same bits for any number of
  /// threads. A power of two up to 16, which two, four or eight workers can share out evenly.
  /// @param length of a vector; adding vectors up must cost little beside the pass
  [[nodiscard]] static int parts_of(std::int64_t work, std::size_t length) noexcept {
    const std::int64_t enough =
        std::max<std::int64_t>(500'000, 8 * static_cast<std::int64_t>(length));
    return static_cast<int>(
        std::bit_floor(static_cast<std::uint64_t>(std::clamp<std::int64_t>(work / enough, 1, 16))));
  }
  /// Calls `work(Worker{part, parts})` for every part; a worker does several if it has to.
  void for_parts(int parts, Call<void(Worker)> work) const {
    for_shares(parts, [&](Range share) {
      for (std::int64_t part = share.begin; part < share.end; ++part) {
        work(Worker{static_cast<int>(part), parts});
      }
    });
  }

  /// Calls `work(k)` for every k in [0, count), a contiguous share a worker. Meant for work of a
  /// few operations, so the caller does small counts alone.
  template <class Work>
  void for_each(std::size_t count, Work&& work) const {
    for_shares(
        static_cast<std::int64_t>(count),
        [&](Range share) {
          for (auto k = static_cast<std::size_t>(share.begin);
               k < static_cast<std::size_t>(share.end); ++k) {
            work(k);
          }
        },
        few_numbers);
  }

  /// Sum of `block_sum(Range)` over blocks of [0, count), in double, added in block order: the same
  /// bits for any number of threads. `block_sum` must not depend on other blocks.
  [[nodiscard]] double sum(std::int64_t count, Call<double(Range)> block_sum) const {
    constexpr std::int64_t block = few_numbers;
    const std::int64_t blocks = (count + block - 1) / block;
    Array<double> partial(static_cast<std::size_t>(blocks));
    const auto sum_blocks = [&](Range share) {
      for (std::int64_t b = share.begin; b < share.end; ++b) {
        partial[static_cast<std::size_t>(b)] =
            block_sum(Range{b * block, std::min(count, (b + 1) * block)});
      }
    };
    for_shares(blocks, sum_blocks);
    double total = 0.0;
    for (const double value : partial) {
      total += value;
    }
    return total;
  }

  /// A sum of vectors, matrices and the like over contiguous shares of [0, count), one a part.
  /// `work(Range, Part&)` adds a share to the part's own copy of `zero`; then the caller adds up
  /// the copies by `add(Part& sum, const Part&)` in order. The bits depend on the number of parts,
  /// see parts_of(), not on that of threads.
  ///
  /// Costs a copy of `zero` a part and parts - 1 calls of `add`. Part must be
  /// default-constructible.
  template <class Part, class Work, class Add>
  [[nodiscard]] Part reduce(std::int64_t count, int parts, const Part& zero, Work&& work,
                            Add&& add) const {
    Slots<Part> sums(static_cast<std::size_t>(parts));
    for_parts(parts, [&](Worker part) {
      Part own = zero;  // local, because neighbours in `sums` share cache lines
      work(share_of(count, part), own);
      sums[static_cast<std::size_t>(part.rank)] = std::move(own);
    });
    for (std::size_t k = 1; k < sums.size(); ++k) {
      add(sums[0], sums[k]);
    }
    return std::move(sums[0]);
  }

 private:
  /// How many of these threads there can be, 1 or more.
  [[nodiscard]] static int granted(int threads) {
#ifdef _OPENMP
    const bool inside = omp_get_active_level() >= omp_get_max_active_levels();
    if (threads == 1 || inside || detail::is_fork_of_a_team()) {
      return 1;
    }
    return 1 + detail::threads_granted(std::min(threads, omp_get_thread_limit()) - 1);
#else
    return threads < 1 ? threads : 1;
#endif
  }

#ifdef _OPENMP
  /// Runs the team if OpenMP's runtime grants fewer threads than the system: the team was made
  /// outside of a parallel region and is used inside one, or several teams run at once under
  /// OMP_THREAD_LIMIT.
  void serve_by_own_threads(Call<void(int)> serve) const {
    int verdict = 0;  // 1: all are there; -1: they are not
    const auto wait_and_serve = [&](int k) {
      if (detail::wait_for(verdict) > 0) {
        serve(1 + k);
      }
    };
    const detail::OwnThreads others(size_ - 1, wait_and_serve);
    const bool whole = others.size() == size_ - 1;
    __atomic_store_n(&verdict, whole ? 1 : -1, __ATOMIC_RELEASE);
    if (!whole) {
      throw std::runtime_error("the system refuses threads that it granted before");
    }
    serve(0);
  }
#endif

  int size_;
};

}  // namespace sounder
