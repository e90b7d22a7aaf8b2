#include <sounder/solvers/cd.hpp>

#include "solvers/coordinate.hpp"

using namespace sounder;
using namespace sounder::test;

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
