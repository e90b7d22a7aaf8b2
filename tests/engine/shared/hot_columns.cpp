#include <sounder/engine/base/random.hpp>
#include <sounder/engine/shared/hot_columns.hpp>
#include <sounder/engine/shared/shared_vector.hpp>
#include <sounder/engine/threads/team.hpp>

#include "support/catch.hpp"

using sounder::Atomic;
using sounder::ColumnOrder;
using sounder::HotBands;
using sounder::HotColumns;
using sounder::Index;
using sounder::Plain;
using sounder::RandomStream;
using sounder::SharedVector;
using sounder::Team;
using sounder::Worker;

namespace {

ColumnOrder order_with(std::vector<Index> counts, Index rows, int hot_limit) {
  return sounder::order_columns(counts, rows, false, hot_limit);
}

constexpr auto as_it_is = [](std::size_t /*column*/, double x) { return x; };

}  // namespace

TEST_CASE("bands follow the columns' frequencies", "[hot_columns]") {
  // Of 64 rows: two columns in at least half of them, one in a quarter, one in a 32nd.
  const ColumnOrder order = order_with({64, 32, 20, 2}, 64, -1);
  const HotBands bands(order, 64, 10'000);
  REQUIRE(bands.rows == 16);
  REQUIRE(bands.count == 5);
  REQUIRE(bands.end[0] == 2);
  REQUIRE(bands.end[1] == 3);
  REQUIRE(bands.end[2] == 3);
  REQUIRE(bands.end[3] == 3);
  REQUIRE(bands.end[4] == 4);
  REQUIRE(bands.due(1) == 1);
  REQUIRE(bands.due(2) == 2);
  REQUIRE(bands.due(3) == 1);
  REQUIRE(bands.due(16) == 5);
  REQUIRE(bands.due(32) == 5);
  REQUIRE(bands.begin_of(0) == 0);
  REQUIRE(bands.end_of(0) == 2);
  REQUIRE(bands.begin_of(4) == 3);
  REQUIRE(bands.end_of(4) == 4);
}

TEST_CASE("every hot column comes due, the frequent ones oftener", "[hot_columns]") {
  std::vector<Index> counts;
  for (int k = 0; k < 300; ++k) {
    counts.push_back(std::max(1, 40'000 / (1 + k * k)));
  }
  for (const int hot_limit : {0, 1, 50, 300, -1}) {
    const ColumnOrder order = order_with(counts, 40'000, hot_limit);
    const HotBands bands(order, 40'000, 40'000);
    REQUIRE(bands.count >= 1);
    REQUIRE(bands.count <= HotBands::most);
    REQUIRE(bands.end[static_cast<std::size_t>(bands.count) - 1] == order.hot);
    std::vector<int> turns(static_cast<std::size_t>(order.hot));
    constexpr std::uint64_t ticks = std::uint64_t{1} << HotBands::most;
    for (std::uint64_t tick = 1; tick <= ticks; ++tick) {
      const std::size_t due = bands.end_of(bands.due(tick) - 1);
      REQUIRE(due <= turns.size());
      for (std::size_t j = 0; j < due; ++j) {
        ++turns[j];
      }
    }
    for (std::size_t j = 0; j < turns.size(); ++j) {
      CAPTURE(hot_limit, j);
      REQUIRE(turns[j] >= 1);
      REQUIRE((j == 0 || turns[j] <= turns[j - 1]));
      // Between exchanges a worker meets the column about 16 times or less (2 x 16 at most).
      const double rows_between = 16.0 * static_cast<double>(ticks) / turns[j];
      REQUIRE((rows_between * order.count_of[j] / 40'000.0 <= 32.0));
    }
  }
}

TEST_CASE("copies go back several times an epoch, however few the rows", "[hot_columns]") {
  const ColumnOrder order = order_with({10, 4}, 10, -1);
  REQUIRE(HotBands(order, 10, 0).rows == 1);
  REQUIRE(HotBands(order, 10, 10).rows == 1);
  REQUIRE(HotBands(order, 10, 100).rows == 6);
}

TEST_CASE("a single worker's exchange leaves the values that it wrote", "[hot_columns]") {
  SharedVector<Plain> shared(4);
  shared.assign(std::vector<double>{0.1, 0.2, 0.3, 0.4});
  SharedVector<Plain>::View view(shared);
  HotColumns hot(3);
  hot.fetch(view);
  hot[0] += 1.0;
  hot[2] = -0.3;
  hot.exchange(0, 2, view, as_it_is);
  REQUIRE(shared.get(0) == Approx(1.1));
  REQUIRE(shared.get(2) == 0.3);  // not yet due
  hot.exchange(0, 3, view, as_it_is);
  REQUIRE(shared.get(2) == Approx(-0.3));
  hot.exchange(0, 3, view, as_it_is);  // nothing new to say
  REQUIRE(shared.get(0) == Approx(1.1));
  REQUIRE(shared.get(1) == 0.2);
  REQUIRE(shared.get(3) == 0.4);
}

TEST_CASE("what is done on an exchange is done to the sum of all changes", "[hot_columns]") {
  SharedVector<Plain> shared(2);
  SharedVector<Plain>::View view(shared);
  HotColumns first(2);
  HotColumns second(2);
  first.fetch(view);
  second.fetch(view);
  first[1] += 1.0;
  second[1] += 2.0;
  first.exchange(0, 2, view, as_it_is);
  second.exchange(1, 2, view, [](std::size_t j, double x) { return j == 1 ? x - 3.0 : 99.0; });
  REQUIRE(shared.get(0) == 0.0);
  REQUIRE(shared.get(1) == 0.0);
  REQUIRE(second[1] == 0.0);
}

TEST_CASE("exchanges of 1, 2, 4 and 8 workers lose nothing", "[hot_columns]") {
  constexpr int columns = 40;
  constexpr int rounds = 4'000;
  for (const int threads : {1, 2, 4, 8}) {
    CAPTURE(threads);
    SharedVector<Atomic> shared(columns);
    std::vector<std::vector<double>> added(static_cast<std::size_t>(threads),
                                           std::vector<double>(columns));
    std::vector<int> wrong(static_cast<std::size_t>(threads));
    Team(threads).run([&](Worker worker) {
      const auto rank = static_cast<std::size_t>(worker.rank);
      RandomStream random(3, rank);
      SharedVector<Atomic>::View view(shared);
      HotColumns hot(columns);
      hot.fetch(view);
      for (int k = 0; k < rounds; ++k) {
        const std::size_t j = random.below(columns);
        hot[j] += 1.0;
        added[rank][j] += 1.0;
        const double before = hot[0];
        hot.exchange(0, random.below(columns + 1), view, as_it_is);
        wrong[rank] += hot[0] < before ? 1 : 0;  // what was mine is still there
      }
      hot.exchange(0, hot.size(), view, as_it_is);
    });
    const std::vector<double> found = shared.snapshot();
    for (std::size_t j = 0; j < columns; ++j) {
      double expected = 0.0;
      for (const std::vector<double>& mine : added) {
        expected += mine[j];
      }
      REQUIRE(found[j] == expected);
    }
    REQUIRE(std::count(wrong.begin(), wrong.end(), 0) == threads);
  }
}
