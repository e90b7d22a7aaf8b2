#include <sounder/solvers/loss/expansion.hpp>
#include <sounder/solvers/loss/exponential.hpp>

#include <cmath>

#include "solvers/problem/losses_and_penalties.hpp"
#include "support/catch.hpp"

using sounder::binary_entropy;
using sounder::exp_of_negative;
using sounder::log1p_of_unit;
using sounder::log_of_unit;
using sounder::Logistic;
using sounder::test::Losses;
using sounder::test::some_targets;

namespace {

/// Margins on both sides of every kink, none nearer to it than the steps of finite differences.
std::vector<double> margins() {
  std::vector<double> all;
  for (double z = -40.0; z <= 40.0; z += 0.3137) {
    all.push_back(z);
    all.push_back(z / 15.0);
  }
  return all;
}

bool near_kink(double y, double z) {
  return std::abs(1.0 - y * z) < 1e-3;
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("a loss's derivatives agree with finite differences", "[loss]", Losses) {
  const TestType loss;
  constexpr double h = 1e-5;
  double largest = 0.0;
  for (const double y : some_targets<TestType>()) {
    for (const double z : margins()) {
      if (TestType::classification && near_kink(y, z)) {
        continue;
      }
      CAPTURE(y, z);
      const double slope = (loss.value(y, z + h) - loss.value(y, z - h)) / (2.0 * h);
      REQUIRE(loss.derivative(y, z) == Approx(slope).epsilon(1e-6).margin(1e-8));
      if (TestType::smooth) {
        const double bend = (loss.derivative(y, z + h) - loss.derivative(y, z - h)) / (2.0 * h);
        REQUIRE(loss.curvature(y, z) == Approx(bend).epsilon(1e-6).margin(1e-9));
      }
      REQUIRE(loss.value(y, z) >= 0.0);
      REQUIRE(loss.curvature(y, z) >= 0.0);
      REQUIRE(loss.curvature(y, z) <= TestType::curvature_bound);
      largest = std::max(largest, loss.curvature(y, z));
    }
  }
  REQUIRE(largest >= 0.999 * TestType::curvature_bound);  // the bound is tight
}

TEMPLATE_LIST_TEST_CASE("a loss's expansion is its three functions", "[loss]", Losses) {
  const TestType loss;
  for (const double y : some_targets<TestType>()) {
    for (const double z : margins()) {
      CAPTURE(y, z);
      const sounder::Expansion at = sounder::expansion_at(loss, y, z);
      REQUIRE(at.value == Approx(loss.value(y, z)).epsilon(1e-15));
      REQUIRE(at.slope == Approx(loss.derivative(y, z)).epsilon(1e-15));
      REQUIRE(at.curvature == Approx(loss.curvature(y, z)).epsilon(1e-15));
    }
  }
}

TEST_CASE("exp and log1p are right to some units in the last place", "[loss]") {
  constexpr double unit = 2.3e-16;
  for (double x = -707.0; x <= 0.0; x += 0.0137) {
    CAPTURE(x);
    REQUIRE(exp_of_negative(x) == Approx(std::exp(x)).epsilon(2.0 * unit));
  }
  REQUIRE(exp_of_negative(0.0) == 1.0);
  REQUIRE(exp_of_negative(-710.0) == 0.0);
  REQUIRE(exp_of_negative(-1e300) == 0.0);
  REQUIRE(std::isnan(exp_of_negative(std::nan(""))));
  for (double e = 1e-300; e <= 1.0; e *= 1.3) {
    CAPTURE(e);
    REQUIRE(log1p_of_unit(e) == Approx(std::log1p(e)).epsilon(3.0 * unit));
    REQUIRE(log1p_of_unit(1.0 - 0.5 * e) == Approx(std::log1p(1.0 - 0.5 * e)).epsilon(3.0 * unit));
  }
  REQUIRE(log1p_of_unit(0.0) == 0.0);
  REQUIRE(std::isnan(log1p_of_unit(std::nan(""))));
}

TEST_CASE("log and entropy are right to some units in the last place", "[loss]") {
  constexpr double unit = 2.3e-16;
  const auto entropy = [](double u) {
    return -u * std::log(u) - (u < 1.0 ? (1.0 - u) * std::log1p(-u) : 0.0);
  };
  for (double x = 1e-300; x < 1.0; x *= 1.3) {
    CAPTURE(x);
    REQUIRE(log_of_unit(x) == Approx(std::log(x)).epsilon(3.0 * unit));
    REQUIRE(log_of_unit(1.0 - 0.5 * x) == Approx(std::log(1.0 - 0.5 * x)).epsilon(3.0 * unit));
    REQUIRE(binary_entropy(x) == Approx(entropy(x)).epsilon(5.0 * unit));
    REQUIRE(binary_entropy(1.0 - 0.5 * x) == Approx(entropy(1.0 - 0.5 * x)).epsilon(5.0 * unit));
  }
  REQUIRE(log_of_unit(1.0) == 0.0);
  REQUIRE(std::isfinite(log_of_unit(0.0)));
  REQUIRE(binary_entropy(0.0) == 0.0);
  REQUIRE(binary_entropy(1.0) == 0.0);
}

TEST_CASE("the logistic dual term ends with its domain", "[loss]") {
  const sounder::Logistic loss;
  for (const double y : {-1.0, 1.0}) {
    for (const double u : {0.0, -0.0, 1.0}) {
      REQUIRE(loss.dual_term(y, u * y) == 0.0);
    }
    for (const double u : {-1e-300, -2.0, 1.0 + 3e-16, 1e300}) {
      REQUIRE(loss.dual_term(y, u * y) == -INFINITY);
    }
    REQUIRE(std::isnan(loss.dual_term(y, std::nan(""))));
  }
}

TEMPLATE_LIST_TEST_CASE("a loss is convex: its derivative never falls", "[loss]", Losses) {
  const TestType loss;
  for (const double y : some_targets<TestType>()) {
    double previous = -INFINITY;
    for (double z = -3.0; z <= 3.0; z += 0.0625) {  // meets the kinks exactly
      CAPTURE(y, z);
      REQUIRE(loss.derivative(y, z) >= previous);
      previous = loss.derivative(y, z);
      for (const double other : {-5.0, -1.0, 0.0, 1.0, 5.0}) {  // it is a subgradient everywhere
        const double tangent = loss.value(y, z) + loss.derivative(y, z) * (other - z);
        REQUIRE(loss.value(y, other) >= tangent - 1e-12 * (1.0 + std::abs(tangent)));
      }
    }
  }
}

// Fenchel and Young: loss(z) + loss*(-a) >= -a z, with equality where -a is a subgradient at z.
TEMPLATE_LIST_TEST_CASE("a loss and its dual term make a Fenchel-Young pair", "[loss]", Losses) {
  const TestType loss;
  for (const double y : some_targets<TestType>()) {
    for (const double z : margins()) {
      for (double a = -3.0; a <= 3.0; a += 0.125) {
        CAPTURE(y, z, a);
        const double left = loss.value(y, z) + a * z;
        REQUIRE(left >= loss.dual_term(y, a) - 1e-12 * (1.0 + std::abs(left)));
      }
      CAPTURE(y, z);
      const double a = -loss.derivative(y, z);
      REQUIRE(std::isfinite(loss.dual_term(y, a)));
      const double left = loss.value(y, z) + a * z;
      REQUIRE(loss.dual_term(y, a) == Approx(left).margin(1e-10 * (1.0 + std::abs(a * z))));
    }
  }
}

TEMPLATE_LIST_TEST_CASE("the dual term is minus infinity outside its domain", "[loss]", Losses) {
  const TestType loss;
  for (const double y : some_targets<TestType>()) {
    if (TestType::classification) {
      REQUIRE(loss.dual_term(y, -0.25 * y) == -INFINITY);
      REQUIRE(loss.dual_term(y, 0.0) == 0.0);
    }
    const std::string_view name = TestType::name;
    const bool bounded =
        name == "logistic" || name == "hinge" || (name == "huber" && std::abs(1.25 * y) > 1.0);
    REQUIRE(std::isinf(loss.dual_term(y, 1.25 * y)) == bounded);
  }
}

TEMPLATE_LIST_TEST_CASE("a margin that is not a number is not hidden", "[loss]", Losses) {
  const TestType loss;
  REQUIRE(std::isnan(loss.value(1.0, NAN)));
  REQUIRE(std::isnan(loss.value(-1.0, NAN)));
}

TEMPLATE_LIST_TEST_CASE("extreme margins are no trouble", "[loss]", Losses) {
  const TestType loss;
  for (const double y : {-1.0, 1.0}) {
    for (const double size : {1e3, 1e8, 1e150}) {
      for (const double z : {-size, size}) {
        CAPTURE(y, z);
        REQUIRE(std::isfinite(loss.value(y, z)));
        REQUIRE(std::isfinite(loss.derivative(y, z)));
        REQUIRE(std::isfinite(loss.curvature(y, z)));
        REQUIRE(std::isfinite(loss.dual_term(y, -loss.derivative(y, z))));
      }
    }
  }
}

TEST_CASE("logistic loss is exact far out", "[loss]") {
  const Logistic loss;
  for (const double size : {1e3, 1e300}) {
    REQUIRE(loss.value(1.0, -size) == size);
    REQUIRE(loss.value(1.0, size) == 0.0);
    REQUIRE(loss.derivative(1.0, -size) == -1.0);
    REQUIRE(loss.derivative(-1.0, size) == 1.0);
    REQUIRE(loss.derivative(1.0, size) == 0.0);
    REQUIRE(loss.curvature(1.0, -size) == 0.0);
  }
  REQUIRE(loss.value(1.0, 40.0) == Approx(std::exp(-40.0)).epsilon(1e-12));
  REQUIRE(loss.derivative(1.0, 40.0) == Approx(-std::exp(-40.0)).epsilon(1e-12));
}
