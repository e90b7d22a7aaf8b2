#include <sounder/engine/base/stopwatch.hpp>
#include <sounder/engine/threads/schedule.hpp>

#include <chrono>
#include <thread>

#include "support/catch.hpp"

using sounder::Range;
using sounder::Schedule;
using sounder::Worker;

namespace {

/// The rows in the order in which `threads` workers, one after the other, would take them.
std::vector<std::int64_t> rows_of(const Schedule& schedule, int threads) {
  std::vector<std::int64_t> rows;
  for (int rank = 0; rank < threads; ++rank) {
    const Range share = schedule.share({rank, threads});
    for (std::int64_t position = share.begin; position < share.end; ++position) {
      const Range block = schedule.rows_at(position);
      for (std::int64_t i = block.begin; i < block.end; ++i) {
        rows.push_back(i);
      }
    }
  }
  return rows;
}

}  // namespace

TEST_CASE("every row once an epoch, blocks together, for 1, 2, 4 and 8 workers", "[schedule]") {
  for (const std::int64_t rows : {1, 3, 16, 1000}) {
    for (const std::int64_t block : {1, 4, 16}) {
      Schedule schedule(rows, block, 5);
      for (int epoch = 0; epoch < 3; ++epoch) {
        schedule.shuffle(epoch);
        const std::vector<std::int64_t> order = rows_of(schedule, 1);
        for (const int threads : {2, 4, 8}) {
          CAPTURE(rows, block, epoch, threads);
          REQUIRE(rows_of(schedule, threads) == order);  // the shares cut one order into pieces
        }
        std::vector<std::int64_t> sorted = order;
        std::sort(sorted.begin(), sorted.end());
        for (std::int64_t i = 0; i < rows; ++i) {
          REQUIRE(sorted.at(static_cast<std::size_t>(i)) == i);
        }
        for (std::size_t k = 1; k < order.size(); ++k) {
          if (order[k] % block != 0) {
            REQUIRE(order[k] == order[k - 1] + 1);
          }
        }
      }
    }
  }
}

TEST_CASE("the order depends on seed and epoch alone", "[schedule]") {
  const auto order = [](std::uint64_t seed, int epoch) {
    Schedule schedule(500, 2, seed);
    schedule.shuffle(7);  // what was drawn before does not matter
    schedule.shuffle(epoch);
    return rows_of(schedule, 1);
  };
  REQUIRE(order(1, 0) == order(1, 0));
  REQUIRE(order(1, 0) != order(1, 1));
  REQUIRE(order(1, 0) != order(2, 0));
}

TEST_CASE("every block is as likely in front as any other", "[schedule]") {
  constexpr int epochs = 6'000;
  Schedule schedule(6, 1, 3);
  std::vector<int> first(6);
  for (int epoch = 0; epoch < epochs; ++epoch) {
    schedule.shuffle(epoch);
    ++first[static_cast<std::size_t>(schedule.rows_at(0).begin)];
  }
  for (const int count : first) {
    REQUIRE(count == Approx(epochs / 6).margin(150));  // five standard deviations
  }
}

TEST_CASE("a schedule refuses senseless sizes and bears no rows", "[schedule]") {
  REQUIRE_THROWS_AS(Schedule(-1, 1, 1), std::invalid_argument);
  REQUIRE_THROWS_AS(Schedule(1, 0, 1), std::invalid_argument);
  Schedule empty(0, 4, 1);
  empty.shuffle(1);
  REQUIRE(rows_of(empty, 4).empty());
}

TEST_CASE("a stopwatch adds up what lies between start and stop", "[stopwatch]") {
  sounder::Stopwatch watch;
  REQUIRE(watch.seconds() == 0.0);
  for (int k = 1; k <= 2; ++k) {
    watch.start();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    watch.stop();
    REQUIRE(watch.seconds() >= 0.005 * k);
    const double paused = watch.seconds();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    REQUIRE(watch.seconds() == paused);
  }
}
