// Extrapolation: the best point in the affine hull of the last few iterates.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <sounder/engine/team.hpp>
#include <sounder/solvers/certificate.hpp>
#include <sounder/solvers/cholesky.hpp>
#include <sounder/solvers/problem.hpp>

namespace sounder {

/// Sequential subspace minimisation over iterates (Narkiss and Zibulevsky, "Sequential subspace
/// optimization method for large-scale unconstrained problems", 2005; Anderson acceleration with
/// the objective itself as its measure). Minimises F(w + sum_k c_k (w_k - w)) over c by Newton's
/// method on the margins alone, so that a step costs O(n K^2), not a pass over the data; the
/// penalty is taken by its slopes and curvatures at w. The result is kept only if the true F is
/// lower than F(w).
///
/// Coordinates may be scaled: the coefficient is scale_j times the coordinate. Coordinates before
/// `first_penalised` (an intercept) carry no penalty. Holds K (n + p) doubles.
template <Loss L, Penalty P>
class Extrapolation {
 public:
  /// @param depth K, how many past iterates are combined; 0: nothing is ever done
  Extrapolation(const Problem<L, P>& problem, std::span<const float> scales,
                std::size_t first_penalised, int depth, const Team& team)
      : problem_(&problem), scales_(scales), first_penalised_(first_penalised),
        depth_(static_cast<std::size_t>(depth)), sparse_(is_sparse(problem.penalty)), team_(&team) {
  }

  /// Moves (w, z) to the best point found, never to a worse one, and remembers it.
  /// Returns F there. `objective` is F(w); `evaluate(w)` computes F and the margins z anew, since
  /// rounding errors of combined margins would add up from one call to the next.
  template <class Evaluate>
  double improve(std::span<double> w, std::span<double> z, double objective, Evaluate&& evaluate) {
    if (!past_.empty()) {
      const Vector c = minimise(w, z, objective);
      objective = accept_if_lower(c, w, z, objective, evaluate);
    }
    remember(w, z, objective);
    return objective;
  }

  /// Starts again from here: the past belongs to a run that was given up.
  void forget() { past_.clear(); }

 private:
  struct Iterate {
    std::vector<double> w;
    std::vector<double> z;
    double objective = 0.0;
  };
  using Vector = std::vector<double>;

  /// Value, gradient and Hessian (lower triangle, row-major) of the restricted objective.
  struct Model {
    double value = 0.0;
    Vector gradient;
    Vector hessian;

    explicit Model(std::size_t size = 0) : gradient(size), hessian(size * size) {}

    /// Adds slope d to the gradient and curvature d d^T to the Hessian.
    void add(const Vector& d, double slope, double curvature) noexcept {
      for (std::size_t b = 0; b < d.size(); ++b) {
        gradient[b] += slope * d[b];
        for (std::size_t c = 0; c <= b; ++c) {
          hessian[b * d.size() + c] += curvature * d[b] * d[c];
        }
      }
    }
    void add(const Model& other) noexcept {
      value += other.value;
      for (std::size_t b = 0; b < gradient.size(); ++b) {
        gradient[b] += other.gradient[b];
      }
      for (std::size_t b = 0; b < hessian.size(); ++b) {
        hessian[b] += other.hessian[b];
      }
    }
  };

  /// Sum over [0, count) of what `work(Range, Model&)` adds.
  template <class Work>
  [[nodiscard]] Model reduce(std::size_t count, Work&& work) const {
    return team_->reduce(
        static_cast<std::int64_t>(count), Model(past_.size()), work,
        [](Model& sum, const Model& part) { sum.add(part); }, Team::few_numbers);
  }

  /// The penalty along c: gradient at c = 0, and the constant Hessian.
  [[nodiscard]] Model penalty_model(std::span<const double> w) const {
    return reduce(w.size() - first_penalised_, [&](Range share, Model& model) {
      Vector d(past_.size());
      for (std::int64_t k = share.begin; k < share.end; ++k) {
        const std::size_t j = static_cast<std::size_t>(k) + first_penalised_;
        const auto scale = static_cast<double>(scales_[j]);
        for (std::size_t b = 0; b < d.size(); ++b) {
          d[b] = scale * (past_[b].w[j] - w[j]);
        }
        const PenaltyBend bend = bend_at(problem_->penalty, scale * w[j]);
        model.add(d, bend.slope, bend.curvature);
      }
    });
  }

  [[nodiscard]] Model loss_model(std::span<const double> z, const Vector& c) const {
    const L& loss = problem_->loss;
    const double mean = 1.0 / problem_->matrix.rows();
    return reduce(z.size(), [&](Range share, Model& model) {
      Vector d(past_.size());
      for (std::int64_t k = share.begin; k < share.end; ++k) {
        const auto i = static_cast<std::size_t>(k);
        double margin = z[i];
        for (std::size_t b = 0; b < d.size(); ++b) {
          d[b] = past_[b].z[i] - z[i];
          margin += c[b] * d[b];
        }
        const double s = mean * problem_->weight(static_cast<Index>(k));
        const double y = problem_->targets[i];
        model.value += s * loss.value(y, margin);
        model.add(d, s * loss.derivative(y, margin), s * loss.curvature(y, margin));
      }
    });
  }

  /// The whole restricted objective at c, given the penalty's model.
  [[nodiscard]] Model objective_model(std::span<const double> z, const Model& penalty,
                                      const Vector& c) const {
    Model model = loss_model(z, c);
    const std::size_t size = c.size();
    for (std::size_t b = 0; b < size; ++b) {
      double bend = 0.0;
      for (std::size_t e = 0; e < size; ++e) {
        bend += penalty.hessian[b >= e ? b * size + e : e * size + b] * c[e];
      }
      model.value += c[b] * (penalty.gradient[b] + 0.5 * bend);
      model.gradient[b] += penalty.gradient[b] + bend;
      for (std::size_t e = 0; e <= b; ++e) {
        model.hessian[b * size + e] += penalty.hessian[b * size + e];
      }
    }
    return model;
  }

  /// Newton's method from the best of the known points.
  [[nodiscard]] Vector minimise(std::span<const double> w, std::span<const double> z,
                                double objective) const {
    constexpr int most_evaluations = 12;
    const Model penalty = penalty_model(w);
    Vector c = best_known(objective);
    Model here = objective_model(z, penalty, c);
    double total = 0.0;
    for (int evaluations = 1; evaluations < most_evaluations;) {
      Vector step = newton_step(here);
      bool lower = false;
      while (!step.empty() && evaluations < most_evaluations && !lower) {
        Vector trial = c;
        for (std::size_t b = 0; b < c.size(); ++b) {
          trial[b] += step[b];
          step[b] *= 0.25;
        }
        ++evaluations;
        if (too_far(trial)) {
          continue;
        }
        Model there = objective_model(z, penalty, trial);
        lower = there.value < here.value;
        if (lower) {
          const double decrease = here.value - there.value;
          total += decrease;
          c = std::move(trial);
          here = std::move(there);
          if (decrease <= 1e-3 * total) {
            return c;
          }
        }
      }
      if (!lower) {
        break;
      }
    }
    return c;
  }

  /// The unit vector of the best past iterate, or zero where w itself is best.
  [[nodiscard]] Vector best_known(double objective) const {
    Vector c(past_.size());
    for (std::size_t b = 0; b < c.size(); ++b) {
      if (past_[b].objective < objective) {
        std::fill(c.begin(), c.end(), 0.0);
        c[b] = 1.0;
        objective = past_[b].objective;
      }
    }
    return c;
  }

  /// Iterates that nearly coincide invite huge coefficients, in which the model means nothing.
  [[nodiscard]] static bool too_far(const Vector& c) noexcept {
    double total = 0.0;
    for (const double value : c) {
      total += std::abs(value);
    }
    return !(total <= 1e3);
  }

  /// -H^-1 g; empty where H is beyond repair.
  [[nodiscard]] static Vector newton_step(const Model& model) {
    const std::size_t size = model.gradient.size();
    Vector hessian = model.hessian;
    double largest = 0.0;
    for (std::size_t b = 0; b < size; ++b) {
      largest = std::max(largest, hessian[b * size + b]);
    }
    for (std::size_t b = 0; b < size; ++b) {
      // Past iterates may lie on a line.
      hessian[b * size + b] += 1e-9 * hessian[b * size + b] + 1e-12 * largest;
    }
    Vector step = model.gradient;
    for (double& value : step) {
      value = -value;
    }
    if (!solve_cholesky(hessian, step)) {
      return {};
    }
    return step;
  }

  template <class Evaluate>
  double accept_if_lower(const Vector& c, std::span<double> w, std::span<double> z,
                         double objective, Evaluate&& evaluate) const {
    if (std::all_of(c.begin(), c.end(), [](double value) { return value == 0.0; })) {
      return objective;
    }
    const std::vector<double> old_w(w.begin(), w.end());
    const std::vector<double> old_z(z.begin(), z.end());
    double known = objective;
    for (const Iterate& iterate : past_) {
      known = std::min(known, iterate.objective);
    }
    if (sparse_) {
      combine(c, old_w, w, /*keep_zeros=*/true);
      const double found = evaluate(std::span<const double>(w));
      if (found < objective && found <= known) {
        return found;
      }
    }
    combine(c, old_w, w, /*keep_zeros=*/false);
    const double found = evaluate(std::span<const double>(w));
    if (found < objective) {
      return found;
    }
    std::copy(old_w.begin(), old_w.end(), w.begin());
    std::copy(old_z.begin(), old_z.end(), z.begin());
    return objective;
  }

  /// w = base + sum_b c_b (w_b - base); with `keep_zeros`, what the penalty has set to zero in
  /// base stays zero.
  void combine(const Vector& c, std::span<const double> base, std::span<double> w,
               bool keep_zeros) const {
    team_->for_shares(
        static_cast<std::int64_t>(base.size()),
        [&](Range share) {
          for (std::int64_t k = share.begin; k < share.end; ++k) {
            const auto j = static_cast<std::size_t>(k);
            double value = base[j];
            if (!keep_zeros || value != 0.0 || j < first_penalised_) {
              for (std::size_t b = 0; b < c.size(); ++b) {
                value += c[b] * (past_[b].w[j] - base[j]);
              }
            }
            if constexpr (BoxedPenalty<P>) {
              const auto scale = static_cast<double>(scales_[j]);
              value =
                  j < first_penalised_ ? value : problem_->penalty.prox(value * scale, 0.0) / scale;
            }
            w[j] = value;
          }
        },
        Team::few_numbers);
  }

  void remember(std::span<const double> w, std::span<const double> z, double objective) {
    if (depth_ == 0) {
      return;
    }
    if (past_.size() == depth_) {
      std::rotate(past_.begin(), past_.begin() + 1, past_.end());
    } else {
      past_.emplace_back();
    }
    past_.back().w.assign(w.begin(), w.end());
    past_.back().z.assign(z.begin(), z.end());
    past_.back().objective = objective;
  }

  const Problem<L, P>* problem_;
  std::span<const float> scales_;
  std::size_t first_penalised_;
  std::size_t depth_;
  bool sparse_;  ///< the penalty sets coefficients to zero
  const Team* team_;
  std::vector<Iterate> past_;  ///< oldest first
};

}  // namespace sounder
