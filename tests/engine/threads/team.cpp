#include <sounder/engine/threads/team.hpp>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <fstream>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

#include "support/catch.hpp"

using sounder::Range;
using sounder::Team;
using sounder::Worker;

TEST_CASE("every rank of a team works once", "[team]") {
  for (const int threads : {1, 2, 4, 8}) {
    CAPTURE(threads);
    std::vector<std::atomic<int>> calls(static_cast<std::size_t>(threads));
    std::atomic<int> misled = 0;  // Catch2's assertions belong to one thread
    Team(threads).run([&](Worker worker) {
      misled += worker.size != threads ? 1 : 0;
      calls[static_cast<std::size_t>(worker.rank)]++;
    });
    REQUIRE(misled == 0);
    for (const auto& count : calls) {
      REQUIRE(count == 1);
    }
  }
}

TEST_CASE("a team is as large as what runs, and serves every rank", "[team][thread-limit]") {
#ifdef _OPENMP
  const int most = omp_get_thread_limit();
  REQUIRE(sounder::available_threads() <= most);
  for (const int threads : {1, 2, 4, 8}) {
    CAPTURE(threads, most);
    const Team team(threads);
    REQUIRE(team.size() == std::min(threads, most));
    std::atomic<int> ranks = 0;
    std::atomic<int> granted = 0;
    std::atomic<int> within = 0;
    team.run([&](Worker worker) {
      ranks += 1 << worker.rank;
      granted = omp_get_num_threads();
      // A team made within a team has one thread, and says so.
      const Team inner(2);
      within += inner.size();
      inner.run([&](Worker own) { within += own.size; });
    });
    REQUIRE(ranks == (1 << team.size()) - 1);
    REQUIRE(granted == team.size());
    const int alone = Team(2).size();
    REQUIRE(within == (team.size() == 1 ? alone + alone * alone : 2 * team.size()));
  }
#endif
}

#if defined(__SANITIZE_THREAD__)
#define SOUNDER_THREAD_SANITIZER
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SOUNDER_THREAD_SANITIZER
#endif
#endif

namespace {

/// Bytes of address space that this process has.
[[maybe_unused]] std::size_t used_address_space() {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::size_t>(getpagesize());
}

/// Whether all workers of a team run at the same time: each waits until all have come, or for long.
bool meet(const Team& team, std::atomic<int>& misled) {
  std::atomic<int> come = 0;
  std::atomic<int> met = 0;
  team.run([&](Worker worker) {
    misled += worker.size != team.size() ? 1 : 0;
    ++come;
    const auto start = std::chrono::steady_clock::now();
    while (come < team.size() &&
           std::chrono::steady_clock::now() - start < std::chrono::seconds(10)) {
      std::this_thread::yield();
    }
    met += come == team.size() ? 1 : 0;
  });
  return met == team.size();
}

}  // namespace

TEST_CASE("the workers of a team are at work at the same time", "[team][thread-limit]") {
  std::atomic<int> misled = 0;
  for (const int threads : {1, 2, 4, 8}) {
    CAPTURE(threads);
    REQUIRE(meet(Team(threads), misled));
  }
  REQUIRE(misled == 0);
}

TEST_CASE("a team that meets another parallel region keeps all of its workers", "[team]") {
  for (const int threads : {2, 4}) {
    CAPTURE(threads);
    const Team inner(threads);
    const int size = inner.size();
    std::atomic<int> misled = 0;
    std::atomic<int> met = 0;
    Team(2).run([&](Worker) { met += meet(inner, misled) ? 1 : 0; });
    REQUIRE(met == Team(2).size());
    REQUIRE(misled == 0);
    REQUIRE(inner.size() == size);
    // What a worker throws there reaches the one who called it.
    std::atomic<int> caught = 0;
    Team(2).run([&](Worker) {
      try {
        inner.run([](Worker worker) {
          if (worker.rank == worker.size - 1) {
            throw std::runtime_error("from a worker");
          }
        });
      } catch (const std::runtime_error&) {
        ++caught;
      }
    });
    REQUIRE(caught == Team(2).size());
  }
}

TEST_CASE("in the child of a fork a team is the caller alone, and does not hang", "[team]") {
  REQUIRE(Team(4).sum(100, [](Range range) { return static_cast<double>(range.size()); }) == 100.0);
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);  // ends the program if it hangs
    const Team team(4);
    const auto size_of = [](Range range) { return static_cast<double>(range.size()); };
    const double sum = team.sum(10'000, size_of);
    _exit(team.size() == 1 && sum == 10'000.0 ? 0 : 1);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) == 0);
}

#ifndef SOUNDER_THREAD_SANITIZER  // bears no new threads in the child of a fork
TEST_CASE("where the system refuses threads a team is smaller", "[team]") {
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    // In the child no team has been tried: ask for more address space than there is left.
    struct rlimit limit {};
    getrlimit(RLIMIT_AS, &limit);
    limit.rlim_cur = used_address_space() + (std::size_t{64} << 20);
    setrlimit(RLIMIT_AS, &limit);
    const int granted = sounder::detail::threads_granted(200);
    _exit(granted >= 1 && granted < 200 ? 0 : 1);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) == 0);
}
#endif

TEST_CASE("shares cover every position once and differ by one at most", "[team]") {
  for (const int threads : {1, 2, 4, 8}) {
    for (const std::int64_t count : {0, 1, 7, 8, 1000}) {
      std::int64_t next = 0;
      for (int rank = 0; rank < threads; ++rank) {
        const Range share = sounder::share_of(count, {rank, threads});
        REQUIRE(share.begin == next);
        REQUIRE(share.size() >= count / threads);
        REQUIRE(share.size() <= count / threads + 1);
        next = share.end;
      }
      REQUIRE(next == count);
    }
  }
}

TEST_CASE("a team's sum has the same bits for 1, 2, 4 and 8 threads", "[team]") {
  const auto block_sum = [](Range range) {
    double sum = 0.0;
    for (std::int64_t i = range.begin; i < range.end; ++i) {
      sum += std::sin(static_cast<double>(i));
    }
    return sum;
  };
  const double expected = Team(1).sum(100'003, block_sum);
  double plain = 0.0;
  for (int i = 0; i < 100'003; ++i) {
    plain += std::sin(static_cast<double>(i));
  }
  REQUIRE(expected == Approx(plain).epsilon(1e-10));
  for (const int threads : {2, 4, 8}) {
    REQUIRE(Team(threads).sum(100'003, block_sum) == expected);
  }
}

TEST_CASE("a reduction adds up its parts in order, with 1, 2 and 4 threads", "[team]") {
  using Positions = std::vector<std::int64_t>;
  for (const int threads : {1, 2, 4}) {
    for (const std::int64_t count : {0, 1, 3, 100}) {
      CAPTURE(threads, count);
      std::atomic<int> shares = 0;
      int additions = 0;
      const auto work = [&](Range share, Positions& own) {
        ++shares;
        for (std::int64_t k = share.begin; k < share.end; ++k) {
          own.push_back(k);
        }
      };
      const auto append = [&](Positions& sum, const Positions& part) {
        ++additions;
        sum.insert(sum.end(), part.begin(), part.end());
      };
      Positions all(static_cast<std::size_t>(count));
      std::iota(all.begin(), all.end(), 0);
      for (const int parts : {1, 2, 5}) {
        shares = 0;
        additions = 0;
        REQUIRE(Team(threads).reduce(count, parts, Positions{}, work, append) == all);
        REQUIRE(shares == parts);
        REQUIRE(additions == parts - 1);
      }
    }
  }
}

TEST_CASE("a reduction has the bits of its parts, added up one by one: 1, 2 and 4 threads",
          "[team]") {
  const auto work = [](Range share, double& own) {
    for (std::int64_t k = share.begin; k < share.end; ++k) {
      own += std::sin(static_cast<double>(k));
    }
  };
  for (const int parts : {1, 2, 3, 7}) {
    double expected = 0.0;
    for (int rank = 0; rank < parts; ++rank) {
      double own = 0.0;
      work(sounder::share_of(10'001, {rank, parts}), own);
      expected += own;
    }
    const auto add = [](double& sum, double part) { sum += part; };
    for (const int threads : {1, 2, 4}) {
      CAPTURE(parts, threads);
      REQUIRE(Team(threads).reduce(10'001, parts, 0.0, work, add) == expected);
    }
  }
}

TEST_CASE("an exception in a worker reaches the caller", "[team]") {
  for (const int threads : {1, 2, 4, 8}) {
    REQUIRE_THROWS_WITH(Team(threads).run([&](Worker worker) {
      if (worker.rank == worker.size - 1) {
        throw std::runtime_error("from a worker");
      }
    }),
                        "from a worker");
  }
  REQUIRE_THROWS_AS(Team(0), std::invalid_argument);
}
