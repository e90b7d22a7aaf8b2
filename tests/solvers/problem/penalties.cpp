#include <algorithm>
#include <cmath>

#include "solvers/problem/losses_and_penalties.hpp"
#include "support/catch.hpp"

using sounder::Bounded;
using sounder::soft_threshold;
using sounder::test::AllPenalties;
using sounder::test::make_penalty;

namespace {

constexpr double grid = 1e-3;

const std::vector<double>& points() {
  static const std::vector<double> all{-4.0, -1.3, -0.5, -0.2, -1e-3, 0.0, 0.1, 0.4, 0.5, 1.0, 3.7};
  return all;
}

template <class P>
bool allows(const P& penalty, double w) {
  return std::isfinite(penalty.value(w));
}

template <class P>
std::vector<P> some_penalties() {
  if constexpr (std::is_same_v<P, sounder::ElasticNet>) {
    return {make_penalty<P>(0.4, 0.5), make_penalty<P>(2.0, 0.9), make_penalty<P>(0.5, 0.0)};
  } else if constexpr (std::is_same_v<P, Bounded>) {
    return {{.l1_strength = 0.4},
            {.l1_strength = 0.4, .lower = 0.0},
            {.l1_strength = 0.4, .upper = 0.0},
            {.l1_strength = 0.4, .lower = -0.5, .upper = 1.0},
            {.l2_strength = 0.4, .lower = 0.0},
            {.l1_strength = 0.1, .l2_strength = 0.4, .lower = -0.2, .upper = 0.4},
            {.lower = 0.0},
            {.lower = -0.5, .upper = 0.4},
            {.lower = 0.0, .upper = 0.0},
            {}};
  } else {
    return {make_penalty<P>(0.4), make_penalty<P>(2.0)};
  }
}

/// The least of f over [-10, 10] on a grid, and where.
template <class F>
std::pair<double, double> grid_least(F&& f) {
  std::pair<double, double> best{INFINITY, 0.0};
  for (int k = -10'000; k <= 10'000; ++k) {
    best = std::min(best, {f(k * grid), k * grid});
  }
  return best;
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("a penalty is what its strengths say", "[penalty]", AllPenalties) {
  for (const auto& penalty : some_penalties<TestType>()) {
    for (const double w : points()) {
      if constexpr (sounder::ElasticPenalty<TestType>) {
        const double expected = penalty.l1() * std::abs(w) + 0.5 * penalty.l2() * w * w;
        REQUIRE((!allows(penalty, w) || penalty.value(w) == Approx(expected).margin(1e-15)));
      }
    }
    REQUIRE(penalty.value(0.0) == 0.0);
    REQUIRE(penalty.conjugate(0.0) == 0.0);
  }
}

TEMPLATE_LIST_TEST_CASE("prox agrees with a search on a grid", "[penalty]", AllPenalties) {
  for (const auto& penalty : some_penalties<TestType>()) {
    for (const double w : points()) {
      for (const double step : {0.1, 1.0, 5.0}) {
        CAPTURE(w, step);
        const auto cost = [&](double v) {
          return 0.5 * (v - w) * (v - w) + step * penalty.value(v);
        };
        const double found = penalty.prox(w, step);
        const auto [least, where] = grid_least(cost);
        REQUIRE(found == Approx(where).margin(grid));
        REQUIRE(cost(found) <= least + 1e-15);
      }
    }
  }
}

TEMPLATE_LIST_TEST_CASE("the conjugate agrees with a search on a grid", "[penalty]", AllPenalties) {
  for (const auto& penalty : some_penalties<TestType>()) {
    const auto [low, high] = penalty.conjugate_domain();
    for (const double u : {-1.9, -0.4, -0.3, 0.0, 0.1, 0.39, 0.4, 1.5, 2.0}) {
      CAPTURE(u, low, high);
      if (u < low || u > high) {
        REQUIRE(std::isinf(penalty.conjugate(u)));
        continue;
      }
      const double least = grid_least([&](double w) { return penalty.value(w) - u * w; }).first;
      REQUIRE(penalty.conjugate(u) >= -least - 1e-15);
      REQUIRE(penalty.conjugate(u) == Approx(-least).margin(1e-5));
    }
    for (const double end : {low, high}) {
      if (std::isfinite(end)) {
        REQUIRE(penalty.conjugate(end) == 0.0);
      }
    }
  }
}

TEMPLATE_LIST_TEST_CASE("a penalty and its conjugate make a Fenchel-Young pair", "[penalty]",
                        AllPenalties) {
  for (const auto& penalty : some_penalties<TestType>()) {
    for (const double w : points()) {
      for (const double u : points()) {
        CAPTURE(w, u);
        REQUIRE(penalty.value(w) + penalty.conjugate(u) >= u * w - 1e-14);
      }
      // A prox ends where the slope is what it took off.
      const double v = penalty.prox(w, 0.5);
      const auto [low, high] = penalty.conjugate_domain();
      const double slope = std::clamp((w - v) / 0.5, low, high);
      REQUIRE(penalty.value(v) + penalty.conjugate(slope) == Approx(slope * v).margin(1e-14));
    }
  }
}

TEMPLATE_LIST_TEST_CASE("slopes at zero are those on its left and right, exactly", "[penalty]",
                        AllPenalties) {
  for (const auto& penalty : some_penalties<TestType>()) {
    const auto [low, high] = sounder::zero_interval(penalty);
    constexpr double h = 1e-9;
    const auto slope = [&](double w) { return penalty.value(w) / w; };  // of either side
    for (const auto& [found, expected] : {std::pair{low, slope(-h)}, std::pair{high, slope(h)}}) {
      REQUIRE((found == expected || found == Approx(expected).margin(1e-8)));
    }
    // To the last digit: what is within stays zero, and nothing else does.
    REQUIRE((std::isinf(high) || penalty.prox(high, 1.0) == 0.0));
    REQUIRE((std::isinf(high) || penalty.prox(std::nextafter(high, 9.0) + 1e-300, 1.0) > 0.0));
    REQUIRE((std::isinf(low) || penalty.prox(low, 1.0) == 0.0));
    const bool fixed = std::isinf(low) && std::isinf(high);  // at zero, by bounds
    REQUIRE((fixed || sounder::is_sparse(penalty) == (slope(h) > 1e-6 && slope(-h) < -1e-6)));
  }
}

TEMPLATE_LIST_TEST_CASE("slope and curvature are the derivatives of value", "[penalty]",
                        AllPenalties) {
  for (const auto& penalty : some_penalties<TestType>()) {
    for (const double w : {-4.0, -1.3, -0.6, -1e-3, 1e-5, 0.1, 0.4, 1.0, 3.7}) {
      const double h = 1e-3 * std::abs(w);
      const double left = penalty.value(w - h);
      const double right = penalty.value(w + h);
      if (!std::isfinite(left + right)) {
        continue;
      }
      const auto [slope, curvature] = sounder::bend_at(penalty, w);
      CAPTURE(w);
      REQUIRE(slope == Approx((right - left) / (2.0 * h)).margin(1e-9));
      REQUIRE(curvature ==
              Approx((left - 2.0 * penalty.value(w) + right) / (h * h)).margin(1e-3 / std::abs(w)));
    }
    REQUIRE(sounder::bend_at(penalty, 0.0).slope == 0.0);
  }
}

TEST_CASE("without bounds the one type is each of the others", "[penalty]") {
  const auto same = [](const auto& penalty, const Bounded& bounded) {
    REQUIRE(bounded.conjugate_domain().low == penalty.conjugate_domain().low);
    REQUIRE(bounded.conjugate_domain().high == penalty.conjugate_domain().high);
    for (const double w : points()) {
      REQUIRE(bounded.value(w) == Approx(penalty.value(w)));
      REQUIRE(bounded.prox(w, 0.7) == Approx(penalty.prox(w, 0.7)));
      for (const double u : points()) {
        REQUIRE((bounded.conjugate(u) == penalty.conjugate(u) ||
                 bounded.conjugate(u) == Approx(penalty.conjugate(u))));
      }
    }
  };
  same(sounder::L1{0.4}, {.l1_strength = 0.4});
  same(sounder::L2{0.4}, {.l2_strength = 0.4});
  same(sounder::ElasticNet{0.4, 0.25}, {.l1_strength = 0.1, .l2_strength = 0.3});
  same(sounder::ElasticNet{0.4, 1.0}, {.l1_strength = 0.4});
  same(sounder::ElasticNet{0.4, 0.0}, {.l2_strength = 0.4});
  same(sounder::NoPenalty{}, {});
}

TEST_CASE("the soft threshold shrinks towards zero and stops there", "[penalty]") {
  REQUIRE(soft_threshold(3.0, 1.0) == 2.0);
  REQUIRE(soft_threshold(-3.0, 1.0) == -2.0);
  REQUIRE(soft_threshold(0.5, 1.0) == 0.0);
  REQUIRE(soft_threshold(-0.5, 1.0) == 0.0);
  REQUIRE(soft_threshold(-0.5, 0.0) == -0.5);
}
