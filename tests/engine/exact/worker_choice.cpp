// Which number of workers is chosen, by the times that are noted.
#include <sounder/engine/exact/worker_choice.hpp>

#include <cmath>

#include "support/catch.hpp"

using sounder::WorkerChoice;

namespace {

constexpr std::size_t whole = 800;

/// Seconds of a batch with one worker, and with all of them.
struct Times {
  double alone;
  double together;
};

/// How many of a pass's batches all workers did.
std::size_t pass(WorkerChoice& choice, const Times& times) {
  std::size_t shared = 0;
  for (std::size_t at = 0; at < whole;) {
    const WorkerChoice::Stretch stretch = choice.next(whole, whole - at);
    REQUIRE(stretch.batches >= 1);
    REQUIRE(stretch.batches <= whole - at);
    const double each = stretch.workers == 1 ? times.alone : times.together;
    // Workers part where they are late.
    const std::size_t done =
        each > stretch.limit ? std::min<std::size_t>(stretch.batches, 16) : stretch.batches;
    choice.note(stretch, done, each * static_cast<double>(done));
    at += done;
    shared += stretch.workers == 1 ? 0 : done;
  }
  return shared;
}

}  // namespace

TEST_CASE("the faster number of workers gets nearly all batches", "[exact]") {
  for (const int workers : {2, 4}) {
    CAPTURE(workers);
    WorkerChoice fast(workers);
    WorkerChoice slow(workers);
    std::size_t with_fast = 0;
    std::size_t with_slow = 0;
    for (int k = 0; k < 100; ++k) {
      with_fast += pass(fast, {2e-5, 1e-5});
      with_slow += pass(slow, {1e-5, 1e-2});
    }
    REQUIRE(with_fast > 98 * whole);
    REQUIRE(with_slow < whole);
    REQUIRE(with_slow > 0);
  }
}

TEST_CASE("the choice follows the machine", "[exact]") {
  WorkerChoice choice(2);
  const Times quiet{2e-5, 1e-5};
  const Times busy{2e-5, 1e-3};
  for (int k = 0; k < 20; ++k) {
    static_cast<void>(pass(choice, quiet));
  }
  // Somebody takes a core: at once.
  REQUIRE(pass(choice, busy) <= 16);
  REQUIRE(pass(choice, busy) <= 16);
  // It is given back: within the time until the next trial.
  int until = 0;
  while (pass(choice, quiet) < whole / 2) {
    REQUIRE(++until < 70);
  }
}

TEST_CASE("one worker is not asked", "[exact]") {
  WorkerChoice choice(1);
  REQUIRE(pass(choice, {1e-5, NAN}) == 0);
  REQUIRE(choice.next(whole, whole).workers == 1);
}
