// Anderson extrapolation of a model's iterates.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include <sounder/solvers/cholesky.hpp>
#include <sounder/solvers/support_newton.hpp>

namespace sounder {

/// Guesses where a sequence of iterates ends: sum_k c_k w_k, sum c = 1, with the least combined
/// difference of neighbours. Taken on the support only, where it is a projected step that has to
/// lower the objective.
///
/// Bertrand, Massias, "Anderson acceleration of coordinate descent", AISTATS 2021.
class Anderson {
 public:
  /// @param depth K, how many differences are combined; 0: nothing is ever done
  explicit Anderson(int depth) : depth_(static_cast<std::size_t>(depth)) {}

  /// Forgets what was remembered.
  void forget() noexcept { past_.clear(); }

  /// Remembers w; once depth + 1 iterates are there tries to improve it, and starts anew.
  template <ElasticPenalty P>
  void improve(QuadraticModel& model, const P& penalty, std::span<double> w) {
    if (depth_ == 0) {
      return;
    }
    past_.emplace_back(w.begin(), w.end());
    if (past_.size() <= depth_) {
      return;
    }
    const Support support(model, penalty, w);
    const std::vector<double> c = weights(support);
    if (!c.empty() && support.size() > 0) {
      std::vector<double> x(support.size());
      for (std::size_t a = 0; a < x.size(); ++a) {
        const std::size_t k = support.positions[a];
        double value = 0.0;
        for (std::size_t b = 0; b < depth_; ++b) {
          value += c[b] * past_[b + 1][k];
        }
        x[a] = value - w[k];
      }
      model.focus(support.positions);
      detail::projected_step(model, penalty, support, x, w, 1);
    }
    past_.clear();
  }

 private:
  /// Solves (U^T U + ridge) c = 1 and normalises, U the differences; empty where that fails.
  [[nodiscard]] std::vector<double> weights(const Support& support) const {
    std::vector<double> products(depth_ * depth_);
    double trace = 0.0;
    for (std::size_t a = 0; a < depth_; ++a) {
      for (std::size_t b = 0; b <= a; ++b) {
        double sum = 0.0;
        for (const std::size_t k : support.positions) {
          sum += (past_[a + 1][k] - past_[a][k]) * (past_[b + 1][k] - past_[b][k]);
        }
        products[a * depth_ + b] = sum;
      }
      trace += products[a * depth_ + a];
    }
    for (std::size_t a = 0; a < depth_; ++a) {
      products[a * depth_ + a] += 1e-10 * trace;
    }
    std::vector<double> c(depth_, 1.0);
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
  std::vector<std::vector<double>> past_;
};

}  // namespace sounder
