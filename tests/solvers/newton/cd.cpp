#include <sounder/solvers/cd.hpp>

#include "solvers/coordinate/coordinate_checks.hpp"

using namespace sounder;
using namespace sounder::test;

namespace {

const auto solver = [](const auto& problem, const CoordinateOptions& options, Trace& trace) {
  return cd(problem, options, trace);
};

/// Everything on, then each accelerator off, then every rule.
std::vector<CoordinateOptions> ways() {
  std::vector<CoordinateOptions> all(9);
  all[1].working_set = false;
  all[2].screening = false;
  all[3].newton = false;
  all[4].extrapolation = 0;
  all[5].rule = CoordinateRule::cyclic;
  all[6].rule = CoordinateRule::random;
  all[7].rule = CoordinateRule::greedy;
  all[8].working_set = all[8].screening = all[8].newton = false;
  all[8].extrapolation = 0;
  return all;
}

}  // namespace

TEMPLATE_TEST_CASE("cd reaches the optimum", "[cd]", (Pair<Squared, Bounded>),
                   (Pair<Logistic, Bounded>), (Pair<SquaredHinge, Bounded>),
                   (Pair<Logistic, ElasticNet>)) {
  using L = typename TestType::L;
  using P = typename TestType::P;
  for (const Shape& shape : all_shapes({.rows = 200, .columns = 20})) {
    for (const P& penalty : penalties<P>(shape.lambda)) {
      const auto instance = make_instance<L, P>(shape, penalty);
      const OraclePoint best = oracle_minimum(instance.dense_problem());
      for (const int threads : {1, 2, 4, 8}) {
        CAPTURE(L::name, P::name, penalty.l1(), penalty.l2(), shape, threads);
        CoordinateOptions options;
        options.threads = threads;
        options.tolerance = certified(penalty) ? 1e-9 : 0.0;
        options.max_epochs = certified(penalty) ? 1000 : 60;
        REQUIRE(checked_excess(solver, instance, best, options) <= 1e-7);
      }
    }
  }
}

TEMPLATE_TEST_CASE("cd without one of its accelerators comes to the same optimum", "[cd]", Squared,
                   Logistic, SquaredHinge) {
  using L = TestType;
  const auto instance =
      make_instance<L, Bounded>({.rows = 150, .columns = 60, .intercept = true, .lambda = 0.02});
  const OraclePoint best = oracle_minimum(instance.dense_problem());
  int way = 0;
  for (CoordinateOptions options : ways()) {
    CAPTURE(L::name, way++);
    options.tolerance = 1e-8;
    options.max_epochs = 5000;
    REQUIRE(checked_excess(solver, instance, best, options) <= 1e-6);
  }
}
