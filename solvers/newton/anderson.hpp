// Anderson extrapolation of a model's iterates.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/cholesky.hpp>
#include <sounder/solvers/newton/support_newton.hpp>

namespace sounder {

/// Extrapolates a sequence of iterates to its limit: sum_k c_k w_k, sum c = 1, with the least
/// combined difference of neighbours. Done on the support only, as a projected step that is kept
/// only if it lowers the objective.
///
/// Bertrand, Massias, "Anderson acceleration of coordinate descent", AISTATS 2021.
class Anderson {
 public:
  /// @param depth K, the number of differences that are combined; 0 switches extrapolation off
  explicit Anderson(int depth) : depth_(static_cast<std::size_t>(depth)) {}

  /// Forgets the past iterates.
  void forget() noexcept { known_ = 0; }

  /// Remembers w. After depth + 1 iterates tries to improve w, and starts collecting anew.
  template <ElasticPenalty P>
  void improve(QuadraticModel& model, const P& penalty, std::span<double> w) {
    if (depth_ == 0) {
      return;
    }
    size_ = w.size();
    past_.resize((depth_ + 1) * size_);
    std::copy(w.begin(), w.end(), past_.begin() + known_ * size_);
    if (++known_ <= depth_) {
      return;
    }
    const Support support(model, penalty, w);
    const Array<double> c = weights(support);
    if (!c.empty() && support.size() > 0) {
      Array<double> x(support.size());
      for (std::size_t a = 0; a < x.size(); ++a) {
        const std::size_t k = support.positions[a];
        double value = 0.0;
        for (std::size_t b = 0; b < depth_; ++b) {
          value += c[b] * past(b + 1, k);
        }
        x[a] = value - w[k];
      }
      model.focus(support.positions);
      detail::projected_step(model, penalty, support, x, w, 1);
    }
    forget();
  }

 private:
  /// Coordinate k of iterate b.
  [[nodiscard]] double past(std::size_t b, std::size_t k) const noexcept {
    return past_[b * size_ + k];
  }

  /// Solves (U^T U + ridge) c = 1 and normalises, U the differences; empty if that fails.
  [[nodiscard]] Array<double> weights(const Support& support) const {
    Array<double> products(depth_ * depth_);
    double trace = 0.0;
    for (std::size_t a = 0; a < depth_; ++a) {
      for (std::size_t b = 0; b <= a; ++b) {
        double sum = 0.0;
        for (const std::size_t k : support.positions) {
          sum += (past(a + 1, k) - past(a, k)) * (past(b + 1, k) - past(b, k));
        }
        products[a * depth_ + b] = sum;
      }
      trace += products[a * depth_ + a];
    }
    for (std::size_t a = 0; a < depth_; ++a) {
      products[a * depth_ + a] += 1e-10 * trace;
    }
    Array<double> c(depth_, 1.0);
    if (!(trace > 0.0) || !solve_cholesky(products, c)) {
      return {};
    }
    double total = 0.0;
    for (const double value : c) {
      total += value;
    }
    if (!(std::abs(total) > 0.0) || !std::isfinite(total)) {
      return {};
    }
    for (double& value : c) {
      value /= total;
    }
    return c;
  }

  std::size_t depth_;
  std::size_t size_ = 0;   ///< size of an iterate
  std::size_t known_ = 0;  ///< iterates held, oldest first
  Array<double> past_;     ///< iterates side by side
};

}  // namespace sounder
