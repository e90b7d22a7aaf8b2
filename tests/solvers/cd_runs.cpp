#include <sounder/solvers/cd.hpp>

#include "solvers/coordinate.hpp"

using namespace sounder;
using namespace sounder::test;

TEST_CASE("a working set takes the support, then the violators that may move", "[cd]") {
  WorkingSet set(6);
  const std::vector<double> w{0.0, 2.0, 0.0, 0.0, -1.0, 0.0};
  const std::vector<double> pull{0.5, 0.1, -3.0, 2.0, 0.0, 9.0};
  const std::vector<double> curvature{1.0, 1.0, 1.0, 1.0, 1.0, 0.0};  // the last column is empty
  const auto taken = [&](const Bounded& penalty) {
    set.clear();
    set.add_active(penalty, w, pull, curvature);
    return std::vector<Index>(set.features().begin(), set.features().end());
  };
  REQUIRE(taken({.l1_strength = 1.0}) == std::vector<Index>{1, 4, 2, 3});
  REQUIRE(taken({.l1_strength = 2.5}) == std::vector<Index>{1, 4, 2});
  REQUIRE(taken({.l1_strength = 1.0, .lower = 0.0}) == std::vector<Index>{1, 4, 3});
  set.screen(3);
  REQUIRE(taken({.l1_strength = 1.0}) == std::vector<Index>{1, 4, 2});
  set.clear();
  REQUIRE(set.add_support(w) == 2);
  REQUIRE(set.size() == 2);
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
