#include <sounder/engine/base/slots.hpp>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <utility>

#include "support/catch.hpp"

using sounder::Slots;

namespace {

/// Counts those alive; neither copyable nor movable, on cache lines of its own.
struct alignas(128) Counted {
  explicit Counted(int& alive) : alive_(alive) { ++alive_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --alive_; }
  int& alive_;
};

}  // namespace

TEST_CASE("slots hold as many objects as were asked for, made in order", "[slots]") {
  Slots<std::unique_ptr<std::size_t>> slots(
      5, [](std::size_t k) { return std::make_unique<std::size_t>(k); });
  REQUIRE(slots.size() == 5);
  std::size_t expected = 0;
  for (const std::unique_ptr<std::size_t>& one : slots) {
    REQUIRE(*one == expected++);
  }
  REQUIRE(Slots<int>(3)[2] == 0);
  REQUIRE(Slots<int>().size() == 0);
  REQUIRE(Slots<int>(0).size() == 0);
  Slots<std::unique_ptr<std::size_t>> moved = std::move(slots);
  REQUIRE(*moved[4] == 4);
  moved = Slots<std::unique_ptr<std::size_t>>(2);
  REQUIRE(moved.size() == 2);
  REQUIRE(moved[0] == nullptr);
}

TEST_CASE("objects are destroyed, also where making one of them fails, and lie as they must",
          "[slots]") {
  int alive = 0;
  {
    Slots<Counted> slots(4, [&](std::size_t) { return Counted(alive); });
    REQUIRE(alive == 4);
    for (const Counted& one : slots) {
      REQUIRE(reinterpret_cast<std::uintptr_t>(&one) % 128 == 0);
    }
  }
  REQUIRE(alive == 0);
  const auto fail_at_three = [&](std::size_t k) {
    if (k == 3) {
      throw std::runtime_error("no more");
    }
    return Counted(alive);
  };
  REQUIRE_THROWS_AS(Slots<Counted>(4, fail_at_three), std::runtime_error);
  REQUIRE(alive == 0);
}
