// Dual variables that a free intercept allows.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/interval.hpp>
#include <sounder/solvers/dual/dual_step.hpp>

namespace sounder {

/// Moves dual variables to sum_i v_i = 0, which the dual of a problem with a free intercept
/// requires, but for rounding. Each that is strictly within its bounds moves as far as all the
/// others by its curvature, and stops at a bound; if that is not enough, those of the sign that
/// outweighs the other shrink. O(n) a round, a few rounds. One thread.
/// @param c       C_i, 0 for rows that do not count
/// @param squares x_i.x_i
template <DualLoss L>
void balance(const L& loss, std::span<const double> y, std::span<const double> c,
             std::span<const double> squares, std::span<double> v) {
  struct Free {
    std::size_t row;
    double ease;  ///< 1 / curvature
  };
  Array<Free> free;
  double sum = 0.0;
  double size = 0.0;
  for (std::size_t i = 0; i < v.size(); ++i) {
    sum += v[i];
    size += std::abs(v[i]);
    const Interval bounds = dual_bounds(loss, y[i], c[i]);
    if (v[i] > bounds.low && v[i] < bounds.high) {
      const double curvature = squares[i] + dual_bend(loss, y[i], v[i], c[i]);
      if (curvature > 0.0) {
        free.push_back({i, 1.0 / curvature});
      }
    }
  }
  constexpr int most = 20;
  constexpr double nothing = 1e-15;  // rounding
  for (int round = 0; round < most && std::abs(sum) > nothing * size && !free.empty(); ++round) {
    double ease = 0.0;
    for (const Free& one : free) {
      ease += one.ease;
    }
    const double shift = -sum / ease;
    if (!std::isfinite(shift)) {
      break;
    }
    std::size_t kept = 0;
    for (const Free& one : free) {
      double& value = v[one.row];
      const Interval bounds = dual_bounds(loss, y[one.row], c[one.row]);
      const double next = std::clamp(value + shift * one.ease, bounds.low, bounds.high);
      value = next;
      if (next > bounds.low && next < bounds.high) {
        free[kept++] = one;
      }
    }
    free.resize(kept);
    sum = 0.0;
    for (const double value : v) {
      sum += value;
    }
  }
  double up = 0.0;
  double down = 0.0;
  for (const double value : v) {
    (value > 0.0 ? up : down) += std::abs(value);
  }
  if (up != down) {
    const double shrink = up > down ? down / up : up / down;
    for (double& value : v) {
      value *= (value > 0.0) == (up > down) ? shrink : 1.0;
    }
  }
}

}  // namespace sounder
