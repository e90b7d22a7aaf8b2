// Extrapolation: the best point in the affine hull of the last few iterates.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <Eigen/Dense>

#include <sounder/engine/team.hpp>
#include <sounder/solvers/certificate.hpp>
#include <sounder/solvers/problem.hpp>

namespace sounder {

/// Sequential subspace minimisation over iterates (Narkiss and Zibulevsky, "Sequential subspace
/// optimization method for large-scale unconstrained problems", 2005; Anderson acceleration with
/// the objective itself as its measure). Minimises F(w + sum_k c_k (w_k - w)) over c by Newton's
/// method on the margins alone, so that a step costs O(n K^2), not a pass over the data; |w_j| is
/// taken as linear at its sign. The result is kept only if the true F is lower than F(w).
///
/// Coordinates may be scaled: the coefficient is scale_j times the coordinate. Coordinates before
/// `first_penalised` (an intercept) carry no penalty. Holds K (n + p) doubles.
template <Loss L, Penalty P>
class Extrapolation {
 public:
  Extrapolation(const Problem<L, P>& problem, std::span<const float> scales,
                std::size_t first_penalised, int depth, const Team& team)
      : problem_(&problem), scales_(scales), first_penalised_(first_penalised),
        depth_(static_cast<std::size_t>(depth)), team_(&team) {}

  /// Moves (w, z) to the best point found, never to a worse one, and remembers it.
  /// Returns F there. `objective` is F(w).
  double improve(std::span<double> w, std::span<double> z, double objective) {
    if (!past_.empty()) {
      const Eigen::VectorXd c = minimise(w, z, objective);
      objective = accept_if_lower(c, w, z, objective);
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
  /// Value, gradient and Hessian of the restricted objective, up to a constant.
  struct Model {
    double value = 0.0;
    Eigen::VectorXd gradient;
    Eigen::MatrixXd hessian;

    explicit Model(Eigen::Index size)
        : gradient(Eigen::VectorXd::Zero(size)), hessian(Eigen::MatrixXd::Zero(size, size)) {}
    void add(const Model& other) {
      value += other.value;
      gradient += other.gradient;
      hessian += other.hessian;
    }
  };

  [[nodiscard]] Eigen::Index size() const { return static_cast<Eigen::Index>(past_.size()); }

  /// Sum over [0, count) of what `work(Range, Model&)` adds, a model a worker.
  template <class Work>
  [[nodiscard]] Model reduce(std::size_t count, Work&& work) const {
    std::vector<Model> parts(static_cast<std::size_t>(team_->size()), Model(size()));
    team_->run([&](Worker worker) {
      work(share_of(static_cast<std::int64_t>(count), worker),
           parts[static_cast<std::size_t>(worker.rank)]);
    });
    for (std::size_t rank = 1; rank < parts.size(); ++rank) {
      parts[0].add(parts[rank]);
    }
    return std::move(parts[0]);
  }

  /// The penalty along c: value and gradient at c = 0, and the constant Hessian.
  [[nodiscard]] Model penalty_model(std::span<const double> w) const {
    const double l1 = problem_->penalty.l1();
    const double l2 = problem_->penalty.l2();
    return reduce(w.size() - first_penalised_, [&](Range share, Model& model) {
      Eigen::VectorXd d(size());
      for (std::int64_t k = share.begin; k < share.end; ++k) {
        const std::size_t j = static_cast<std::size_t>(k) + first_penalised_;
        const auto scale = static_cast<double>(scales_[j]);
        for (Eigen::Index b = 0; b < size(); ++b) {
          d[b] = scale * (past_[static_cast<std::size_t>(b)].w[j] - w[j]);
        }
        const double sign = static_cast<double>(w[j] > 0.0) - static_cast<double>(w[j] < 0.0);
        model.gradient.noalias() += (l2 * scale * w[j] + l1 * sign) * d;
        model.hessian.template selfadjointView<Eigen::Lower>().rankUpdate(d, l2);
      }
    });
  }

  [[nodiscard]] Model loss_model(std::span<const double> z, const Eigen::VectorXd& c) const {
    const L& loss = problem_->loss;
    const double mean = 1.0 / problem_->matrix.rows();
    return reduce(z.size(), [&](Range share, Model& model) {
      Eigen::VectorXd d(size());
      for (std::int64_t k = share.begin; k < share.end; ++k) {
        const auto i = static_cast<std::size_t>(k);
        for (Eigen::Index b = 0; b < size(); ++b) {
          d[b] = past_[static_cast<std::size_t>(b)].z[i] - z[i];
        }
        const double s = mean * problem_->weight(static_cast<Index>(k));
        const double y = problem_->targets[i];
        const double margin = z[i] + c.dot(d);
        model.value += s * loss.value(y, margin);
        model.gradient.noalias() += s * loss.derivative(y, margin) * d;
        const double h = s * loss.curvature(y, margin);
        if (h > 0.0) {
          model.hessian.template selfadjointView<Eigen::Lower>().rankUpdate(d, h);
        }
      }
    });
  }

  /// Newton's method from the best of the known points.
  [[nodiscard]] Eigen::VectorXd minimise(std::span<const double> w, std::span<const double> z,
                                         double objective) const {
    const Model penalty = penalty_model(w);
    const Eigen::MatrixXd penalty_hessian =
        penalty.hessian.template selfadjointView<Eigen::Lower>();
    const auto evaluate = [&](const Eigen::VectorXd& c) {
      Model model = loss_model(z, c);
      const Eigen::VectorXd bend = penalty_hessian * c;
      model.value += c.dot(penalty.gradient) + 0.5 * c.dot(bend);
      model.gradient += penalty.gradient + bend;
      model.hessian += penalty.hessian;
      return model;
    };
    constexpr int most_evaluations = 12;
    Eigen::VectorXd c = Eigen::VectorXd::Zero(size());
    for (Eigen::Index b = 0; b < size(); ++b) {
      const double known = past_[static_cast<std::size_t>(b)].objective;
      if (known < objective) {
        c.setZero();
        c[b] = 1.0;
        objective = known;
      }
    }
    Model here = evaluate(c);
    double total = 0.0;
    for (int evaluations = 1; evaluations < most_evaluations;) {
      Eigen::MatrixXd hessian = here.hessian.template selfadjointView<Eigen::Lower>();
      hessian.diagonal() *= 1.0 + 1e-9;  // past iterates may lie on a line
      Eigen::VectorXd step = -hessian.ldlt().solve(here.gradient);
      if (!step.allFinite()) {
        break;
      }
      bool lower = false;
      Model there(size());
      for (; evaluations < most_evaluations && !lower; step *= 0.25) {
        there = evaluate(c + step);
        ++evaluations;
        lower = there.value < here.value;
        if (lower) {
          c += step;
          break;
        }
      }
      if (!lower) {
        break;
      }
      const double decrease = here.value - there.value;
      here = std::move(there);
      total += decrease;
      if (decrease <= 1e-3 * total) {
        break;
      }
    }
    return c;
  }

  double accept_if_lower(const Eigen::VectorXd& c, std::span<double> w, std::span<double> z,
                         double objective) const {
    if (c.isZero(0.0)) {
      return objective;
    }
    std::vector<double> new_w = combine(c, w, &Iterate::w);
    std::vector<double> new_z = combine(c, z, &Iterate::z);
    const double penalty =
        team_->sum(static_cast<std::int64_t>(w.size() - first_penalised_), [&](Range share) {
          double sum = 0.0;
          for (std::int64_t k = share.begin; k < share.end; ++k) {
            const std::size_t j = static_cast<std::size_t>(k) + first_penalised_;
            sum += problem_->penalty.value(new_w[j] * static_cast<double>(scales_[j]));
          }
          return sum;
        });
    const double found = mean_loss(*problem_, new_z, *team_) + penalty;
    if (!(found < objective)) {
      return objective;
    }
    std::copy(new_w.begin(), new_w.end(), w.begin());
    std::copy(new_z.begin(), new_z.end(), z.begin());
    return found;
  }

  [[nodiscard]] std::vector<double> combine(const Eigen::VectorXd& c, std::span<const double> base,
                                            std::vector<double> Iterate::*part) const {
    std::vector<double> sum(base.size());
    team_->for_shares(static_cast<std::int64_t>(base.size()), [&](Range share) {
      for (std::int64_t k = share.begin; k < share.end; ++k) {
        const auto i = static_cast<std::size_t>(k);
        double value = base[i];
        for (Eigen::Index b = 0; b < size(); ++b) {
          value += c[b] * ((past_[static_cast<std::size_t>(b)].*part)[i] - base[i]);
        }
        sum[i] = value;
      }
    });
    return sum;
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
  const Team* team_;
  std::vector<Iterate> past_;  ///< oldest first
};

}  // namespace sounder
