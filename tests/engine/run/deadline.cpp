#include <sounder/engine/run/deadline.hpp>

#include <atomic>

#include "support/catch.hpp"

using sounder::Deadline;
using sounder::Stopwatch;

TEST_CASE("a deadline cancels by its clock, which stands still between stop and start",
          "[deadline]") {
  sounder::SilentTrace silent;
  Stopwatch clock = Stopwatch::running();
  const Deadline now(silent, clock, 1e-9);
  const Deadline later(silent, clock, 1e9);
  while (clock.so_far() < 1e-6) {
  }
  REQUIRE(now.cancelled());
  REQUIRE_FALSE(later.cancelled());
  REQUIRE(clock.seconds() == 0.0);
  clock.stop();
  const double stopped = clock.seconds();
  REQUIRE(stopped >= 1e-6);
  REQUIRE(clock.so_far() == stopped);
  const Deadline then(silent, clock, 1.001 * stopped);
  REQUIRE_FALSE(then.cancelled());
}

TEST_CASE("a deadline hands on what the trace says", "[deadline]") {
  class Asked final : public sounder::Trace {
   public:
    Verdict epoch(const sounder::Progress& progress) override {
      return progress.epoch == 1 ? Verdict::interrupt : Verdict::go_on;
    }
    [[nodiscard]] bool cancelled() const noexcept override { return asked; }
    std::atomic<bool> asked = false;
  };
  Asked trace;
  const Stopwatch clock;
  Deadline deadline(trace, clock, 1.0);
  REQUIRE(deadline.epoch({.epoch = 0, .certificate = {}}) == sounder::Trace::Verdict::go_on);
  REQUIRE(deadline.epoch({.epoch = 1, .certificate = {}}) == sounder::Trace::Verdict::interrupt);
  REQUIRE_FALSE(deadline.cancelled());
  trace.asked = true;
  REQUIRE(deadline.cancelled());
}
