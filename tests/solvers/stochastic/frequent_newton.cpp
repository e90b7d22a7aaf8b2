#include <sounder/solvers/hogwild.hpp>
#include <sounder/solvers/stochastic/frequent_newton.hpp>

#include <algorithm>
#include <cmath>

#include "solvers/fixtures/instances.hpp"
#include "support/catch.hpp"

using sounder::FrequentNewton;
using sounder::L2;
using sounder::PackedEvaluator;
using sounder::SgdOptions;
using sounder::Team;
using sounder::test::make_instance;
using sounder::test::SmoothLosses;

TEMPLATE_LIST_TEST_CASE(
    "Newton on columns that are all frequent goes to the minimum, with 1, 2 "
    "and 4 threads",
    "[newton]", SmoothLosses) {
  for (const auto& shape : sounder::test::all_shapes({.rows = 3000, .columns = 20})) {
    const auto instance = make_instance<TestType, L2>(shape);
    const auto problem = instance.problem();
    const double least = oracle_minimum(instance.dense_problem()).objective;
    for (const int threads : {1, 2, 4}) {
      CAPTURE(shape, threads);
      const Team team(threads);
      PackedEvaluator<TestType, L2> point(problem, -1, /*precondition=*/true, team);
      FrequentNewton<TestType, L2> newton(problem, point.rows(), point.scales(),
                                          point.first_penalised(), team);
      std::vector<double> w(point.rows().columns());
      double last = point.objective(w);
      for (int call = 0; call < 8; ++call) {
        newton.improve(w, point.margins(), /*rest=*/1e-20);
        const std::vector<double> known(point.margins().begin(), point.margins().end());
        const double here = point.objective(w);  // and the margins anew
        REQUIRE(here <= last * (1.0 + 1e-14));
        REQUIRE(std::equal(
            known.begin(), known.end(), point.margins().begin(),
            [](double a, double b) { return std::abs(a - b) <= 1e-9 * (1.0 + std::abs(b)); }));
        last = here;
      }
      REQUIRE(std::abs(last - least) <= 1e-8 * least);
    }
  }
}

TEST_CASE("Newton leaves rare columns, and points whose gradient is in those, alone", "[newton]") {
  const auto instance = make_instance<sounder::Logistic, L2>(
      {.rows = 500, .columns = 60, .density = 0.2, .intercept = true});
  const auto problem = instance.problem();
  const Team team(2);
  PackedEvaluator<sounder::Logistic, L2> point(problem, -1, true, team);
  FrequentNewton<sounder::Logistic, L2> newton(problem, point.rows(), point.scales(),
                                               point.first_penalised(), team);
  REQUIRE(point.rows().frequent() == 32);
  std::vector<double> w(point.rows().columns());
  const double before = point.objective(w);
  static_cast<void>(point.certify_point(w));
  std::vector<double> moved = w;
  newton.improve(moved, point.margins(), sounder::infinity);
  REQUIRE(moved == w);
  newton.improve(moved, point.margins(), 0.0);
  REQUIRE(std::equal(w.begin() + 32, w.end(), moved.begin() + 32));
  const double after = point.objective(moved);
  REQUIRE(after < before);
  // What is left of the gradient is the rest, which has moved with the margins: the gap of the dual
  // point at a scale of 1, which the best scale brings down.
  const auto certificate = point.certify_point(moved);
  const double gap =
      point.rest_of_gradient() / (2.0 * problem.penalty.l2() * certificate.objective);
  REQUIRE(certificate.relative_gap <= 1.001 * gap);
  REQUIRE(certificate.relative_gap >= 0.3 * gap);
}

TEST_CASE("frequent columns of different sizes cost Hogwild! no epochs, with 1 and 2 threads",
          "[newton]") {
  // A column of counts in every row, as text has them, and a weak penalty.
  auto shape = sounder::test::Shape{.rows = 4000, .columns = 200, .density = 0.05, .lambda = 1e-6};
  const auto instance = make_instance<sounder::Logistic, L2>(shape);
  for (const int threads : {1, 2}) {
    SgdOptions options;
    options.threads = threads;
    options.max_epochs = 200;
    options.tolerance = 1e-4;
    sounder::SilentTrace trace;
    const auto with = hogwild(instance.problem(), options, trace);
    options.newton = false;
    const auto without = hogwild(instance.problem(), options, trace);
    CAPTURE(threads, with.epochs, without.epochs);
    REQUIRE(with.status == sounder::Status::converged);
    REQUIRE(with.epochs <= without.epochs + 2);
  }
}
