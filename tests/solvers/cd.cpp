#include <sounder/solvers/cd.hpp>

#include "solvers/coordinate.hpp"

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

TEMPLATE_TEST_CASE("cd: same seed and one thread, same bits", "[cd]", Squared, Logistic,
                   SquaredHinge) {
  const auto instance = make_instance<TestType, Bounded>({.rows = 300, .columns = 60});
  const auto problem = instance.problem();
  SilentTrace trace;
  const CoordinateOptions options{.tolerance = 1e-8, .seed = 5};
  REQUIRE(cd(problem, options, trace).w == cd(problem, options, trace).w);
}

TEMPLATE_TEST_CASE("cd with a team large enough to share work", "[cd]", Squared, Logistic,
                   SquaredHinge) {
  const auto instance = make_instance<TestType, Bounded>(
      {.rows = 12000, .columns = 400, .density = 0.3}, Bounded{.l1_strength = 1e-3});
  const auto problem = instance.problem();
  SilentTrace trace;
  const Result alone = cd(problem, CoordinateOptions{.tolerance = 1e-8}, trace);
  REQUIRE(alone.status == Status::converged);
  for (const int threads : {2, 4}) {
    const Result result =
        cd(problem, CoordinateOptions{.threads = threads, .tolerance = 1e-8}, trace);
    REQUIRE(result.status == Status::converged);
    REQUIRE(result.certificate.objective == Approx(alone.certificate.objective).epsilon(1e-7));
  }
}

TEST_CASE("cd starts from where it is told, on columns that are at hand", "[cd]") {
  const auto instance =
      make_instance<Logistic, Bounded>({.rows = 300, .columns = 60}, {.l1_strength = 0.01});
  const auto problem = instance.problem();
  SilentTrace trace;
  CoordinateOptions options{.tolerance = 1e-8};
  const Result cold = cd(problem, options, trace);
  const CscMatrix columns(problem.matrix, Team(2));
  REQUIRE(cd(problem, columns, options, trace).w == cold.w);
  options.initial = cold.w;
  const Result warm = cd(problem, columns, options, trace);
  REQUIRE(warm.status == Status::converged);
  REQUIRE(warm.epochs <= 1);
  const CscMatrix others(
      make_instance<Logistic, Bounded>({.rows = 299, .columns = 60}).problem().matrix, Team(1));
  REQUIRE_THROWS_AS(cd(problem, others, options, trace), std::invalid_argument);
}
