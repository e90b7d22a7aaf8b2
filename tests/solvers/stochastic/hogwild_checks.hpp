// Runs a solver on an instance and compares every evaluated point with the oracle.
#pragma once

#include <sounder/engine/run/trace.hpp>
#include <sounder/solvers/hogwild.hpp>
#include <sounder/solvers/sgd.hpp>

#include <algorithm>
#include <type_traits>
#include <vector>

#include "solvers/fixtures/instances.hpp"
#include "support/catch.hpp"

namespace sounder::test {

/// Remembers every point; asks to stop at epoch `stop_at`.
class Recorder final : public Trace {
 public:
  explicit Recorder(int stop_at = -1) : stop_at_(stop_at) {}

  Verdict epoch(const Progress& progress) override {
    seen.push_back(progress);
    return progress.epoch == stop_at_ ? Verdict::interrupt : Verdict::go_on;
  }

  std::vector<Progress> seen;

 private:
  int stop_at_;
};

[[nodiscard]] inline SgdOptions with_threads(int threads, std::uint64_t seed = 1) {
  SgdOptions options;
  options.threads = threads;
  options.seed = seed;
  return options;
}

/// (F - F*) / F* at the result (relative to F(0) if F* is nearly zero). Also checks every number
/// reported on the way: objectives are at least F*, dual bounds at most F*, and the result is what
/// its certificate says.
/// @param solve returns a Result for a problem, options and trace
template <class L, class P, class Solve>
[[nodiscard]] double excess_by(const Instance<L, P>& instance, const OraclePoint& best,
                               const SgdOptions& options, Solve&& solve) {
  const Problem<L, P> problem = instance.problem();
  Recorder trace;
  const Result result = solve(problem, options, trace);
  const double at_zero = objective_at_zero(problem, Team(1));
  const double null = null_objective(problem, Team(1));
  const double slack = 1e-7 * best.objective + 1e-14 * at_zero;
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
  CAPTURE(result.message, result.step, result.epochs);
  REQUIRE(result.certificate.objective == Approx(lowest).epsilon(1e-12));
  REQUIRE(result.seed == options.seed);
  const double objective =
      oracle_objective(instance.dense_problem(), dense(result.w), result.intercept);
  REQUIRE(result.certificate.objective == Approx(objective).epsilon(1e-10));
  REQUIRE(result.certificate.nonzeros ==
          static_cast<Index>(result.w.size()) - std::count(result.w.begin(), result.w.end(), 0.0));
  return (objective - best.objective) / std::max(best.objective, 1e-6 * at_zero);
}

/// The same of hogwild.
template <class Update, class L, class P>
[[nodiscard]] double excess(const Instance<L, P>& instance, const OraclePoint& best,
                            const SgdOptions& options) {
  return excess_by(instance, best, options,
                   [](const auto& problem, const SgdOptions& given, Trace& trace) {
                     const Result result = hogwild<Update>(problem, given, trace);
                     REQUIRE(result.threads == given.threads);
                     return result;
                   });
}

/// Bounds on the excess after 20 epochs of 400 rows: three times the worst that was measured over
/// shapes, seeds and threads, or the oracle's own accuracy.
template <class L, class P>
inline constexpr double usual_excess = std::is_same_v<L, Hinge>
                                           ? (std::is_same_v<P, NoPenalty> ? 1.7e-2 : 7e-3)
                                           : (std::is_same_v<P, NoPenalty> || std::is_same_v<P, L2>
                                                  ? 1e-8
                                                  : (std::is_same_v<L, Logistic> ? 8e-3 : 6e-4));

/// One run's options: threads, hot columns, rows a block, seed.
struct Setting {
  int threads;
  int hot_columns;
  Index row_block;
  std::uint64_t seed;
};

/// The property that every loss has with every penalty.
template <class L, class P>
void reaches_the_optimum() {
  for (const Shape& shape : all_shapes()) {
    const auto instance = make_instance<L, P>(shape);
    const OraclePoint best = oracle_minimum(instance.dense_problem());
    for (const auto& [threads, hot_columns, row_block, seed] :
         {Setting{1, 0, 1, 1}, Setting{1, -1, 16, 2}, Setting{2, -1, 4, 3}, Setting{4, 0, 16, 4},
          Setting{8, -1, 1, 5}}) {
      CAPTURE(L::name, P::name, shape, threads, hot_columns, row_block, seed);
      SgdOptions options = with_threads(threads, seed);
      options.hot_columns = hot_columns;
      options.row_block = row_block;
      REQUIRE(excess<Relaxed>(instance, best, options) <= usual_excess<L, P>);
    }
  }
}

}  // namespace sounder::test
