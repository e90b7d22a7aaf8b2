// What a penalty is: a convex function of the coefficients that is a sum over coordinates.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <stdexcept>
#include <string_view>

namespace sounder {

/// A closed interval, perhaps without an end.
struct Interval {
  double low;
  double high;
};

inline constexpr Interval everywhere{-std::numeric_limits<double>::infinity(),
                                     std::numeric_limits<double>::infinity()};

/// A penalty P(w) = sum_j value(w_j), strength included. Every function is called by many threads.
///
/// - `value(w)`: the coordinate's share of P
/// - `prox(w, step)`: argmin_v (v - w)^2 / 2 + step value(v)
/// - `distance(w, gradient)`: distance of -gradient to the subdifferential of value at w
/// - `conjugate(u)`: value*(u), infinity outside the domain
/// - `conjugate_domain()`: where value*(u) is finite; holds 0
/// - `l1()`, `l2()`: strengths of |w| and of w^2 / 2 in it
template <class P>
concept Penalty = requires(const P penalty, double x) {
  { penalty.value(x) } -> std::same_as<double>;
  { penalty.prox(x, x) } -> std::same_as<double>;
  { penalty.distance(x, x) } -> std::same_as<double>;
  { penalty.conjugate(x) } -> std::same_as<double>;
  { penalty.conjugate_domain() } -> std::same_as<Interval>;
  { penalty.l1() } -> std::same_as<double>;
  { penalty.l2() } -> std::same_as<double>;
  { P::name } -> std::convertible_to<std::string_view>;
};

/// A penalty that is infinite outside an interval of coefficients.
template <class P>
concept BoxedPenalty = Penalty<P> && requires(const P penalty) {
  { penalty.lower } -> std::convertible_to<double>;
  { penalty.upper } -> std::convertible_to<double>;
};

/// argmin_v (v - x)^2 / 2 + threshold |v|.
[[nodiscard]] inline double soft_threshold(double x, double threshold) noexcept {
  return std::copysign(std::max(std::abs(x) - threshold, 0.0), x);
}

}  // namespace sounder
