#include <sounder/engine/team.hpp>

#include <atomic>
#include <cmath>

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
