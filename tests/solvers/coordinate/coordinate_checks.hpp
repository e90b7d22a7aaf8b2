// Runs a coordinate solver on an instance and compares every evaluated point with the oracle.
#pragma once

#include <sounder/engine/run/trace.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/coordinate/coordinate_options.hpp>
#include <sounder/solvers/driver/certificate.hpp>

#include <algorithm>
#include <type_traits>
#include <vector>

#include "solvers/fixtures/instances.hpp"
#include "support/catch.hpp"

namespace sounder::test {

/// Remembers every point.
class Memory final : public Trace {
 public:
  Verdict epoch(const Progress& progress) override {
    seen.push_back(progress);
    return Verdict::go_on;
  }
  std::vector<Progress> seen;
};

/// Penalties of type P; for Bounded every kind, so that a solver is compiled once a loss.
template <class P>
[[nodiscard]] std::vector<P> penalties(double lambda) {
  if constexpr (std::is_same_v<P, Bounded>) {
    return {{},
            {.l1_strength = lambda},
            {.l2_strength = lambda},
            {.l1_strength = 0.5 * lambda, .l2_strength = 0.5 * lambda},
            make_penalty<Bounded>(lambda),
            {.l1_strength = lambda, .lower = 0.0, .upper = 0.5}};
  } else {
    return {make_penalty<P>(lambda)};
  }
}

/// Without a penalty the gap proves nothing, and a run takes all its epochs.
template <Penalty P>
[[nodiscard]] bool certified(const P& penalty) {
  return penalty.value(1e-3) > 0.0;
}

/// The relative excess of the result's objective over the oracle's. Also checks every number on the
/// way: objectives are at least F*, dual bounds at most F*, gaps never negative.
template <class Solver, class L, class P>
[[nodiscard]] double checked_excess(const Solver& solver, const Instance<L, P>& instance,
                                    const OraclePoint& best, const CoordinateOptions& options) {
  const Problem<L, P> problem = instance.problem();
  Memory trace;
  const Result result = solver(problem, options, trace);
  const double at_zero = objective_at_zero(problem, Team(1));
  const double null = null_objective(problem, Team(1));
  const double slack = 1e-8 * best.objective + 1e-14 * at_zero;
  double lowest = infinity;
  for (const Progress& progress : trace.seen) {
    const Certificate& point = progress.certificate;
    CAPTURE(progress.epoch, point.objective, point.dual_objective, best.objective);
    REQUIRE(point.objective >= best.objective - slack);
    REQUIRE(point.dual_objective <= best.objective + slack);
    REQUIRE(point.relative_gap >= 0.0);
    REQUIRE(point.relative_gap <= 1.0);
    REQUIRE(point.relative_gap * std::max(point.objective, 1e-6 * null) >=
            point.objective - best.objective - slack);
    lowest = std::min(lowest, point.objective);
  }
  CAPTURE(to_string(result.status), result.message, result.epochs, result.parallel,
          result.certificate.relative_gap, options.blocks);
  REQUIRE(result.certificate.objective == Approx(lowest).epsilon(1e-12));
  REQUIRE(result.certificate.relative_gap >= 0.0);
  REQUIRE(result.threads == options.threads);
  if (certified(problem.penalty)) {
    REQUIRE(result.status == Status::converged);
    REQUIRE(result.certificate.relative_gap <= options.tolerance);
  }
  const double objective =
      oracle_objective(instance.dense_problem(), dense(result.w), result.intercept);
  REQUIRE(result.certificate.objective == Approx(objective).epsilon(1e-10));
  return (objective - best.objective) / std::max(best.objective, 1e-6 * at_zero);
}

/// The property that every solver has with every pair that it accepts.
template <class L, class P, class Solver>
void reaches_the_oracle(const Solver& solver, const CoordinateOptions& base = {}) {
  for (const Shape& shape : all_shapes({.rows = 200, .columns = 20})) {
    for (const P& penalty : penalties<P>(shape.lambda)) {
      const auto instance = make_instance<L, P>(shape, penalty);
      const OraclePoint best = oracle_minimum(instance.dense_problem());
      for (const auto& [threads, parallel] :
           {std::pair{1, 0}, {2, 0}, {4, 0}, {8, 0}, {2, 4}, {4, 3}}) {
        CAPTURE(L::name, P::name, penalty.value(-1.0), penalty.value(1.0), shape, threads,
                parallel);
        CoordinateOptions options = base;
        options.threads = threads;
        options.parallel = parallel;
        options.tolerance = certified(penalty) ? 1e-9 : 0.0;
        options.max_epochs = certified(penalty) ? 5000 : 80;
        REQUIRE(checked_excess(solver, instance, best, options) <= 1e-7);
      }
    }
  }
}

/// The same with so many blocks; 0: as many as the solver takes by itself.
template <class TestPair, class Solver>
void reaches_the_oracle_in_blocks(const Solver& solver, Index blocks) {
  CoordinateOptions options;
  options.blocks = blocks;
  reaches_the_oracle<typename TestPair::L, typename TestPair::P>(solver, options);
}

}  // namespace sounder::test
