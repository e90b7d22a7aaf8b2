// Second-order steps on dual variables that are strictly within their bounds.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/index.hpp>
#include <sounder/engine/exact/exact_passes.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/matrix/products.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/dual/dual_step.hpp>

namespace sounder {

/// Conjugate gradients on the free variables of a dual that is quadratic there (of hinge, squared
/// hinge and squared loss), and a step along what they find: cut off at the bounds, where the dual
/// objective rises by it (Moré, Toraldo, "On the solution of large quadratic programming problems
/// with bound constraints", SIAM J. Optimization 1991), else as far as the first bound, and on from
/// there on fewer variables. Of a hinge more may be free than the rows have dimensions; then most
/// directions are flat, and lead to a bound.
///
/// An iteration is a pass over the free rows there and back. One thread calls, the team works; the
/// same bits for any number of threads.
template <DualLoss L>
class FreeSteps {
 public:
  /// Whether the loss's dual is quadratic within its bounds.
  static constexpr bool applies =
      std::is_same_v<L, Hinge> || std::is_same_v<L, SquaredHinge> || std::is_same_v<L, Squared>;

  /// Views of all, which the caller keeps.
  /// @param c       C_i, 0 for rows that do not count
  /// @param squares x_i.x_i
  FreeSteps(const L& loss, const CsrMatrix& matrix, const ColumnParts& parts,
            std::span<const double> targets, std::span<const double> c,
            std::span<const double> squares, const Team& team)
      : loss_(loss), matrix_(matrix), y_(targets), c_(c), squares_(squares), team_(team),
        along_(parts, team), image_(static_cast<std::size_t>(matrix.columns())) {}

  /// Moves v, and w = sum_i v_i x_i with it, to where the dual objective is higher, or leaves them.
  /// Whether it moved.
  /// @param v          dual variables
  /// @param z          margins of every row, intercept included
  /// @param sigma      by how much b rises with sum_i v_i; 0 without an intercept
  /// @param b          the intercept, which rises by that
  /// @param w          the passes that hold w
  /// @param iterations of conjugate gradients, at most
  /// @param trace      cuts it short
  bool improve(std::span<double> v, std::span<const double> z, double sigma, double& b,
               ExactPasses<>& w, int iterations, const Trace& trace) {
    sigma_ = sigma;
    find_free(v, z);
    if (!is_settled()) {
      return false;
    }
    bool moved = false;
    for (int left = iterations; left > 0 && !free_.empty() && find_direction(left, trace);) {
      if (step(v, b, w)) {
        return true;
      }
      if (!step_to_a_bound(v, b, w)) {
        return moved;
      }
      moved = true;
    }
    return moved;
  }

  /// Rows gone there and back so far: what as many steps of coordinate ascent cost. O(1).
  [[nodiscard]] std::int64_t work() const noexcept { return work_; }

 private:
  /// Bounds on y v. @{
  [[nodiscard]] double highest(std::size_t i) const noexcept {
    return std::is_same_v<L, Hinge> ? c_[i] : infinity;
  }
  static constexpr double lowest = std::is_same_v<L, Squared> ? -infinity : 0.0;
  /// @}
  /// v_i + change within the bounds: rounding must not carry it over one.
  [[nodiscard]] double moved(std::size_t i, double v, double change) const noexcept {
    const double sign = std::is_same_v<L, Squared> ? 1.0 : y_[i];
    return sign * std::clamp(sign * (v + change), lowest, highest(i));
  }
  /// Strictly within them.
  [[nodiscard]] bool is_free(std::size_t i, double v) const noexcept {
    const double alpha = std::is_same_v<L, Squared> ? v : y_[i] * v;
    return c_[i] > 0.0 && alpha > lowest && alpha < highest(i);
  }
  /// Minus the second derivative of C dual_term(y, v / C) in v.
  [[nodiscard]] double bend(std::size_t i) const noexcept {
    if constexpr (std::is_same_v<L, Hinge>) {
      return 0.0;
    }
    return (std::is_same_v<L, SquaredHinge> ? 0.5 : 1.0) / c_[i];
  }
  /// The derivative of the dual objective in v_i.
  [[nodiscard]] double slope(std::size_t i, double z, double v) const noexcept {
    return (std::is_same_v<L, Squared> ? y_[i] - z : y_[i] * (1.0 - y_[i] * z)) - bend(i) * v;
  }

  void find_free(std::span<const double> v, std::span<const double> z) {
    free_.clear();
    gradient_.clear();
    for (std::size_t i = 0; i < v.size(); ++i) {
      if (is_free(i, v[i])) {
        free_.push_back(static_cast<Index>(i));
        gradient_.push_back(slope(i, z[i], v[i]));
      }
    }
  }

  /// Whether few variables come to a bound or leave one between calls, or have done so once:
  /// conjugate gradients know nothing of bounds, and at first their step would be cut short.
  [[nodiscard]] bool is_settled() {
    if (settled_) {
      return true;
    }
    std::size_t changed = 0;
    auto old = was_free_.begin();
    for (const Index i : free_) {
      while (old != was_free_.end() && *old < i) {
        ++old;
        ++changed;
      }
      if (old != was_free_.end() && *old == i) {
        ++old;
      } else {
        ++changed;
      }
    }
    changed += static_cast<std::size_t>(was_free_.end() - old);
    was_free_.assign(std::span<const Index>(free_));
    constexpr std::size_t few = 10;  // a tenth of the free variables
    constexpr int in_vain = 12;      // calls; where nothing settles, it has to do without
    settled_ = (!free_.empty() && few * changed <= free_.size()) || ++unsettled_ > in_vain;
    return settled_;
  }

  [[nodiscard]] double dot(std::span<const double> a, std::span<const double> b) const {
    return team_.sum(static_cast<std::int64_t>(a.size()), [&](Range range) {
      double sum = 0.0;
      for (auto k = static_cast<std::size_t>(range.begin); k < static_cast<std::size_t>(range.end);
           ++k) {
        sum += a[k] * b[k];
      }
      return sum;
    });
  }

  static double sum_of(std::span<const double> a) noexcept {
    double sum = 0.0;
    for (const double value : a) {
      sum += value;
    }
    return sum;
  }

  /// out = (X_F X_F^T + sigma 1 1^T + bends) p.
  void apply(std::span<const double> p, std::span<double> out) {
    const double shift = sigma_ > 0.0 ? sigma_ * sum_of(p) : 0.0;
    work_ += static_cast<std::int64_t>(free_.size());
    along_.clear();
    along_.add(free_, p);
    along_.copy_to(image_);
    team_.for_shares(static_cast<std::int64_t>(free_.size()), [&](Range range) {
      for (auto k = static_cast<std::size_t>(range.begin); k < static_cast<std::size_t>(range.end);
           ++k) {
        const auto i = static_cast<std::size_t>(free_[k]);
        out[k] = matrix_.row(free_[k]).dot(image_) + shift + bend(i) * p[k];
      }
    });
  }

  /// d: conjugate gradients from zero, preconditioned by the diagonal. False where there is nothing
  /// to do.
  /// @param left iterations, at most; less those that it takes, and one
  bool find_direction(int& left, const Trace& trace) {
    constexpr double enough = 1e-2;  // of the residual, in the norm of the preconditioner
    const std::size_t m = free_.size();
    residual_.assign(std::span<const double>(gradient_));
    step_.assign(m, 0.0);
    product_.resize(m);
    precondition();
    conjugate_.assign(std::span<const double>(scaled_));
    double square = dot(residual_, scaled_);
    const double first = square;
    if (!(first > 0.0)) {
      return false;
    }
    for (--left; left >= 0 && square > enough * enough * first && !trace.cancelled(); --left) {
      apply(conjugate_, product_);
      const double curvature = dot(conjugate_, product_);
      if (!(curvature > 0.0)) {
        break;
      }
      const double length = square / curvature;
      for (std::size_t q = 0; q < m; ++q) {
        step_[q] += length * conjugate_[q];
        residual_[q] -= length * product_[q];
      }
      precondition();
      const double next = dot(residual_, scaled_);
      const double share = next / square;
      square = next;
      for (std::size_t q = 0; q < m; ++q) {
        conjugate_[q] = scaled_[q] + share * conjugate_[q];
      }
    }
    return true;
  }

  /// scaled = residual / diagonal.
  void precondition() {
    scaled_.resize(free_.size());
    for (std::size_t k = 0; k < free_.size(); ++k) {
      const auto i = static_cast<std::size_t>(free_[k]);
      const double diagonal = squares_[i] + sigma_ + bend(i);
      scaled_[k] = diagonal > 0.0 ? residual_[k] / diagonal : 0.0;
    }
  }

  /// Along d, every variable up to its bound: the first of a few lengths that raises the objective.
  bool step(std::span<double> v, double& b, ExactPasses<>& w) {
    change_.resize(free_.size());
    for (double length = 1.0; length > 1e-3; length *= 0.25) {
      double linear = 0.0;
      double quadratic = 0.0;
      for (std::size_t k = 0; k < free_.size(); ++k) {
        const auto i = static_cast<std::size_t>(free_[k]);
        change_[k] = moved(i, v[i], length * step_[k]) - v[i];
        linear += change_[k] * gradient_[k];
        quadratic += bend(i) * change_[k] * change_[k];
      }
      if (!(linear > 0.0)) {
        continue;
      }
      along_.clear();
      along_.add(free_, change_);
      along_.copy_to(image_);
      quadratic += dot(image_, image_);
      if (sigma_ > 0.0) {
        const double sum = sum_of(change_);
        quadratic += sigma_ * sum * sum;
      }
      // Along the cut step the objective is a parabola: its top, but no further than the step.
      const double top = std::min(1.0, linear / quadratic);
      if (linear * top - 0.5 * quadratic * top * top > 0.0 && top > 0.1) {
        for (std::size_t k = 0; k < free_.size(); ++k) {
          const auto i = static_cast<std::size_t>(free_[k]);
          const double old = v[i];
          v[i] = moved(i, old, top * change_[k]);
          change_[k] = v[i] - old;
        }
        move(b, w);
        return true;
      }
    }
    return false;
  }

  /// Along d until the first variable comes to its bound, or to d's end. Those that come to one are
  /// free no longer. False if no variable moves.
  bool step_to_a_bound(std::span<double> v, double& b, ExactPasses<>& w) {
    const double rise = dot(gradient_, step_);
    if (!(rise > 0.0) || !std::isfinite(rise)) {
      return false;  // rounding is all there is
    }
    constexpr double far = 1e300;
    constexpr double there = 1.0 + 1e-12;  // whatever rounding does
    const auto bound = [&](std::size_t k) {
      const auto i = static_cast<std::size_t>(free_[k]);
      return moved(i, v[i], std::copysign(far, step_[k]));
    };
    const auto room = [&](std::size_t k) {
      return bound(k) - v[static_cast<std::size_t>(free_[k])];
    };
    double length = 1.0;
    for (std::size_t k = 0; k < free_.size(); ++k) {
      if (std::abs(room(k)) < length * std::abs(step_[k])) {
        length = room(k) / step_[k];
      }
    }
    change_.resize(free_.size());
    bool any = false;
    for (std::size_t k = 0; k < free_.size(); ++k) {
      const auto i = static_cast<std::size_t>(free_[k]);
      const double old = v[i];
      const double part = length * step_[k];
      v[i] = std::abs(part) * there < std::abs(room(k)) || part == 0.0 ? moved(i, old, part)
                                                                       : bound(k);
      change_[k] = v[i] - old;
      any = any || change_[k] != 0.0;
    }
    if (!any) {
      return false;
    }
    move(b, w);
    apply(change_, product_);
    std::size_t kept = 0;
    for (std::size_t k = 0; k < free_.size(); ++k) {
      const auto i = static_cast<std::size_t>(free_[k]);
      if (is_free(i, v[i])) {
        gradient_[kept] = gradient_[k] - product_[k];
        free_[kept++] = free_[k];
      }
    }
    free_.resize(kept);
    gradient_.resize(kept);
    return true;
  }

  /// w and b by the changes of the free variables.
  void move(double& b, ExactPasses<>& w) {
    w.add(free_, change_);
    if (sigma_ > 0.0) {
      b += sigma_ * sum_of(change_);
    }
  }

  L loss_;
  const CsrMatrix& matrix_;
  std::span<const double> y_;
  std::span<const double> c_;
  std::span<const double> squares_;
  const Team& team_;
  double sigma_ = 0.0;
  ExactPasses<> along_;
  Array<double> image_;  ///< X_F^T of something; columns that no row holds stay zero
  Array<Index> free_;
  Array<Index> was_free_;
  bool settled_ = false;
  int unsettled_ = 0;  ///< calls that found it unsettled
  std::int64_t work_ = 0;
  Array<double> gradient_;  ///< of the dual objective, on free variables
  Array<double> residual_;
  Array<double> scaled_;
  Array<double> conjugate_;
  Array<double> product_;
  Array<double> step_;
  Array<double> change_;
};

}  // namespace sounder
