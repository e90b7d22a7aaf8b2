#include <sounder/solvers/cd.hpp>

#include "solvers/coordinate/coordinate_checks.hpp"

using namespace sounder;
using namespace sounder::test;

namespace {

/// With 1, 2, 3 and 4 threads, on enough data for all of them.
template <class L>
void cd_has_the_same_bits() {
  const auto instance = make_instance<L, Bounded>({.rows = 12000, .columns = 400, .density = 0.3},
                                                  Bounded{.l1_strength = 1e-3});
  const auto problem = instance.problem();
  SilentTrace trace;
  const Result alone = cd(problem, CoordinateOptions{.tolerance = 1e-8}, trace);
  REQUIRE(alone.status == Status::converged);
  for (const int threads : {2, 3, 4}) {
    const Result result =
        cd(problem, CoordinateOptions{.threads = threads, .tolerance = 1e-8}, trace);
    REQUIRE(result.w == alone.w);
  }
}

}  // namespace

TEST_CASE("a working set takes the support, then the violators that may move", "[cd]") {
  WorkingSet set(6);
  const std::vector<double> w{0.0, 2.0, 0.0, 0.0, -1.0, 0.0};
  const std::vector<double> pull{0.5, 0.1, -3.0, 2.0, 0.0, 9.0};
  const std::vector<double> curvature{1.0, 1.0, 1.0, 1.0, 1.0, 0.0};  // the last column is empty
  const auto taken = [&](const Bounded& penalty) {
    set.clear();
    set.add_active(zero_interval(penalty), w, pull, curvature);
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

TEST_CASE("a working set takes the nearest of many candidates, also where many tie", "[cd]") {
  constexpr std::size_t p = 20000;
  RandomStream random(3);
  const std::vector<double> curvature(p, 1.0);
  // A pattern: every sixteenth is near, which misleads a sample of every sixteenth.
  for (const double tied : {0.0, 0.5, 0.999, 1.0, -1.0}) {
    std::vector<double> pull(p);
    for (std::size_t j = 0; j < p; ++j) {
      pull[j] = random.uniform() < tied ? 0.7 : random.uniform();
      pull[j] = tied < 0.0 && j % 16 == 0 ? 1.0 + 1e-3 * pull[j] : pull[j];
    }
    for (const std::size_t count : {1UL, 100UL, 3000UL, 19000UL, 20000UL, 30000UL}) {
      CAPTURE(tied, count);
      WorkingSet set(p);
      set.grow(count, WorkingSet::Among::all, {-1.0, 1.0}, pull, 1.0, curvature);
      REQUIRE(set.size() == std::min(count, p));
      std::vector<char> taken(p);
      double least = infinity;
      for (const Index j : set.features()) {
        taken[static_cast<std::size_t>(j)] = 1;
        least = std::min(least, pull[static_cast<std::size_t>(j)]);
      }
      for (std::size_t j = 0; j < p; ++j) {
        REQUIRE((taken[j] != 0 || pull[j] <= least + 1e-6));  // distances are floats
      }
    }
  }
}

TEMPLATE_TEST_CASE("screening spares what is not zero at the optimum, and near it little else",
                   "[cd]", Squared, Logistic, SquaredHinge) {
  for (const double lower : {-infinity, 0.0}) {
    const auto instance = make_instance<TestType, Bounded>({.rows = 30, .columns = 80},
                                                           {.l1_strength = 0.03, .lower = lower});
    const auto problem = instance.problem();
    SilentTrace trace;
    RandomStream random(4);
    const Result best = cd(problem, CoordinateOptions{.tolerance = 1e-12}, trace);
    const Team team(1);
    const CscMatrix columns(problem.matrix, team);
    const CoordinateStep step(problem, columns, team);
    std::size_t screened = 0;
    for (const double share : {0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.99, 0.999, 1.0}) {
      CoordinateEvaluator point(problem, columns, team);
      std::vector<double> w = best.w;
      for (double& value : w) {
        value *= 1.0 - 2.0 * (1.0 - share) * random.uniform();
      }
      std::vector<double> z(static_cast<std::size_t>(problem.matrix.rows()));
      point.margins(w, 0.0, z);
      const Certificate certificate = point.certify_point(w, z);
      const DualPoint& dual = point.dual_point();
      WorkingSet set(w.size());
      const std::vector<double> zeros(w.size());
      screen_gap_safe(set, zero_interval(problem.penalty), zeros, point.pull(), dual.scale,
                      step.curvature(), certificate.objective - dual.objective);
      for (std::size_t j = 0; j < w.size(); ++j) {
        CAPTURE(lower, share, j);
        REQUIRE_FALSE((best.w[j] != 0.0 && set.screened(j)));
      }
      screened = set.screened_count();
    }
    REQUIRE(screened + static_cast<std::size_t>(best.certificate.nonzeros) + 5 >= best.w.size());
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

TEMPLATE_TEST_CASE(
    "cd with a team large enough to share work has the same bits: 1, 2, 3 and 4 threads", "[cd]",
    Squared, Logistic) {
  cd_has_the_same_bits<TestType>();
}

TEST_CASE("cd with a team and squared hinge loss has the same bits: 1, 2, 3 and 4 threads",
          "[cd][slow]") {
  cd_has_the_same_bits<SquaredHinge>();
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
