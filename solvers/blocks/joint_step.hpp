// The joint minimum of a penalised quadratic in a few coefficients.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/cholesky.hpp>
#include <sounder/solvers/penalty/penalty.hpp>

namespace sounder {

/// Finds argmin_v g.(v - w) + (v - w) H (v - w) / 2 + sum_j penalty(v_j), for a small symmetric and
/// positive semidefinite H.
///
/// Each round is one proximal coordinate sweep, which finds signs and bounds, and one Newton step
/// by Cholesky on the coefficients that are free to move, cut where the first of them meets zero or
/// a bound. With the right signs the step is exact. A penalty that is not elastic gets the sweeps
/// alone. One object a worker, because it keeps its scratch memory.
template <Penalty P>
class JointStep {
 public:
  /// For up to `width` coefficients.
  explicit JointStep(std::size_t width) : free_hessian_(width * width) {
    v_.reserve(width);
    slope_.reserve(width);
    step_.reserve(width);
    free_.reserve(width);
  }

  /// The minimiser, valid until the next call: k numbers, like w and the gradient g; H is k x k.
  /// O(k^3) a round, some rounds.
  [[nodiscard]] std::span<const double> solve(const P& penalty, std::span<const double> h,
                                              std::span<const double> w,
                                              std::span<const double> gradient) {
    v_.assign(w);
    slope_.assign(gradient);  // slope of the quadratic at v
    double first = 0.0;
    for (int round = 0; round < most_rounds; ++round) {
      const double moved = sweep(penalty, h);
      first = round == 0 ? moved : first;
      if (moved <= enough * first) {
        break;
      }
      if constexpr (ElasticPenalty<P>) {
        newton(penalty, h);
      }
    }
    return v_;
  }

 private:
  [[nodiscard]] std::span<const double> row(std::span<const double> h, std::size_t j) const {
    return h.subspan(j * v_.size(), v_.size());
  }

  void move(std::size_t j, double value, std::span<const double> h) {
    const double change = value - v_[j];
    v_[j] = value;
    const std::span<const double> bend = row(h, j);
    for (std::size_t m = 0; m < bend.size(); ++m) {
      slope_[m] += change * bend[m];
    }
  }

  /// Proximal steps on each coefficient in turn; returns the largest move, scaled by curvature.
  double sweep(const P& penalty, std::span<const double> h) {
    double largest = 0.0;
    for (std::size_t j = 0; j < v_.size(); ++j) {
      const double curvature = row(h, j)[j];
      if (!(curvature > 0.0)) {
        continue;
      }
      const double value = penalty.prox(v_[j] - slope_[j] / curvature, 1.0 / curvature);
      largest = std::max(largest, std::abs(value - v_[j]) * std::sqrt(curvature));
      if (value != v_[j]) {
        move(j, value, h);
      }
    }
    return largest;
  }

  /// A coefficient is free if the penalty is smooth around it: it is off zero, or there is no
  /// corner, and it is not at a bound.
  void find_free(const P& penalty, std::span<const double> h) {
    free_.clear();
    for (std::size_t j = 0; j < v_.size(); ++j) {
      const double nudge = 1e-9 * std::abs(v_[j]) + std::numeric_limits<double>::min();
      const bool corner = penalty.l1() > 0.0 && v_[j] == 0.0;
      if (row(h, j)[j] > 0.0 && !corner && std::isfinite(penalty.value(v_[j] + nudge)) &&
          std::isfinite(penalty.value(v_[j] - nudge))) {
        free_.push_back(j);
      }
    }
  }

  void newton(const P& penalty, std::span<const double> h) {
    find_free(penalty, h);
    const std::size_t size = free_.size();
    const std::span<double> matrix(free_hessian_.data(), size * size);
    step_.resize(size);
    for (std::size_t a = 0; a < size; ++a) {
      const std::size_t j = free_[a];
      for (std::size_t b = 0; b <= a; ++b) {
        matrix[a * size + b] = row(h, j)[free_[b]];
      }
      // Equal columns make the matrix singular.
      matrix[a * size + a] += penalty.l2() + 1e-12 * row(h, j)[j];
      const double sign = penalty.l1() > 0.0 ? std::copysign(penalty.l1(), v_[j]) : 0.0;
      step_[a] = -(slope_[j] + sign + penalty.l2() * v_[j]);
    }
    solve_cholesky(matrix, step_);
    double part = 1.0;
    for (std::size_t a = 0; a < size; ++a) {
      if (!std::isfinite(step_[a])) {
        return;
      }
      part = std::min(part, room(penalty, v_[free_[a]], step_[a]));
    }
    for (std::size_t a = 0; a < size; ++a) {
      const std::size_t j = free_[a];
      const double there = v_[j] + part * step_[a];
      const bool crosses = penalty.l1() > 0.0 && there * v_[j] <= 0.0;
      move(j, crosses ? 0.0 : penalty.prox(there, 0.0), h);
    }
  }

  /// The part of a step that a coefficient can take before it meets zero or a bound.
  [[nodiscard]] static double room(const P& penalty, double from, double step) noexcept {
    double part = 1.0;
    if (penalty.l1() > 0.0 && from * (from + step) < 0.0) {
      part = -from / step;
    }
    const double inside = penalty.prox(from + step, 0.0);
    if (inside != from + step) {
      part = std::min(part, (inside - from) / step);
    }
    return part;
  }

  static constexpr int most_rounds = 30;
  static constexpr double enough = 1e-13;  ///< share of the first sweep's largest move

  Array<double> v_;
  Array<double> slope_;
  Array<double> free_hessian_;
  Array<double> step_;
  Array<std::size_t> free_;
};

}  // namespace sounder
