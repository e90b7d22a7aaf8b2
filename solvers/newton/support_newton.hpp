// Newton steps of a quadratic model on the coefficients that are free to move, by products with its
// Hessian. cholesky_newton.hpp has Newton steps by Cholesky.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>

#include <sounder/engine/base/array.hpp>
#include <sounder/solvers/newton/quadratic_model.hpp>
#include <sounder/solvers/newton/ray_step.hpp>
#include <sounder/solvers/newton/support.hpp>
#include <sounder/solvers/newton/support_factor.hpp>
#include <sounder/solvers/penalty/penalty.hpp>

namespace sounder {

/// The outcome of a step.
struct StepTaken {
  bool taken = false;  ///< whether a step that lowers the model's objective was taken
  int halvings = 0;    ///< halvings of the step
};

namespace detail {

/// w -> w + x on the support, cut where a sign would change or a bound would be crossed, and halved
/// until the model's objective falls. The model must be focused on the support.
template <ElasticPenalty P>
[[gnu::noinline]] StepTaken projected_step(QuadraticModel& model, const P& penalty,
                                           const Support& support, std::span<const double> x,
                                           std::span<double> w, int most_tries) {
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
  /// The damping, in [1e-4, 1], or [1e-6, 1] with a factor.
  [[nodiscard]] double value() const noexcept { return value_; }
  /// Adapts to the outcome of a step.
  /// @param factored whether there was a factor, with which little damping costs few products
  void adapt(const StepTaken& step, bool factored) noexcept {
    if (step.taken && step.halvings == 0) {
      value_ = factored ? std::max(0.1 * value_, 1e-6) : std::max(0.3 * value_, least);
    } else if (!step.taken || step.halvings > 1) {
      value_ = std::min(4.0 * value_, 1.0);
    }
  }
  /// Call it when the factor is lost.
  void lose_factor() noexcept { value_ = std::max(value_, least); }

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
  [[gnu::cold]] ResidualDirection(QuadraticModel& model, const Support& support, double l2,
                                  double damping, SupportFactor& factor)
      : model_(model), factor_(factor), ridge_(support.size()), unscaled_(support.gradient),
        product_(support.size()) {
    for (std::size_t a = 0; a < ridge_.size(); ++a) {
      ridge_[a] = damping * model.diagonal(support.positions[a]) + l2;
    }
    factor.begin(model, support.positions, l2, ridge_);
    r_.resize(factor.size());
    raised_.resize(factor.size());
    factor.lower(unscaled_, r_);
    for (double& left : r_) {
      left = -left;
    }
  }

  /// The direction, by at most this many products with H_SS. Call it once.
  [[nodiscard]] Array<double> solve(int most_products) {
    // In coordinates scaled by the preconditioner, r = b - A x.
    const std::size_t s = r_.size();
    Array<double> memory(4 * s);
    const auto part = [&](std::size_t k) { return std::span<double>(memory).subspan(k * s, s); };
    const std::span<double> x = part(0);
    const std::span<double> p = part(1);
    const std::span<double> ap = part(2);
    const std::span<double> ar = part(3);
    multiply(r_, ar);
    std::copy(r_.begin(), r_.end(), p.begin());
    std::copy(ar.begin(), ar.end(), ap.begin());
    double rar = dot(r_, ar);
    const double enough = (factor_.fits() ? 1e-4 : 1e-2) * dot(r_, r_);
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
    factor_.raise(x, unscaled_);
    return std::move(unscaled_);
  }

 private:
  [[gnu::noinline]] void multiply(std::span<const double> v, std::span<double> out) {
    raised_.assign(v);
    factor_.raise(raised_, unscaled_);
    model_.multiply(unscaled_, product_);
    factor_.count_product();
    for (std::size_t a = 0; a < product_.size(); ++a) {
      product_[a] += ridge_[a] * unscaled_[a];
    }
    factor_.lower(product_, out);
  }

  [[nodiscard, gnu::noinline]] static double dot(std::span<const double> one,
                                                 std::span<const double> other) noexcept {
    double sum = 0.0;
    for (std::size_t a = 0; a < one.size(); ++a) {
      sum += one[a] * other[a];
    }
    return sum;
  }

  QuadraticModel& model_;
  SupportFactor& factor_;
  Array<double> ridge_;
  Array<double> unscaled_;
  Array<double> product_;
  Array<double> r_;
  Array<double> raised_;
};

}  // namespace detail

/// One damped Newton step on the support by conjugate residuals, to a tenth of the gradient; then a
/// projected line search. Residuals never grow on the way (those of conjugate gradients do), so a
/// step that was cut short still improves the certificate. Once there is a factor of nearly the
/// same support for the preconditioner, to a hundredth; and where the projected step fails, to the
/// minimum along the ray. O(most_products) products with H_SS.
///
/// Like the method of Hestenes and Stiefel, but it minimises the residual: Saad, "Iterative Methods
/// for Sparse Linear Systems", section 6.8.
template <ElasticPenalty P>
StepTaken newton_by_residuals(QuadraticModel& model, const P& penalty, std::span<double> w,
                              double damping, int most_products, SupportFactor& factor) {
  const Support support(model, penalty, w);
  if (support.size() == 0) {
    return {};
  }
  model.focus(support.positions);
  const Array<double> x =
      detail::ResidualDirection(model, support, penalty.l2(), damping, factor).solve(most_products);
  const bool fits = factor.fits();
  const StepTaken step = detail::projected_step(model, penalty, support, x, w, fits ? 1 : 6);
  if (step.taken || !fits) {
    return step;
  }
  return {.taken = detail::step_along_ray(model, penalty, support, x, w).taken, .halvings = 1};
}

}  // namespace sounder
