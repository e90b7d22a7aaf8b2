// The hinge by coordinate descent: every penalty against the oracle, and what a run promises.
#include <sounder/solvers/cd.hpp>
#include <sounder/solvers/loss/hinge.hpp>
#include <sounder/solvers/multipliers/rounded_hinge.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include "solvers/coordinate/coordinate_checks.hpp"

using namespace sounder;
using namespace sounder::test;

namespace {

const auto by_multipliers = [](const auto& problem, const CoordinateOptions& options,
                               Trace& trace) { return cd(problem, options, trace); };

}  // namespace

TEST_CASE("cd reaches the optimum of the hinge, with any penalty and 1, 2 and 4 threads",
          "[multipliers]") {
  for (const Shape& shape : all_shapes({.rows = 200, .columns = 20})) {
    for (const Bounded& penalty : penalties<Bounded>(shape.lambda)) {
      if (!certified(penalty)) {
        continue;  // nothing bounds the objective from below
      }
      const auto instance = make_instance<Hinge, Bounded>(shape, penalty);
      const OraclePoint best = oracle_minimum(instance.dense_problem());
      for (const int threads : {1, 2, 4}) {
        CAPTURE(shape, penalty.l1(), penalty.l2(), penalty.lower, penalty.upper, threads);
        const CoordinateOptions options{.threads = threads, .max_epochs = 5000, .tolerance = 1e-7};
        REQUIRE(checked_excess(by_multipliers, instance, best, options) <= 1e-7);
      }
    }
  }
}

TEST_CASE("without a penalty cd takes the hinge to its lowest value, uncertified",
          "[multipliers]") {
  const auto instance = make_instance<Hinge, NoPenalty>({.rows = 300, .columns = 5});
  const OraclePoint best = oracle_minimum(instance.dense_problem());
  SilentTrace trace;
  const Result result = cd(instance.problem(), {.max_epochs = 300}, trace);
  REQUIRE(result.certificate.objective <= best.objective * (1.0 + 1e-4));
  REQUIRE(result.certificate.dual_objective <= best.objective * (1.0 + 1e-9));
}

TEST_CASE("the hinge by cd: same bits with 1, 2, 3, 4 and 8 threads, warm starts, limits, a stop",
          "[multipliers]") {
  const auto instance = make_instance<Hinge, Bounded>(
      {.rows = 300, .columns = 40, .intercept = true, .weighted = true},
      Bounded{.l1_strength = 1e-3, .l2_strength = 1e-3});
  const auto problem = instance.problem();
  SilentTrace silent;
  const CoordinateOptions options{.tolerance = 1e-6};
  const Result alone = cd(problem, options, silent);
  REQUIRE(alone.status == Status::converged);
  for (const int threads : {2, 3, 4, 8}) {
    CAPTURE(threads);
    CoordinateOptions many = options;
    many.threads = threads;
    const Result result = cd(problem, many, silent);
    REQUIRE(result.w == alone.w);
    REQUIRE(result.intercept == alone.intercept);
    REQUIRE(result.threads == threads);
  }
  CoordinateOptions warm = options;
  warm.initial = alone.w;
  warm.initial_intercept = alone.intercept;
  const Result again = cd(problem, warm, silent);
  REQUIRE(again.status == Status::converged);
  REQUIRE(again.certificate.objective <= alone.certificate.objective);
  // A start outside of the bounds is moved into them.
  Problem<Hinge, Bounded> bounded = problem;
  bounded.penalty.lower = 0.0;
  const Result inside = cd(bounded, warm, silent);
  REQUIRE(inside.status == Status::converged);
  REQUIRE(*std::min_element(inside.w.begin(), inside.w.end()) >= 0.0);
  REQUIRE(cd(problem, {.max_epochs = 0}, silent).status == Status::max_epochs);
  const Result few = cd(problem, {.max_epochs = 7, .tolerance = 1e-12}, silent);
  REQUIRE(few.status == Status::max_epochs);
  REQUIRE(few.epochs == 7);
  struct StopAtOnce final : Trace {
    Verdict epoch(const Progress& /*progress*/) override { return Verdict::go_on; }
    [[nodiscard]] bool cancelled() const noexcept override { return true; }
  } stop;
  REQUIRE(cd(problem, options, stop).status == Status::interrupted);
}

TEST_CASE("the hinge by cd with a team large enough to share work: 1, 2 and 4 threads",
          "[multipliers]") {
  const auto instance = make_instance<Hinge, Bounded>(
      {.rows = 12000, .columns = 100, .density = 0.9}, Bounded{.l2_strength = 1e-2});
  const auto problem = instance.problem();
  SilentTrace silent;
  const Result alone = cd(problem, {}, silent);
  REQUIRE(alone.status == Status::converged);
  for (const int threads : {2, 4}) {
    CAPTURE(threads);
    REQUIRE(cd(problem, {.threads = threads}, silent).w == alone.w);
  }
}

TEST_CASE("a rounded hinge is the hinge's proximal term, and its derivatives are derivatives",
          "[multipliers]") {
  constexpr Hinge hinge;
  for (const double width : {1.0, 0.1, 1e-3}) {
    const RoundedHinge loss{width};
    for (const double y : {-1.0, 1.0}) {
      for (const double before : {0.0, 0.3, 1.0}) {
        const double target = loss.target(y, y * before);
        for (double z = -3.0; z <= 3.0; z += 0.125) {
          CAPTURE(width, y, before, z);
          // max over u in [0, 1], on a grid.
          double most = -infinity;
          for (int k = 0; k <= 4000; ++k) {
            const double u = k / 4000.0;
            most = std::max(most, hinge.dual_term(y, y * u) - u * y * z -
                                      0.5 * width * (u - before) * (u - before));
          }
          const double constant = 0.5 * width * width * before * before;
          REQUIRE(loss.value(target, z) == Approx(width * most + constant).margin(1e-6 * width));
          const double step = 1e-6 * width;
          const double slope =
              (loss.value(target, z + step) - loss.value(target, z - step)) / (2.0 * step);
          REQUIRE(loss.derivative(target, z) == Approx(slope).margin(1e-4 * width));
          const double a = -loss.derivative(target, z);
          REQUIRE(loss.dual_term(target, a) - a * z == Approx(loss.value(target, z)).margin(1e-12));
        }
      }
    }
  }
}
