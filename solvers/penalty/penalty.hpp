// What a penalty is: a convex function of the coefficients that is a sum over coordinates.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <stdexcept>
#include <string_view>

#include <sounder/engine/base/interval.hpp>

namespace sounder {

/// A penalty P(w) = sum_j value(w_j), strength included: convex, least at 0, where it is 0. Many
/// threads call every function at once.
///
/// - `value(w)`: the coordinate's share of P
/// - `prox(w, step)`: argmin_v (v - w)^2 / 2 + step value(v)
/// - `conjugate(u)`: value*(u), infinity outside the domain
/// - `conjugate_domain()`: the interval where value*(u) is finite; holds 0
/// - `name`: for messages
///
/// To write your own: a struct with these, and `static_assert(sounder::Penalty<YourPenalty>);`
/// below it. If one is missing, a Problem with it fails to compile with an error that names it.
/// Problem::validate() refuses functions that do not belong to the same penalty. See also
/// ElasticPenalty, which is faster.
template <class P>
concept Penalty = requires(const P penalty, double x) {
  { penalty.value(x) } -> std::same_as<double>;
  { penalty.prox(x, x) } -> std::same_as<double>;
  { penalty.conjugate(x) } -> std::same_as<double>;
  { penalty.conjugate_domain() } -> std::same_as<Interval>;
  { P::name } -> std::convertible_to<std::string_view>;
};

/// A penalty with value(w) = l1() |w| + l2() / 2 w^2, within bounds if it is a BoxedPenalty.
/// Problem::validate() refuses one whose value differs from this. The solvers know its slopes and
/// curvature, so they take Newton steps (with other penalties only proximal steps), and stochastic
/// steps cost less.
template <class P>
concept ElasticPenalty = Penalty<P> && requires(const P penalty) {
  { penalty.l1() } -> std::same_as<double>;
  { penalty.l2() } -> std::same_as<double>;
};

/// A penalty that is infinite outside an interval of coefficients.
template <class P>
concept BoxedPenalty = Penalty<P> && requires(const P penalty) {
  { penalty.lower } -> std::convertible_to<double>;
  { penalty.upper } -> std::convertible_to<double>;
};

/// Whether a penalty of this kind may be zero on one side of zero or on both, like bounds alone.
/// False for L1, L2 and ElasticNet, whose strengths are above 0; then FreeDual is not compiled.
template <class P>
inline constexpr bool may_be_free = true;

/// argmin_v (v - x)^2 / 2 + threshold |v|. Any number of threads.
[[nodiscard]] inline double soft_threshold(double x, double threshold) noexcept {
  return std::copysign(std::max(std::abs(x) - threshold, 0.0), x);
}

namespace detail {

/// The largest u for which prox(sign u, 1) is zero: the slope of value on that side of zero.
template <Penalty P>
[[nodiscard]] double corner(const P& penalty, double sign) noexcept {
  const auto stays = [&](double u) { return penalty.prox(sign * u, 1.0) == 0.0; };
  double high = 1.0;
  while (stays(high)) {
    high *= 2.0;
    if (high > 1e150) {
      return infinity;
    }
  }
  double low = 0.0;
  while (high > 1e-150) {
    const double middle = 0.5 * (low + high);
    if (middle == low || middle == high) {
      break;
    }
    (stays(middle) ? low : high) = middle;
  }
  return low;
}

}  // namespace detail

/// The subdifferential of value at 0, from the slope on the left to the slope on the right. A
/// coefficient is zero at the optimum if minus its gradient lies within. Calls prox() some hundred
/// times at most. Any number of threads.
template <Penalty P>
[[nodiscard]] Interval zero_interval(const P& penalty) noexcept {
  if constexpr (ElasticPenalty<P>) {
    const double l1 = penalty.l1();
    // Bounds may keep a coefficient from moving to one side.
    return {penalty.prox(-1.0, 0.0) < 0.0 ? -l1 : -infinity,
            penalty.prox(1.0, 0.0) > 0.0 ? l1 : infinity};
  } else {
    return {-detail::corner(penalty, -1.0), detail::corner(penalty, 1.0)};
  }
}

/// Whether the penalty has a corner at 0, which makes coefficients exactly zero; bounds alone have
/// none. Same cost and thread-safety as zero_interval().
template <Penalty P>
[[nodiscard]] bool is_sparse(const P& penalty) noexcept {
  if constexpr (ElasticPenalty<P>) {
    return penalty.l1() > 0.0;
  } else {
    const Interval slopes = zero_interval(penalty);
    return slopes.low < 0.0 && slopes.high > 0.0;
  }
}

/// Whether the penalty is an l2 penalty and nothing else: what newton() and dual_cd() are for.
/// O(1). Thread-safe.
template <Penalty P>
[[nodiscard]] bool is_ridge(const P& penalty) noexcept {
  if constexpr (ElasticPenalty<P> && !BoxedPenalty<P>) {
    return penalty.l1() == 0.0 && penalty.l2() > 0.0;
  }
  return false;
}

/// The first two derivatives of a penalty's value.
struct PenaltyBend {
  double slope = 0.0;      ///< 0 at a corner
  double curvature = 0.0;  ///< on one side of a corner
};

/// The derivatives at w: exact for an ElasticPenalty, otherwise by differences, to some eight
/// digits of the slope and four of the curvature. Enough for models whose minimiser is checked
/// afterwards. Any number of threads.
template <Penalty P>
[[nodiscard]] PenaltyBend bend_at(const P& penalty, double w) noexcept {
  if constexpr (ElasticPenalty<P>) {
    const double sign = static_cast<double>(w > 0.0) - static_cast<double>(w < 0.0);
    return {penalty.l1() * sign + penalty.l2() * w, penalty.l2()};
  } else {
    const double h = 1e-4 * w;
    const double here = penalty.value(w);
    const double left = penalty.value(w - h);
    const double right = penalty.value(w + h);
    if (h == 0.0 || !std::isfinite(left + right)) {
      return {};
    }
    return {(right - left) / (2.0 * h), std::max(0.0, (right - here - (here - left)) / (h * h))};
  }
}

namespace detail {

/// A static_assert with a sentence for each thing that the penalty lacks. Returns true, so that the
/// call itself can be asserted.
template <class P>
constexpr bool is_explained_penalty() {
  static_assert(
      requires(const P penalty, double w) {
        { penalty.value(w) } -> std::same_as<double>;
      },
      "a penalty needs `double value(double w) const`: the share of a coefficient w");
  static_assert(
      requires(const P penalty, double w, double step) {
        { penalty.prox(w, step) } -> std::same_as<double>;
      },
      "a penalty needs `double prox(double w, double step) const`: the v that minimises "
      "(v - w)^2 / 2 + step value(v)");
  static_assert(
      requires(const P penalty, double u) {
        { penalty.conjugate(u) } -> std::same_as<double>;
      },
      "a penalty needs `double conjugate(double u) const`: the maximum over w of u w - value(w)");
  static_assert(
      requires(const P penalty) {
        { penalty.conjugate_domain() } -> std::same_as<Interval>;
      },
      "a penalty needs `sounder::Interval conjugate_domain() const`: where the conjugate is "
      "finite");
  static_assert(
      requires {
        { P::name } -> std::convertible_to<std::string_view>;
      },
      "a penalty needs `static constexpr std::string_view name`");
  return true;
}

}  // namespace detail

}  // namespace sounder
