#include <sounder/solvers/driver/intercept.hpp>

#include <cmath>

#include "solvers/fixtures/instances.hpp"
#include "support/catch.hpp"

using sounder::best_shift;
using sounder::mean_loss;
using sounder::Problem;
using sounder::Squared;
using sounder::Team;
using sounder::test::Losses;
using sounder::test::make_instance;

namespace {

double slope_at(const auto& problem, const std::vector<double>& z, double t) {
  return sounder::weighted_mean(problem, Team(1), [&](double y, std::size_t i) {
    return problem.loss.derivative(y, z[i] + t);
  });
}

double loss_at(const auto& problem, std::vector<double> z, double t) {
  for (double& margin : z) {
    margin += t;
  }
  return mean_loss(problem, z, Team(1));
}

std::vector<double> random_margins(std::size_t size, double scale, std::uint64_t seed) {
  sounder::RandomStream random(seed);
  std::vector<double> z(size);
  for (double& margin : z) {
    margin = scale * random.normal();
  }
  return z;
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("at the best intercept the derivative is zero or changes sign",
                        "[intercept]", Losses) {
  for (const bool weighted : {false, true}) {
    const auto instance = make_instance<TestType, sounder::NoPenalty>(
        {.rows = 201, .columns = 3, .intercept = true, .weighted = weighted});
    const auto problem = instance.problem();
    for (const double scale : {0.0, 0.5, 30.0, 1e4}) {
      const std::vector<double> z = random_margins(201, scale, 8);
      const double t = best_shift(problem, z, Team(1));
      CAPTURE(weighted, scale, t);
      const double width = 1e-9 * (1.0 + std::abs(t) + scale);
      REQUIRE(slope_at(problem, z, t - width) <= 1e-12);
      REQUIRE(slope_at(problem, z, t + width) >= -1e-12);
      if (TestType::smooth) {
        REQUIRE(std::abs(slope_at(problem, z, t)) <= 1e-10 * (1.0 + scale));
      }
      for (const double other : {t - 1.0, t - 1e-3, t + 1e-3, t + 1.0}) {
        REQUIRE(loss_at(problem, z, t) <= loss_at(problem, z, other) * (1.0 + 1e-12));
      }
    }
  }
}

TEMPLATE_LIST_TEST_CASE("the best intercept is the same for 1, 2, 4 and 8 threads", "[intercept]",
                        Losses) {
  const auto instance =
      make_instance<TestType, sounder::NoPenalty>({.rows = 5000, .columns = 1, .intercept = true});
  const std::vector<double> z = random_margins(5000, 1.0, 2);
  const double one = best_shift(instance.problem(), z, Team(1));
  for (const int threads : {2, 4, 8}) {
    REQUIRE(best_shift(instance.problem(), z, Team(threads)) == one);
  }
}

TEMPLATE_LIST_TEST_CASE("with one class only the intercept stays finite", "[intercept]", Losses) {
  const std::vector<double> ones(10, 1.0);
  const std::vector<double> z = random_margins(10, 1.0, 4);
  const sounder::CsrMatrix rows =
      sounder::CsrMatrix::adopt(std::vector<sounder::Offset>(11, 0), {}, {}, 1);
  for (const double sign : {1.0, -1.0}) {
    const std::vector<double> targets(10, sign);
    const Problem<TestType, sounder::NoPenalty> problem{rows, targets, {}, {}, true, {}};
    const double t = best_shift(problem, z, Team(1));
    REQUIRE(std::isfinite(t));
    if (TestType::classification) {
      REQUIRE(t * sign > 0.0);
      REQUIRE(loss_at(problem, z, t) <= 1e-12);
    }
  }
}

TEST_CASE("the intercept of squared loss is the mean residual, whatever its size", "[intercept]") {
  const std::vector<double> z{1.0, 2.0, 3.0};
  const sounder::CsrMatrix rows = sounder::CsrMatrix::adopt({0, 0, 0, 0}, {}, {}, 1);
  for (const double size : {1.0, 1e-6, 1e5, -1e7, 1e10}) {
    const std::vector<double> targets{size, 2.0 * size, 6.0 * size};
    const Problem<Squared, sounder::NoPenalty> problem{rows, targets, {}, {}, true, {}};
    CAPTURE(size);
    REQUIRE(best_shift(problem, z, Team(1)) == Approx(3.0 * size - 2.0).epsilon(1e-9));
  }
}
