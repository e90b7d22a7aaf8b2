// Newton steps of a quadratic model on the coefficients that are free to move, by products with its
// Hessian. cholesky_newton.hpp has Newton steps by Cholesky.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/solvers/newton/quadratic_model.hpp>
#include <sounder/solvers/penalty/penalty.hpp>

namespace sounder {

/// The coordinates where model + penalty is smooth (off zero unless there is no l1, strictly
/// between the bounds), and its gradient there.
struct Support {
  Array<std::size_t> positions;  ///< positions of the coordinates
  Array<double> gradient;        ///< one number each

  Support() = default;
  /// Looks at all coordinates of w. O(|W|).
  template <ElasticPenalty P>
  Support(const QuadraticModel& model, const P& penalty, std::span<const double> w) {
    for (std::size_t k = 0; k < w.size(); ++k) {
      add(model, penalty, k, w[k]);
    }
  }

  /// Adds coordinate k, of value w, if it is smooth there.
  template <ElasticPenalty P>
  [[gnu::noinline]] void add(const QuadraticModel& model, const P& penalty, std::size_t k,
                             double w) {
    const double room = 1e-12 * (1.0 + std::abs(w));
    const bool inside = penalty.prox(w - room, 0.0) < w && penalty.prox(w + room, 0.0) > w;
    if (inside && (w != 0.0 || penalty.l1() == 0.0) && model.diagonal(k) > 0.0) {
      positions.push_back(k);
      const double sign = w == 0.0 ? 0.0 : std::copysign(penalty.l1(), w);
      gradient.push_back(model.gradient(k) + sign + penalty.l2() * w);
    }
  }
  /// The number of coordinates.
  [[nodiscard]] std::size_t size() const noexcept { return positions.size(); }
};

/// The outcome of a step.
struct StepTaken {
  bool taken = false;  ///< whether a step that lowers the model's objective was taken
  int halvings = 0;    ///< halvings of the step
};

namespace detail {

/// w -> w + x on the support, cut where a sign would change or a bound would be crossed, and halved
/// until the model's objective falls. The model must be focused on the support.
template <ElasticPenalty P>
StepTaken projected_step(QuadraticModel& model, const P& penalty, const Support& support,
                         std::span<const double> x, std::span<double> w, int most_tries) {
  Array<double> change(x.size());
  Array<double> values(x.size());
  double alpha = 1.0;
  for (int attempt = 0; attempt < most_tries; ++attempt, alpha *= 0.5) {
    double linear = 0.0;
    double squares = 0.0;
    for (std::size_t a = 0; a < x.size(); ++a) {
      const double old = w[support.positions[a]];
      double value = penalty.prox(old + alpha * x[a], 0.0);
      value = penalty.l1() > 0.0 && value * old < 0.0 ? 0.0 : value;
      values[a] = value;
      change[a] = value - old;
      linear += support.gradient[a] * change[a];
      squares += change[a] * change[a];
    }
    if (linear + 0.5 * (model.curvature(change) + penalty.l2() * squares) < 0.0) {
      model.commit(1.0);
      for (std::size_t a = 0; a < x.size(); ++a) {
        w[support.positions[a]] = values[a];
      }
      return {.taken = true, .halvings = attempt};
    }
  }
  return {};
}

}  // namespace detail

/// How far Newton steps trust the model: they solve with H + damping diag(H), which keeps steps
/// short along directions that hardly change the model. Damping falls after a full step and rises
/// after one that had to be shortened (rule of Levenberg and Marquardt).
class Damping {
 public:
  /// The damping, in [1e-4, 1].
  [[nodiscard]] double value() const noexcept { return value_; }
  /// Adapts to the outcome of a step.
  void adapt(const StepTaken& step) noexcept {
    if (step.taken && step.halvings == 0) {
      value_ = std::max(0.3 * value_, least);
    } else if (!step.taken || step.halvings > 1) {
      value_ = std::min(4.0 * value_, 1.0);
    }
  }

 private:
  static constexpr double least = 1e-4;
  double value_ = 1e-2;
};

namespace detail {

/// A damped Newton direction on the support; the model must be focused on it. See
/// newton_by_residuals().
class ResidualDirection {
 public:
  /// @param l2 strength of the penalty's l2 part
  ResidualDirection(QuadraticModel& model, const Support& support, double l2, double damping)
      : model_(model), scale_(support.size()), ridge_(support.size()), unscaled_(support.size()),
        r_(support.size()) {
    for (std::size_t a = 0; a < r_.size(); ++a) {
      const double h = model.diagonal(support.positions[a]);
      ridge_[a] = damping * h + l2;
      scale_[a] = 1.0 / std::sqrt(h + ridge_[a]);
      r_[a] = -scale_[a] * support.gradient[a];
    }
  }

  /// The direction, by at most this many products with H_SS. Call it once.
  [[nodiscard]] Array<double> solve(int most_products) {
    // In coordinates scaled by the diagonal, r = b - A x.
    const std::size_t s = r_.size();
    Array<double> x(s);
    Array<double> ar(s);
    multiply(r_, ar);
    Array<double> p = r_;
    Array<double> ap = ar;
    double rar = dot(r_, ar);
    const double enough = 0.01 * dot(r_, r_);
    for (int products = 1; products < most_products; ++products) {
      const double length = rar / dot(ap, ap);
      if (!(rar > 0.0) || !std::isfinite(length)) {
        break;  // A is singular along r
      }
      for (std::size_t a = 0; a < s; ++a) {
        x[a] += length * p[a];
        r_[a] -= length * ap[a];
      }
      if (dot(r_, r_) <= enough) {
        break;
      }
      multiply(r_, ar);
      const double next = dot(r_, ar);
      for (std::size_t a = 0; a < s; ++a) {
        p[a] = r_[a] + next / rar * p[a];
        ap[a] = ar[a] + next / rar * ap[a];
      }
      rar = next;
    }
    for (std::size_t a = 0; a < s; ++a) {
      x[a] *= scale_[a];
    }
    return x;
  }

 private:
  void multiply(std::span<const double> v, std::span<double> out) {
    for (std::size_t a = 0; a < v.size(); ++a) {
      unscaled_[a] = scale_[a] * v[a];
    }
    model_.multiply(unscaled_, out);
    for (std::size_t a = 0; a < v.size(); ++a) {
      out[a] = scale_[a] * (out[a] + ridge_[a] * unscaled_[a]);
    }
  }

  [[nodiscard]] static double dot(const Array<double>& one, const Array<double>& other) noexcept {
    double sum = 0.0;
    for (std::size_t a = 0; a < one.size(); ++a) {
      sum += one[a] * other[a];
    }
    return sum;
  }

  QuadraticModel& model_;
  Array<double> scale_;
  Array<double> ridge_;
  Array<double> unscaled_;
  Array<double> r_;
};

}  // namespace detail

/// One damped Newton step on the support by conjugate residuals, with H's diagonal as
/// preconditioner, to a tenth of the gradient; then a projected line search. Residuals never grow
/// on the way (those of conjugate gradients do), so a step that was cut short still improves the
/// certificate. O(most_products) products with H_SS.
///
/// Like the method of Hestenes and Stiefel, but it minimises the residual: Saad, "Iterative Methods
/// for Sparse Linear Systems", section 6.8.
template <ElasticPenalty P>
StepTaken newton_by_residuals(QuadraticModel& model, const P& penalty, std::span<double> w,
                              double damping, int most_products) {
  const Support support(model, penalty, w);
  if (support.size() == 0) {
    return {};
  }
  model.focus(support.positions);
  const Array<double> x =
      detail::ResidualDirection(model, support, penalty.l2(), damping).solve(most_products);
  return detail::projected_step(model, penalty, support, x, w, 6);
}

}  // namespace sounder
