// What a loss is: a convex function of the margin z = x.w + b for a target y.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <string_view>

#include <sounder/engine/base/interval.hpp>

namespace sounder {

/// A loss gives its value, its derivative in z, its curvature, and its term of the dual objective.
/// Many threads call every function at once.
///
/// - `value(y, z)`: loss(y, z) >= 0
/// - `derivative(y, z)`: d loss / d z, any subgradient at a kink
/// - `curvature(y, z)`: d^2 loss / d z^2; where `smooth` is false, of a smoothed version
/// - `dual_term(y, a)`: -loss*(-a), -infinity outside the domain
/// - `curvature_bound`: upper bound of the curvature; where `smooth` is false, the scale that damps
///   a step (a hinge's corner is one unit of margin wide)
/// - `smooth`: the derivative is Lipschitz with constant `curvature_bound`
/// - `classification`: targets are +1 and -1, else any real number
/// - `name`: for messages
///
/// To write your own: a struct with these, and `static_assert(sounder::Loss<YourLoss>);` below it.
/// If one is missing, a Problem with it fails to compile with an error that names it.
template <class L>
concept Loss = requires(const L loss, double y, double z) {
  { loss.value(y, z) } -> std::same_as<double>;
  { loss.derivative(y, z) } -> std::same_as<double>;
  { loss.curvature(y, z) } -> std::same_as<double>;
  { loss.dual_term(y, z) } -> std::same_as<double>;
  { L::curvature_bound } -> std::convertible_to<double>;
  { L::smooth } -> std::convertible_to<bool>;
  { L::classification } -> std::convertible_to<bool>;
  { L::name } -> std::convertible_to<std::string_view>;
};

/// Whether loss(y, z) depends on z - y alone; then targets may be taken about their mean. A loss
/// says so by `static constexpr bool of_residual`.
template <class L>
inline constexpr bool of_residual = false;
/// For a loss with a member of_residual: the value of that member.
template <class L>
requires requires {
  L::of_residual;
}
inline constexpr bool of_residual<L> = L::of_residual;

namespace detail {

/// A static_assert with a sentence for each thing that the loss lacks. Returns true, so that the
/// call itself can be asserted.
template <class L>
constexpr bool is_explained_loss() {
  static_assert(
      requires(const L loss, double y, double z) {
        { loss.value(y, z) } -> std::same_as<double>;
      },
      "a loss needs `double value(double y, double z) const`: the loss of target y at margin z");
  static_assert(
      requires(const L loss, double y, double z) {
        { loss.derivative(y, z) } -> std::same_as<double>;
      },
      "a loss needs `double derivative(double y, double z) const`: d value / d z");
  static_assert(
      requires(const L loss, double y, double z) {
        { loss.curvature(y, z) } -> std::same_as<double>;
      },
      "a loss needs `double curvature(double y, double z) const`: d^2 value / d z^2");
  static_assert(
      requires(const L loss, double y, double a) {
        { loss.dual_term(y, a) } -> std::same_as<double>;
      },
      "a loss needs `double dual_term(double y, double a) const`: minus its conjugate at -a, "
      "-infinity outside the domain");
  static_assert(
      requires {
        { L::curvature_bound } -> std::convertible_to<double>;
      },
      "a loss needs `static constexpr double curvature_bound`: an upper bound of the curvature");
  static_assert(
      requires {
        { L::smooth } -> std::convertible_to<bool>;
      },
      "a loss needs `static constexpr bool smooth`: whether it has no corner");
  static_assert(
      requires {
        { L::classification } -> std::convertible_to<bool>;
      },
      "a loss needs `static constexpr bool classification`: whether targets are +1 and -1, or any "
      "number");
  static_assert(
      requires {
        { L::name } -> std::convertible_to<std::string_view>;
      },
      "a loss needs `static constexpr std::string_view name`");
  return true;
}

}  // namespace detail

}  // namespace sounder
