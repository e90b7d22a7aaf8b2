// One dual variable to its best value: the recurrences of dual coordinate ascent.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <type_traits>

#include <sounder/engine/base/interval.hpp>
#include <sounder/solvers/loss/hinge.hpp>
#include <sounder/solvers/loss/huber.hpp>
#include <sounder/solvers/loss/logistic.hpp>
#include <sounder/solvers/loss/squared.hpp>
#include <sounder/solvers/loss/squared_hinge.hpp>

namespace sounder {

/// Where v maximises  C dual_term(y, v / C) - z (v - old) - square (v - old)^2 / 2:
/// the best value of one dual variable, v = C a, all others staying, at the margin z that goes with
/// `old`, square = x.x >= 0. C > 0. O(1). Any number of threads. An overload a loss.
///
/// Sources: Hsieh, Chang, Lin, Keerthi, Sundararajan, "A dual coordinate descent method for
/// large-scale linear SVM", ICML 2008; logistic: Yu, Huang, Lin, Machine Learning 2011, section 4,
/// here by Newton's method on the logit, which has no ends. @{
[[nodiscard]] inline double dual_step(const Hinge& /*loss*/, double y, double z, double old,
                                      double C, double square) noexcept {
  const double pull = 1.0 - y * z;
  if (square <= 0.0) {
    return pull > 0.0 ? y * C : (pull < 0.0 ? 0.0 : old);
  }
  return y * std::clamp(y * old + pull / square, 0.0, C);
}
[[nodiscard]] inline double dual_step(const SquaredHinge& /*loss*/, double y, double z, double old,
                                      double C, double square) noexcept {
  const double bend = 0.5 / C;
  const double alpha = y * old;
  return y * std::max(0.0, alpha + (1.0 - y * z - bend * alpha) / (square + bend));
}
[[nodiscard]] inline double dual_step(const Squared& /*loss*/, double y, double z, double old,
                                      double C, double square) noexcept {
  const double bend = 1.0 / C;
  return old + (y - z - bend * old) / (square + bend);
}
[[nodiscard]] inline double dual_step(const Huber& loss, double y, double z, double old, double C,
                                      double square) noexcept {
  const double most = C * loss.delta;
  return std::clamp(dual_step(Squared{}, y, z, old, C, square), -most, most);
}
[[nodiscard]] inline double dual_step(const Logistic& /*loss*/, double y, double z, double old,
                                      double C, double square) noexcept {
  // With alpha = C / (1 + exp(-t)): square (alpha - old) + y z + t = 0, rising in t.
  const double alpha = std::clamp(y * old, 0.0, C);
  const double margin = y * z;
  double low = -margin - square * (C - alpha);
  double high = -margin + square * alpha;
  // At an end the answer is that far away, about.
  const double far = std::log1p(C * square);
  double t = alpha <= 0.0 ? -far : alpha >= C ? far : std::log(alpha / (C - alpha));
  t = std::clamp(t, low, high);
  double next = alpha;
  constexpr int most = 60;
  for (int k = 0; k < most; ++k) {
    const double e = std::exp(-std::abs(t));
    const double share = (t >= 0.0 ? 1.0 : e) / (1.0 + e);
    next = C * share;
    const double value = square * (next - alpha) + margin + t;
    (value > 0.0 ? high : low) = t;
    const double bend = C * e / ((1.0 + e) * (1.0 + e));  // of alpha in t
    double better = t - value / (1.0 + square * bend);
    if (!(better > low && better < high)) {
      better = 0.5 * (low + high);
    }
    const double change = better - t;
    // Such a change squared is beyond rounding once the variable comes up again: no further exp().
    if (std::abs(change) <= 1e-5) {
      next = std::clamp(next + bend * change, 0.0, C);
      break;
    }
    t = better;
  }
  return y * next;
}
/// @}

/// The values of v that the loss allows. C >= 0. O(1). Any number of threads. An overload a loss.
/// @{
[[nodiscard]] inline Interval dual_bounds(const Hinge& /*loss*/, double y, double C) noexcept {
  return y > 0.0 ? Interval{0.0, C} : Interval{-C, 0.0};
}
[[nodiscard]] inline Interval dual_bounds(const SquaredHinge& /*loss*/, double y,
                                          double C) noexcept {
  return dual_bounds(Hinge{}, y, C > 0.0 ? infinity : 0.0);
}
[[nodiscard]] inline Interval dual_bounds(const Squared& /*loss*/, double /*y*/,
                                          double C) noexcept {
  return C > 0.0 ? everywhere : Interval{0.0, 0.0};
}
[[nodiscard]] inline Interval dual_bounds(const Huber& loss, double /*y*/, double C) noexcept {
  return {-C * loss.delta, C * loss.delta};
}
[[nodiscard]] inline Interval dual_bounds(const Logistic& /*loss*/, double y, double C) noexcept {
  return dual_bounds(Hinge{}, y, C);
}
/// @}

/// Minus the second derivative of C dual_term(y, v / C) in v, strictly within the bounds. O(1). Any
/// number of threads. An overload a loss. @{
[[nodiscard]] inline double dual_bend(const Hinge& /*loss*/, double /*y*/, double /*v*/,
                                      double /*C*/) noexcept {
  return 0.0;
}
[[nodiscard]] inline double dual_bend(const SquaredHinge& /*loss*/, double /*y*/, double /*v*/,
                                      double C) noexcept {
  return 0.5 / C;
}
[[nodiscard]] inline double dual_bend(const Squared& /*loss*/, double /*y*/, double /*v*/,
                                      double C) noexcept {
  return 1.0 / C;
}
[[nodiscard]] inline double dual_bend(const Huber& /*loss*/, double /*y*/, double /*v*/,
                                      double C) noexcept {
  return 1.0 / C;
}
[[nodiscard]] inline double dual_bend(const Logistic& /*loss*/, double y, double v,
                                      double C) noexcept {
  const double alpha = y * v;
  return C / (alpha * (C - alpha));
}
/// @}

/// A loss whose dual variables can be solved for one by one.
template <class L>
concept DualLoss = Loss<L> && requires(const L loss, double x) {
  { dual_step(loss, x, x, x, x, x) } -> std::same_as<double>;
  { dual_bounds(loss, x, x) } -> std::same_as<Interval>;
  { dual_bend(loss, x, x, x) } -> std::same_as<double>;
};

/// Whether the loss is zero beyond a margin: then most dual variables end at a bound, and their
/// rows drop out.
template <class L>
inline constexpr bool is_hinge = std::is_same_v<L, Hinge> || std::is_same_v<L, SquaredHinge>;

}  // namespace sounder
