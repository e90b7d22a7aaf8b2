#include <sounder/engine/threads/team.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
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
      // A team within a team gets one thread, which serves all ranks.
      Team(2).run([&](Worker inner) { within += inner.rank + 1; });
    });
    REQUIRE(ranks == (1 << team.size()) - 1);
    REQUIRE(granted == team.size());
    REQUIRE(within == 3 * team.size());
  }
#endif
}

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
  REQUIRE(expected == Approx(1.95).margin(2.0));
  for (const int threads : {2, 4, 8}) {
    REQUIRE(Team(threads).sum(100'003, block_sum) == expected);
  }
}

TEST_CASE("a reduction adds one part a worker, in order of rank, with 1, 2 and 4 threads",
          "[team]") {
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
      REQUIRE(Team(threads).reduce(count, Positions{}, work, append) == all);
      REQUIRE(shares == (count < 2 ? 1 : threads));
      REQUIRE(additions == shares - 1);
      // What is too little to share is done by the caller.
      REQUIRE(Team(threads).reduce(count, Positions{}, work, append, count + 1) == all);
      REQUIRE(additions == shares - 2);
    }
  }
}

TEST_CASE("a reduction has the bits of its shares, added up one by one: 1, 2 and 4 threads",
          "[team]") {
  const auto work = [](Range share, double& own) {
    for (std::int64_t k = share.begin; k < share.end; ++k) {
      own += std::sin(static_cast<double>(k));
    }
  };
  for (const int threads : {1, 2, 4}) {
    double expected = 0.0;
    for (int rank = 0; rank < threads; ++rank) {
      double own = 0.0;
      work(sounder::share_of(10'001, {rank, threads}), own);
      expected += own;
    }
    const auto add = [](double& sum, double part) { sum += part; };
    for (int again = 0; again < 3; ++again) {
      REQUIRE(Team(threads).reduce(10'001, 0.0, work, add) == expected);
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
