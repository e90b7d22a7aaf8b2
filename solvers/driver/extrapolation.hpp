// Extrapolation: finds the best point in the affine hull of the last few iterates.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/call.hpp>
#include <sounder/engine/base/cholesky.hpp>
#include <sounder/engine/base/lane_sum.hpp>
#include <sounder/engine/base/multiversion.hpp>
#include <sounder/engine/base/slots.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/driver/certificate.hpp>
#include <sounder/solvers/loss/expansion.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {

/// Sequential subspace minimisation over iterates (Narkiss and Zibulevsky, "Sequential subspace
/// optimization method for large-scale unconstrained problems", 2005); it is Anderson acceleration
/// measured by the objective itself. Minimises F(w + sum_k c_k (w_k - w)) over c by Newton's method
/// on the margins alone, so a step costs O(n K^2) and no pass over the data; the penalty enters by
/// its slopes and curvatures at w. The result is kept only if the true F is lower than F(w). A
/// small multiple of |sum_k c_k (w_k - w)|^2 is added, as in a proximal point method: along
/// directions that do not change the objective (equal columns, no penalty) rounding errors would
/// otherwise carry the iterates away.
///
/// Coordinates may be scaled: the coefficient is scale_j times the coordinate. Coordinates before
/// `first_penalised` (an intercept) carry no penalty. Holds K (n + p) doubles.
template <Loss L, Penalty P>
class Extrapolation {
 public:
  /// @param depth K, the number of past iterates that are combined; 0 switches extrapolation off
  Extrapolation(const Problem<L, P>& problem, std::span<const float> scales,
                std::size_t first_penalised, int depth, const Team& team)
      : problem_(&problem), scales_(scales), first_penalised_(first_penalised),
        sparse_(is_sparse(problem.penalty)), team_(&team), past_(static_cast<std::size_t>(depth)) {}

  /// F(w), and the margins z of w, which are to be written if they are not known: if they are, z
  /// holds them to twelve digits.
  using Evaluate = Call<double(std::span<const double> w, bool known)>;

  /// Moves (w, z) to the best point found, never to a worse one, and remembers it. Returns F there.
  /// `objective` is F(w), z are fresh margins.
  double improve(std::span<double> w, std::span<double> z, double objective, Evaluate evaluate) {
    error_ = 1.0;
    if (known_ > 0) {
      const Vector c = minimise(w, z, objective);
      objective = accept_if_lower(c, w, z, objective, evaluate);
    }
    remember(w, z, objective);
    return objective;
  }

  /// Forgets the past iterates, when a run starts again.
  void forget() noexcept { known_ = 0; }

 private:
  struct Iterate {
    Array<double> w;
    Array<double> z;
    double objective = 0.0;
    double error = 1.0;
  };
  using Vector = Array<double>;
  static constexpr std::int64_t block = 256;  ///< terms that are computed side by side

  /// Value, gradient and Hessian (lower triangle, row-major) of the restricted objective in one
  /// array.
  class Model {
   public:
    explicit Model(std::size_t size = 0) : size_(size), numbers_(1 + size + size * size) {}

    [[nodiscard]] double& value() noexcept { return numbers_[0]; }
    [[nodiscard]] double* gradient() noexcept { return numbers_.data() + 1; }
    [[nodiscard]] double* hessian() noexcept { return gradient() + size_; }

    void add(const Model& other) noexcept {
      for (std::size_t k = 0; k < numbers_.size(); ++k) {
        numbers_[k] += other.numbers_[k];
      }
    }

   private:
    std::size_t size_;
    Vector numbers_;
  };

  /// Sum over [0, count) of what `work(Range, Model&)` adds.
  [[nodiscard]] Model reduce(std::size_t count, Call<void(Range, Model&)> work) const {
    const auto items = static_cast<std::int64_t>(count);
    const auto products = static_cast<std::int64_t>(known_ * known_);
    return team_->reduce(items, Team::parts_of(items * products, known_ * known_), Model(known_),
                         work, [](Model& sum, const Model& part) { sum.add(part); });
  }

  /// A few hundred rows or coordinates side by side: how each moves with every c_b, and the slope
  /// and the curvature of its term.
  struct Block {
    explicit Block(std::size_t known) : moves(known * block) {}
    [[nodiscard]] double* move(std::size_t b) noexcept { return moves.data() + b * block; }

    std::size_t first = 0;
    std::size_t count = 0;
    Vector moves;
    double slopes[block];
    double curvatures[block];
  };

  /// Sum over the blocks of [0, count) of what `work(Block&, Model&)` adds.
  template <class Work>
  [[nodiscard]] Model reduce_blocks(std::size_t count, const Work& work) const {
    return reduce(count, [&](Range share, Model& model) {
      Block at(known_);
      for (std::int64_t i = share.begin; i < share.end; i += block) {
        at.first = static_cast<std::size_t>(i);
        at.count = static_cast<std::size_t>(std::min<std::int64_t>(block, share.end - i));
        work(at, model);
      }
    });
  }

  /// Adds the gradient and the lower triangle of the Hessian in c of a block's terms.
  [[gnu::noinline]] void add(Block& at, Model& model) const noexcept {
    multiversion([&] {
      double bent[block];
      double* const gradient = model.gradient();
      double* hessian = model.hessian();
      for (std::size_t b = 0; b < known_; ++b, hessian += known_) {
        const double* const move = at.move(b);
        gradient[b] += lane_sum(at.count, [&](std::size_t k) { return at.slopes[k] * move[k]; });
        for (std::size_t k = 0; k < at.count; ++k) {
          bent[k] = at.curvatures[k] * move[k];
        }
        for (std::size_t d = 0; d <= b; ++d) {
          const double* const other = at.move(d);
          hessian[d] += lane_sum(at.count, [&](std::size_t k) { return bent[k] * other[k]; });
        }
      }
    });
  }

  /// The penalty as a function of c: gradient at c = 0, and the constant Hessian.
  [[nodiscard]] Model penalty_model(std::span<const double> w, double objective) const {
    const double trace = proximity * objective / squared_norm(w);
    return reduce_blocks(w.size() - first_penalised_, [&](Block& at, Model& model) {
      const std::size_t first = at.first + first_penalised_;
      for (std::size_t k = 0; k < at.count; ++k) {
        const PenaltyBend bend =
            bend_at(problem_->penalty, static_cast<double>(scales_[first + k]) * w[first + k]);
        at.slopes[k] = bend.slope;
        at.curvatures[k] = bend.curvature + (trace < infinity ? trace : 0.0);
      }
      for (std::size_t b = 0; b < known_; ++b) {
        for (std::size_t k = 0; k < at.count; ++k) {
          at.move(b)[k] =
              static_cast<double>(scales_[first + k]) * (past_[b].w[first + k] - w[first + k]);
        }
      }
      add(at, model);
    });
  }
  /// Squared norm of the penalised coefficients.
  [[nodiscard]] double squared_norm(std::span<const double> w) const {
    return team_->sum(static_cast<std::int64_t>(w.size() - first_penalised_), [&](Range share) {
      double sum = 0.0;
      for (std::int64_t k = share.begin; k < share.end; ++k) {
        const std::size_t j = static_cast<std::size_t>(k) + first_penalised_;
        const double coefficient = static_cast<double>(scales_[j]) * w[j];
        sum += coefficient * coefficient;
      }
      return sum;
    });
  }

  [[nodiscard]] Model loss_model(std::span<const double> z, const Vector& c) const {
    const double mean = 1.0 / problem_->matrix.rows();
    return reduce_blocks(z.size(), [&](Block& at, Model& model) {
      double margins[block];
      double weights[block];
      double values[block];
      const double none[block] = {};
      const double* const here = z.data() + at.first;
      for (std::size_t k = 0; k < at.count; ++k) {
        margins[k] = here[k];
        weights[k] = mean * problem_->weight(static_cast<Index>(at.first + k));
      }
      for (std::size_t b = 0; b < known_; ++b) {
        const double* const there = past_[b].z.data() + at.first;
        for (std::size_t k = 0; k < at.count; ++k) {
          at.move(b)[k] = there[k] - here[k];
          margins[k] += c[b] * at.move(b)[k];
        }
      }
      expand_rows(problem_->loss, at.count, problem_->targets.data() + at.first, weights, margins,
                  none, 0.0, values, at.slopes, at.curvatures);
      model.value() += lane_sum(at.count, [&](std::size_t k) { return values[k]; });
      add(at, model);
    });
  }

  /// The whole restricted objective at c, given the penalty's model.
  [[nodiscard]] Model objective_model(std::span<const double> z, Model& penalty,
                                      const Vector& c) const {
    Model model = loss_model(z, c);
    const std::size_t size = c.size();
    const double* const slopes = penalty.gradient();
    const double* const curvatures = penalty.hessian();
    for (std::size_t b = 0; b < size; ++b) {
      double bend = 0.0;
      for (std::size_t e = 0; e < size; ++e) {
        bend += curvatures[b >= e ? b * size + e : e * size + b] * c[e];
      }
      model.value() += c[b] * (slopes[b] + 0.5 * bend);
      model.gradient()[b] += slopes[b] + bend;
      for (std::size_t e = 0; e <= b; ++e) {
        model.hessian()[b * size + e] += curvatures[b * size + e];
      }
    }
    return model;
  }

  /// Newton's method from the best of the known points.
  [[nodiscard]] Vector minimise(std::span<const double> w, std::span<const double> z,
                                double objective) const {
    constexpr int most_evaluations = 12;
    Model penalty = penalty_model(w, objective);
    Vector c = best_known(objective);
    Model here = objective_model(z, penalty, c);
    double total = 0.0;
    for (int evaluations = 1; evaluations < most_evaluations;) {
      Vector step = newton_step(here, c.size());
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
        lower = there.value() < here.value();
        if (lower) {
          const double decrease = here.value() - there.value();
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

  /// The unit vector of the best past iterate, or zero if w itself is best.
  [[nodiscard]] Vector best_known(double objective) const {
    Vector c(known_);
    for (std::size_t b = 0; b < c.size(); ++b) {
      if (past_[b].objective < objective) {
        std::fill(c.begin(), c.end(), 0.0);
        c[b] = 1.0;
        objective = past_[b].objective;
      }
    }
    return c;
  }

  /// Iterates that nearly coincide lead to huge coefficients, for which the model is meaningless.
  [[nodiscard]] static bool too_far(const Vector& c) noexcept {
    double total = 0.0;
    for (const double value : c) {
      total += std::abs(value);
    }
    return !(total <= 1e3);
  }

  /// -H^-1 g, `size` numbers; empty if H cannot be factorised.
  [[nodiscard]] static Vector newton_step(Model& model, std::size_t size) {
    Vector hessian(std::span<const double>(model.hessian(), size * size));
    double largest = 0.0;
    for (std::size_t b = 0; b < size; ++b) {
      largest = std::max(largest, hessian[b * size + b]);
    }
    Vector step(size);
    for (std::size_t b = 0; b < size; ++b) {
      // Past iterates may lie on a line, which makes H singular.
      hessian[b * size + b] += 1e-9 * hessian[b * size + b] + 1e-12 * largest;
      step[b] = -model.gradient()[b];
    }
    if (!solve_cholesky(hessian, step)) {
      return {};
    }
    return step;
  }

  // "cold" has it compiled for size: what takes long are calls of their own.
  [[gnu::cold]] double accept_if_lower(const Vector& c, std::span<double> w, std::span<double> z,
                                       double objective, Evaluate evaluate) {
    if (std::all_of(c.begin(), c.end(), [](double value) { return value == 0.0; })) {
      return objective;
    }
    const Array<double> old_w(w);
    const Array<double> old_z(z);
    double lowest = objective;
    for (std::size_t b = 0; b < known_; ++b) {
      lowest = std::min(lowest, past_[b].objective);
    }
    if (sparse_) {
      combine(c, old_w, w, /*keep_zeros=*/true);
      const double found = evaluate(std::span<const double>(w), false);
      if (found < objective && found <= lowest) {
        return found;
      }
    }
    combine(c, old_w, w, /*keep_zeros=*/false);
    const double error = combined_error(c);
    const bool known = !BoxedPenalty<P> && error <= largest_error;
    if (known) {
      combine_margins(c, old_z, z);
    }
    const double found = evaluate(std::span<const double>(w), known);
    if (found < objective) {
      error_ = known ? error : 1.0;
      return found;
    }
    std::copy(old_w.begin(), old_w.end(), w.begin());
    std::copy(old_z.begin(), old_z.end(), z.begin());
    return objective;
  }

  /// The error of combined margins, as a multiple of that of fresh ones.
  [[nodiscard]] double combined_error(const Vector& c) const noexcept {
    double error = 1.0;
    for (std::size_t b = 0; b < c.size(); ++b) {
      error += std::abs(c[b]) * (1.0 + past_[b].error);
    }
    return error;
  }

  /// z = base + sum_b c_b (z_b - base).
  void combine_margins(const Vector& c, std::span<const double> base, std::span<double> z) const {
    team_->for_shares(
        static_cast<std::int64_t>(z.size()),
        [&](Range share) {
          std::copy(base.begin() + share.begin, base.begin() + share.end, z.begin() + share.begin);
          for (std::size_t b = 0; b < c.size(); ++b) {
            const double* const there = past_[b].z.data();
            for (auto i = static_cast<std::size_t>(share.begin);
                 i < static_cast<std::size_t>(share.end); ++i) {
              z[i] += c[b] * (there[i] - base[i]);
            }
          }
        },
        Team::few_numbers);
  }

  /// w = base + sum_b c_b (w_b - base). With `keep_zeros`, coefficients that are zero in base stay
  /// zero.
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
    if (past_.size() == 0) {
      return;
    }
    if (known_ < past_.size()) {
      ++known_;
    } else {
      for (std::size_t b = 1; b < known_; ++b) {
        std::swap(past_[b - 1], past_[b]);
      }
    }
    Iterate& latest = past_[known_ - 1];
    latest.w.assign(w);
    latest.z.assign(z);
    latest.objective = objective;
    latest.error = error_;
  }

  /// Times the rounding of fresh margins: twelve digits of them are right.
  static constexpr double largest_error = 1e3;
  static constexpr double proximity = 1e-7;  ///< share of F that is added for a move as long as w

  const Problem<L, P>* problem_;
  std::span<const float> scales_;
  std::size_t first_penalised_;
  bool sparse_;  ///< the penalty sets coefficients to zero
  const Team* team_;
  Slots<Iterate> past_;
  std::size_t known_ = 0;  ///< iterates held, oldest first
  double error_ = 1.0;     ///< of the margins at hand
};

}  // namespace sounder
