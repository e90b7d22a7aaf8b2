// What happens to margins that have lost updates.
#include <sounder/solvers/shotgun.hpp>

#include <chrono>
#include <cmath>

#include "solvers/fixtures/correlated.hpp"
#include "support/catch.hpp"

using sounder::Atomic;
using sounder::CoordinateOptions;
using sounder::Index;
using sounder::L1;
using sounder::Result;
using sounder::shotgun;
using sounder::SilentTrace;
using sounder::SingleCoordinates;
using sounder::Squared;
using sounder::Status;
using namespace sounder::test;

namespace {

/// Like Atomic, but slow, and it loses an eighth of every addition: the same in every run.
struct Forgetful {
  static double load(double& x) noexcept { return Atomic::load(x); }
  template <class Change>
  static void update(double& x, Change&& change) noexcept {
    const bool addition = change(0.0) != change(1.0);  // and no new value
    Atomic::update(x, [&](double now) {
      const double all = change(now);
      return addition ? all - 0.125 * (all - now) : all;
    });
    using Clock = std::chrono::steady_clock;
    const auto begin = Clock::now();
    while (Clock::now() - begin < std::chrono::microseconds(1)) {
    }
  }
};

/// Shotgun's coordinates, eight at once for any number of threads, so in the same rounds.
template <sounder::Loss L, sounder::Penalty P>
class EightAtOnce : public SingleCoordinates<L, P> {
 public:
  using SingleCoordinates<L, P>::SingleCoordinates;
  [[nodiscard]] static Index parallel() noexcept { return 8; }
};

}  // namespace

template <>
inline constexpr bool sounder::loses_updates<Forgetful> = true;

TEST_CASE("relaxed updates may be lost, and the optimum is reached", "[shotgun]") {
  const auto instance = make_instance<Squared, L1>({.rows = 50, .density = 0.9});
  const auto best = oracle_minimum(instance.dense_problem());
  for (const int threads : {2, 4, 8}) {
    CAPTURE(threads);
    CoordinateOptions options;
    options.threads = threads;
    options.parallel = threads;
    options.tolerance = 1e-8;
    options.max_epochs = 5000;
    SilentTrace trace;
    const Result result = shotgun<sounder::Relaxed>(instance.problem(), options, trace);
    CAPTURE(result.message);
    REQUIRE(result.status == Status::converged);
    REQUIRE(result.certificate.objective <= best.objective * (1.0 + 1e-6));
  }
}

TEST_CASE("margins are made anew after the epoch in which P fell to one, too: 1, 2 and 4 threads",
          "[shotgun]") {
  const auto instance = correlated(300, 48, 0.02, 1, 1e-6);
  for (const int threads : {1, 2, 4}) {
    CoordinateOptions options;
    options.threads = threads;
    options.tolerance = 0.0;
    options.max_epochs = 20;
    options.extrapolation = 0;  // it makes margins anew
    SilentTrace trace;
    const Result result =
        sounder::parallel_descent<EightAtOnce, Forgetful>(instance.problem(), options, trace);
    CAPTURE(threads, result.message);
    REQUIRE(result.parallel == 1);
    REQUIRE_THAT(result.message, Catch::Contains("one update at a time is faster"));
    // What is reported is true of what is returned.
    const double objective =
        oracle_objective(instance.dense_problem(), dense(result.w), result.intercept);
    REQUIRE(std::abs(result.certificate.objective - objective) <= 1e-12 * objective);
    REQUIRE(result.certificate.dual_objective <= objective * (1.0 + 1e-12));
  }
}
