// The joint minimum of a penalised quadratic in a few coefficients.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <Eigen/Core>

#include <Eigen/Cholesky>

#include <sounder/solvers/penalty/penalty.hpp>

namespace sounder {

/// Finds argmin_v g.(v - w) + (v - w) H (v - w) / 2 + sum_j penalty(v_j), for H symmetric and
/// positive semidefinite, of a small size.
///
/// Rounds of one proximal coordinate sweep, which finds signs and bounds, and one Newton step on
/// the coefficients that are free to move by Cholesky, cut where the first of them meets zero or a
/// bound; with the right signs the step is exact. One object a worker: it keeps its scratch.
template <Penalty P>
class JointStep {
 public:
  explicit JointStep(Eigen::Index width)
      : v_(width), slope_(width), free_hessian_(width, width), step_(width) {
    free_.reserve(static_cast<std::size_t>(width));
  }

  /// The minimiser, valid until the next call. O(k^3) a round for k coefficients, some rounds.
  template <class Hessian, class Vector>
  [[nodiscard]] const Eigen::VectorXd& solve(const P& penalty, const Hessian& h, const Vector& w,
                                             const Vector& gradient) {
    const Eigen::Index k = w.size();
    v_ = w;
    slope_ = gradient;  // of the quadratic at v
    double first = 0.0;
    for (int round = 0; round < most_rounds; ++round) {
      const double moved = sweep(penalty, h, k);
      first = round == 0 ? moved : first;
      if (moved <= enough * first) {
        break;
      }
      newton(penalty, h, k);
    }
    return v_;
  }

 private:
  void move(Eigen::Index j, double value, const auto& h, Eigen::Index k) {
    const double change = value - v_[j];
    v_[j] = value;
    slope_.head(k) += change * h.col(j).head(k);
  }

  /// Proximal steps on each coefficient in turn; returns the largest move, scaled by curvature.
  double sweep(const P& penalty, const auto& h, Eigen::Index k) {
    double largest = 0.0;
    for (Eigen::Index j = 0; j < k; ++j) {
      const double curvature = h(j, j);
      if (!(curvature > 0.0)) {
        continue;
      }
      const double value = penalty.prox(v_[j] - slope_[j] / curvature, 1.0 / curvature);
      largest = std::max(largest, std::abs(value - v_[j]) * std::sqrt(curvature));
      if (value != v_[j]) {
        move(j, value, h, k);
      }
    }
    return largest;
  }

  /// A coefficient is free if its sign and bounds leave it a neighbourhood on which the penalty is
  /// smooth.
  void newton(const P& penalty, const auto& h, Eigen::Index k) {
    free_.clear();
    for (Eigen::Index j = 0; j < k; ++j) {
      const double nudge = 1e-9 * std::abs(v_[j]) + std::numeric_limits<double>::min();
      const bool corner = penalty.l1() > 0.0 && v_[j] == 0.0;
      if (h(j, j) > 0.0 && !corner && std::isfinite(penalty.value(v_[j] + nudge)) &&
          std::isfinite(penalty.value(v_[j] - nudge))) {
        free_.push_back(j);
      }
    }
    const auto size = static_cast<Eigen::Index>(free_.size());
    if (size == 0) {
      return;
    }
    auto matrix = free_hessian_.topLeftCorner(size, size);
    auto step = step_.head(size);
    for (Eigen::Index a = 0; a < size; ++a) {
      const Eigen::Index j = free_[static_cast<std::size_t>(a)];
      for (Eigen::Index b = 0; b < size; ++b) {
        matrix(a, b) = h(j, free_[static_cast<std::size_t>(b)]);
      }
      // Equal columns make it singular.
      matrix(a, a) += penalty.l2() + 1e-12 * h(j, j);
      const double sign = penalty.l1() > 0.0 ? std::copysign(penalty.l1(), v_[j]) : 0.0;
      step[a] = -(slope_[j] + sign + penalty.l2() * v_[j]);
    }
    const Eigen::LDLT<Eigen::Ref<Eigen::MatrixXd>> factor(matrix);
    step = factor.solve(step).eval();
    if (factor.info() != Eigen::Success || !step.allFinite()) {
      return;
    }
    double part = 1.0;
    for (Eigen::Index a = 0; a < size; ++a) {
      part = std::min(part, room(penalty, v_[free_[static_cast<std::size_t>(a)]], step[a]));
    }
    for (Eigen::Index a = 0; a < size; ++a) {
      const Eigen::Index j = free_[static_cast<std::size_t>(a)];
      const double there = v_[j] + part * step[a];
      const bool crosses = penalty.l1() > 0.0 && there * v_[j] <= 0.0;
      move(j, crosses ? 0.0 : penalty.prox(there, 0.0), h, k);
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
  static constexpr double enough = 1e-13;  ///< of the first sweep's largest move

  Eigen::VectorXd v_;
  Eigen::VectorXd slope_;
  Eigen::MatrixXd free_hessian_;
  Eigen::VectorXd step_;
  std::vector<Eigen::Index> free_;
};

}  // namespace sounder
