// The order of events of virtual workers, and what their vector counts.
#include <sounder/engine/shared/replay.hpp>
#include <sounder/engine/shared/virtual_vector.hpp>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "support/catch.hpp"

using sounder::Replay;
using sounder::SharedVector;
using sounder::Virtual;
using sounder::VirtualWorkers;

namespace {

/// `steps` steps of every worker, each of `numbers` numbers: (rank, writing?) in order.
std::vector<std::pair<int, bool>> events(const VirtualWorkers& workers, int steps,
                                         std::int64_t numbers, double* balance = nullptr) {
  std::vector<std::pair<int, bool>> order;
  std::vector<int> left(static_cast<std::size_t>(workers.count), steps);
  Replay replay(workers);
  replay.run(
      workers.count,
      [&](int rank) -> std::optional<std::int64_t> {
        if (left[static_cast<std::size_t>(rank)]-- == 0) {
          return std::nullopt;
        }
        order.emplace_back(rank, false);
        return numbers;
      },
      [&](int rank) { order.emplace_back(rank, true); });
  if (balance != nullptr) {
    *balance = replay.balance();
  }
  return order;
}

}  // namespace

TEST_CASE("one virtual worker's steps follow each other", "[replay]") {
  const std::vector<std::pair<int, bool>> expected = {{0, false}, {0, true},  {0, false},
                                                      {0, true},  {0, false}, {0, true}};
  REQUIRE(events({.count = 1}, 3, 10) == expected);
}

TEST_CASE("virtual workers read and write side by side, the same way each time", "[replay]") {
  for (const int count : {2, 8, 64}) {
    CAPTURE(count);
    const VirtualWorkers workers{.count = count};
    const auto order = events(workers, 20, 10);
    REQUIRE(order.size() == static_cast<std::size_t>(2 * 20 * count));
    REQUIRE(order == events(workers, 20, 10));
    std::vector<int> open(static_cast<std::size_t>(count));
    int most = 0;
    int now = 0;
    for (const auto& [rank, writing] : order) {
      int& mine = open[static_cast<std::size_t>(rank)];
      mine += writing ? -1 : 1;
      now += writing ? -1 : 1;
      REQUIRE((mine == 0 || mine == 1));  // a worker takes one step at a time
      most = std::max(most, now);
    }
    REQUIRE(now == 0);
    REQUIRE(most > 1);  // and they overlap
    const VirtualWorkers others{.count = count, .seed = 2};
    REQUIRE(order != events(others, 20, 10));
  }
}

TEST_CASE("stragglers leave others waiting", "[replay]") {
  double even = 0.0;
  double uneven = 0.0;
  static_cast<void>(events({.count = 8, .straggler = 0.0}, 10, 100, &even));
  static_cast<void>(events({.count = 8, .straggler = 2.0}, 10, 100, &uneven));
  REQUIRE(even > 0.95);
  REQUIRE(even <= 1.0);
  REQUIRE(uneven < 0.9);
}

TEST_CASE("virtual workers must be some, and take time", "[replay]") {
  REQUIRE_THROWS_AS(Replay({.count = 0}), std::invalid_argument);
  REQUIRE_THROWS_AS(Replay({.count = 1, .straggler = -1.0}), std::invalid_argument);
  REQUIRE_THROWS_AS(Replay({.count = 1, .measured = {1.0, 0.0}}), std::invalid_argument);
}

TEST_CASE("a virtual vector counts writes between a worker's read and its write", "[replay]") {
  SharedVector<Virtual> shared(3);
  SharedVector<Virtual>::View one(shared);
  SharedVector<Virtual>::View other(shared);
  one.begin_step();
  static_cast<void>(one.get(0));
  static_cast<void>(one.get(1));
  REQUIRE(one.reads() == 2);
  other.begin_step();
  static_cast<void>(other.get(1));
  other.add(1, 1.0);
  other.end_step();
  one.add(0, 1.0);
  one.add(1, 1.0);  // collides
  one.end_step();
  static_cast<void>(one.fetch(2));
  static_cast<void>(other.fetch(2));
  const auto more = [](double x) { return x + 1.0; };
  one.exchange(2, more);
  one.exchange(2, more);
  other.exchange(2, more);  // collides
  one.hand_in();
  other.hand_in();
  REQUIRE(shared.counts().steps == 2);
  REQUIRE(shared.counts().updates == 6);
  REQUIRE(shared.counts().collisions == 2);
  REQUIRE(shared.counts().lost == 0);
  REQUIRE(shared.counts().staleness.largest() == 1.0);
  REQUIRE(shared.snapshot() == std::vector<double>{1.0, 2.0, 3.0});
}
