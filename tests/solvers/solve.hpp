// Runs a solver on an instance and holds every evaluated point against the oracle.
#pragma once

#include <sounder/engine/trace.hpp>
#include <sounder/solvers/hogwild.hpp>
#include <sounder/solvers/sgd.hpp>

#include <algorithm>
#include <vector>

#include "solvers/instances.hpp"
#include "support/catch.hpp"

namespace sounder::test {

/// Remembers what it was shown; asks to stop at epoch `stop_at`.
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

/// (F - F*) / F* at the result, after checking that every number reported on the way is true:
/// objectives at least F*, dual bounds at most, the result what its certificate says.
template <class Update, class L, class P>
[[nodiscard]] double excess(const Instance<L, P>& instance, const OraclePoint& best,
                            const SgdOptions& options) {
  const Problem<L, P> problem = instance.problem();
  Recorder trace;
  const Result result = hogwild<Update>(problem, options, trace);
  const double slack = 1e-7 * best.objective;
  const double at_zero = objective_at_zero(problem, Team(1));
  double lowest = infinity;
  for (const Progress& progress : trace.seen) {
    const Certificate& point = progress.certificate;
    CAPTURE(progress.epoch, point.objective, point.dual_objective, best.objective);
    REQUIRE(point.objective >= best.objective - slack);
    REQUIRE(point.dual_objective <= best.objective + slack);
    REQUIRE(point.relative_gap >= 0.0);
    REQUIRE(point.relative_gap * at_zero >= point.objective - best.objective - slack);
    lowest = std::min(lowest, point.objective);
  }
  CAPTURE(result.message, result.step, result.epochs);
  REQUIRE(result.certificate.objective == lowest);
  REQUIRE(result.threads == options.threads);
  REQUIRE(result.seed == options.seed);
  const double objective =
      oracle_objective(instance.dense_problem(), dense(result.w), result.intercept);
  REQUIRE(result.certificate.objective == Approx(objective).epsilon(1e-9));
  REQUIRE(result.certificate.nonzeros ==
          static_cast<Index>(result.w.size()) - std::count(result.w.begin(), result.w.end(), 0.0));
  return objective / best.objective - 1.0;
}

}  // namespace sounder::test
