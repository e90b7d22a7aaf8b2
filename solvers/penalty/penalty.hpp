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
  double low;   ///< -infinity where there is no lower end
  double high;  ///< infinity where there is no upper end
};

/// All numbers.
inline constexpr Interval everywhere{-std::numeric_limits<double>::infinity(),
                                     std::numeric_limits<double>::infinity()};

/// A penalty P(w) = sum_j value(w_j), strength included. Every function is called by many threads.
///
/// - `value(w)`: the coordinate's share of P
/// - `prox(w, step)`: argmin_v (v - w)^2 / 2 + step value(v)
/// - `distance(w, gradient)`: distance of -gradient to the subdifferential of value at w
/// - `conjugate(u)`: value*(u), infinity outside the domain
/// - `conjugate_domain()`: where value*(u) is finite; holds 0
/// - `l1()`, `l2()`: strengths of |w| and of w^2 / 2 in it: the solvers know value(w) to be
///   l1() |w| + l2() / 2 w^2, for BoxedPenalty within bounds, and Problem::validate() refuses
///   others
/// - `name`: for messages
///
/// To write your own (strengths from a prior, say, or from a schedule): a struct with these, and
/// `static_assert(sounder::Penalty<YourPenalty>);` below it. What a Problem lacks of them is a
/// compile error that names it.
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

/// argmin_v (v - x)^2 / 2 + threshold |v|. Any number of threads.
[[nodiscard]] inline double soft_threshold(double x, double threshold) noexcept {
  return std::copysign(std::max(std::abs(x) - threshold, 0.0), x);
}

namespace detail {

/// A sentence for each thing that a would-be penalty lacks. True, so that it can be asserted.
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
      requires(const P penalty, double w, double gradient) {
        { penalty.distance(w, gradient) } -> std::same_as<double>;
      },
      "a penalty needs `double distance(double w, double gradient) const`: of -gradient to the "
      "subdifferential of value at w");
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
      requires(const P penalty) {
        { penalty.l1() } -> std::same_as<double>;
      },
      "a penalty needs `double l1() const`: the strength of |w| in it, 0 where there is none");
  static_assert(
      requires(const P penalty) {
        { penalty.l2() } -> std::same_as<double>;
      },
      "a penalty needs `double l2() const`: the strength of w^2 / 2 in it, 0 where there is none");
  static_assert(
      requires {
        { P::name } -> std::convertible_to<std::string_view>;
      },
      "a penalty needs `static constexpr std::string_view name`");
  return true;
}

}  // namespace detail

}  // namespace sounder
