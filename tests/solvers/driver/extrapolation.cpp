#include <sounder/solvers/driver/extrapolation.hpp>

#include <algorithm>

#include "solvers/fixtures/instances.hpp"
#include "support/catch.hpp"

using sounder::Extrapolation;
using sounder::Team;
using sounder::test::dense;
using sounder::test::make_instance;
using sounder::test::Pairs;

namespace {

using Scales = std::vector<float>;

/// Margins of packed coordinates: the first is the intercept where there is one.
template <class Instance>
std::vector<double> margins_of(const Instance& instance, const std::vector<double>& w,
                               const Scales& scales) {
  const auto problem = instance.problem();
  const Eigen::Index first = problem.intercept ? 1 : 0;
  Eigen::VectorXd coefficients(problem.matrix.columns());
  for (Eigen::Index j = 0; j < coefficients.size(); ++j) {
    const auto k = static_cast<std::size_t>(j + first);
    coefficients[j] = w[k] * static_cast<double>(scales[k]);
  }
  const double b = problem.intercept ? w[0] * static_cast<double>(scales[0]) : 0.0;
  const Eigen::VectorXd z = (dense(problem.matrix) * coefficients).array() + b;
  return {z.begin(), z.end()};
}

template <class Instance>
double objective_of(const Instance& instance, const std::vector<double>& w, const Scales& scales) {
  const auto problem = instance.problem();
  const std::size_t first = problem.intercept ? 1 : 0;
  double penalty = 0.0;
  for (std::size_t k = first; k < w.size(); ++k) {
    penalty += problem.penalty.value(w[k] * static_cast<double>(scales[k]));
  }
  return mean_loss(problem, margins_of(instance, w, scales), Team(1)) + penalty;
}

/// F and the margins of w anew, as the solvers hand it to improve().
template <class Instance>
auto evaluator(const Instance& instance, const Scales& scales, std::vector<double>& z) {
  return [&instance, &scales, &z](std::span<const double> point, bool) {
    const std::vector<double> w(point.begin(), point.end());
    const std::vector<double> margins = margins_of(instance, w, scales);
    std::copy(margins.begin(), margins.end(), z.begin());
    return objective_of(instance, w, scales);
  };
}

/// One call, with margins and objectives that the dense products know.
template <class Instance, class Extrapolation>
double improve(const Instance& instance, const Scales& scales, Extrapolation& extrapolation,
               std::vector<double>& w) {
  std::vector<double> z = margins_of(instance, w, scales);
  const double found = extrapolation.improve(
      w, z, objective_of(instance, w, scales), [&](std::span<const double> point, bool) {
        const std::vector<double> there(point.begin(), point.end());
        const std::vector<double> margins = margins_of(instance, there, scales);
        std::copy(margins.begin(), margins.end(), z.begin());
        return objective_of(instance, there, scales);
      });
  REQUIRE(z == margins_of(instance, w, scales));
  return found;
}

void scatter(std::vector<double>& w, double size, sounder::RandomStream& random) {
  for (double& value : w) {
    value = random.uniform() < 0.2 ? 0.0 : size * random.normal();
  }
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("extrapolation never raises the objective", "[extrapolation]", Pairs) {
  using L = typename TestType::L;
  using P = typename TestType::P;
  for (const bool intercept : {false, true}) {
    const auto instance = make_instance<L, P>(
        {.rows = 120, .columns = 6, .intercept = intercept, .weighted = true, .lambda = 0.05});
    const auto problem = instance.problem();
    const std::size_t first = intercept ? 1 : 0;
    const Scales scales(6 + first, 0.5F);
    const Team team(1);
    Extrapolation<L, P> extrapolation(problem, scales, first, 3, team);
    sounder::RandomStream random(6);
    std::vector<double> w(6 + first);
    double lowest = INFINITY;
    int moved = 0;
    for (int k = 0; k < 12; ++k) {
      CAPTURE(intercept, k);
      // Points all over the place, a far one and repeated ones among them.
      if (k % 4 != 3) {
        scatter(w, k == 6 ? 30.0 : 0.3 * k, random);
        for (std::size_t j = first; j < w.size(); ++j) {
          w[j] = 2.0 * problem.penalty.prox(0.5 * w[j], 0.0);  // within its bounds
        }
      }
      std::vector<double> z = margins_of(instance, w, scales);
      const double before = objective_of(instance, w, scales);
      const std::vector<double> given = w;
      const double after = extrapolation.improve(w, z, before, evaluator(instance, scales, z));
      moved += w != given ? 1 : 0;
      REQUIRE(after <= before);
      REQUIRE(after == objective_of(instance, w, scales));
      lowest = std::min(lowest, after);
    }
    REQUIRE(moved >= 3);
    REQUIRE(std::isfinite(lowest));
  }
}

TEST_CASE("on a quadratic, as many iterates as dimensions give the minimum", "[extrapolation]") {
  for (const bool intercept : {false, true}) {
    for (const int threads : {1, 2, 4, 8}) {
      CAPTURE(intercept, threads);
      const auto instance = make_instance<sounder::Squared, sounder::L2>(
          {.rows = 2500, .columns = 4, .intercept = intercept, .weighted = true, .lambda = 0.1});
      const auto problem = instance.problem();
      const std::size_t first = intercept ? 1 : 0;
      const std::size_t size = 4 + first;
      const Scales scales{1.0F, 0.25F, 4.0F, 2.0F, 0.5F};
      const Team team(threads);
      Extrapolation<sounder::Squared, sounder::L2> extrapolation(problem, scales, first,
                                                                 static_cast<int>(size), team);
      sounder::RandomStream random(2);
      std::vector<double> w(size);
      double found = 0.0;
      for (std::size_t k = 0; k <= size; ++k) {
        scatter(w, 1.0, random);
        std::vector<double> z = margins_of(instance, w, scales);
        found = extrapolation.improve(w, z, objective_of(instance, w, scales),
                                      evaluator(instance, scales, z));
      }
      const double least = oracle_minimum(instance.dense_problem()).objective;
      REQUIRE(found == Approx(least).epsilon(1e-10));
    }
  }
}

TEMPLATE_TEST_CASE("margins that are said to be known are, to twelve digits", "[extrapolation]",
                   sounder::L2, sounder::L1) {
  const auto instance =
      make_instance<sounder::Logistic, TestType>({.rows = 300, .columns = 12, .lambda = 0.01});
  const auto problem = instance.problem();
  const Scales scales(12, 1.0F);
  for (const int threads : {1, 2}) {
    const Team team(threads);
    Extrapolation<sounder::Logistic, TestType> extrapolation(problem, scales, 0, 4, team);
    sounder::RandomStream random(3);
    std::vector<double> w(12);
    int known_times = 0;
    for (int k = 0; k < 40; ++k) {  // combinations of combinations
      for (double& value : w) {
        value += 1e-3 * random.normal();
      }
      if (sounder::is_sparse(problem.penalty)) {
        w[static_cast<std::size_t>(k) % w.size()] = 0.0;  // what keeps zeros is tried first
      }
      std::vector<double> z = margins_of(instance, w, scales);
      extrapolation.improve(
          w, z, objective_of(instance, w, scales), [&](std::span<const double> point, bool known) {
            const std::vector<double> there(point.begin(), point.end());
            const std::vector<double> margins = margins_of(instance, there, scales);
            if (known) {
              ++known_times;
              for (std::size_t i = 0; i < z.size(); ++i) {
                CAPTURE(threads, k, i);
                REQUIRE(z[i] == Approx(margins[i]).margin(1e-12));
              }
            } else {
              std::copy(margins.begin(), margins.end(), z.begin());
            }
            return objective_of(instance, there, scales);
          });
    }
    REQUIRE(known_times > 5);
  }
}

TEST_CASE("a forgotten past and a depth of 0 change nothing", "[extrapolation]") {
  const auto instance = make_instance<sounder::Logistic, sounder::L1>({.rows = 50, .columns = 3});
  const auto problem = instance.problem();
  const Scales scales(3, 1.0F);
  const Team team(1);
  for (const int depth : {0, 4}) {
    Extrapolation<sounder::Logistic, sounder::L1> extrapolation(problem, scales, 0, depth, team);
    for (const std::vector<double>& start :
         {std::vector<double>{3.0, 1.0, -2.0}, std::vector<double>{0.0, 2.0, 1.0}}) {
      std::vector<double> w = start;
      std::vector<double> z = margins_of(instance, w, scales);
      const double before = objective_of(instance, w, scales);
      REQUIRE(extrapolation.improve(w, z, before, evaluator(instance, scales, z)) == before);
      REQUIRE(w == start);
      extrapolation.forget();
    }
  }
}
