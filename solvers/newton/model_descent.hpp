// Minimises a quadratic model + penalty by coordinate descent and second-order steps.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/call.hpp>
#include <sounder/engine/base/falling_order.hpp>
#include <sounder/engine/base/random.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/coordinate/coordinate_options.hpp>
#include <sounder/solvers/newton/anderson.hpp>
#include <sounder/solvers/newton/cholesky_newton.hpp>
#include <sounder/solvers/newton/exact_groups.hpp>
#include <sounder/solvers/newton/margin_model.hpp>
#include <sounder/solvers/newton/quadratic_model.hpp>
#include <sounder/solvers/newton/support_factor.hpp>
#include <sounder/solvers/newton/support_newton.hpp>
#include <sounder/solvers/penalty/scaled.hpp>

namespace sounder {

/// Coordinate descent on a model by the options' rule. Between epochs it takes Newton steps on the
/// support and extrapolates by Anderson's method, if the options ask for them and the penalty is
/// elastic. One thread calls.
template <Penalty P>
class ModelDescent {
 public:
  /// @param trace may cut a call of minimise() short
  /// @param rows  number of rows: no more columns than this are independent
  ModelDescent(const P& penalty, const CoordinateOptions& options, const Trace& trace,
               std::size_t rows, const Team& team)
      : penalty_(penalty), options_(options), trace_(trace), random_(options.seed, 0),
        anderson_(options.extrapolation), rows_(rows), factor_(team) {}

  /// Call it before a model, unless it is the last one, perhaps with more columns at the end.
  void forget_model() noexcept {
    factor_.forget();
    damping_.lose_factor();
  }

  /// Replaces the penalty.
  void set_penalty(const P& penalty) { penalty_ = penalty; }
  /// Coordinates looked at by all calls of minimise().
  [[nodiscard]] std::int64_t updates() const noexcept { return updates_; }

  /// When a call of minimise() ends.
  struct Goal {
    double enough = 0.0;       ///< violation of an epoch at which to stop, absolute
    double reduction = 0.0;    ///< the same as a share of the first epoch's
    int patience = 1;          ///< epochs before Newton steps begin
    int most_epochs = 200;     ///< most epochs in any case
    bool exact_groups = true;  ///< solve nearly collinear groups exactly, even if no Newton step
                               ///< was needed
  };
  /// The outcome of a call of minimise().
  struct Outcome {
    double first = 0.0;   ///< violation of the first epoch: sum_k h_k |step on k| along its way
    int epochs = 0;       ///< epochs that were run
    bool newton = false;  ///< whether Newton steps on the support were tried
  };

  /// Runs epochs until the violation is small enough, with a Newton step after each one once
  /// `patience` epochs are over. @{
  Outcome minimise(GramModel& model, std::span<double> w, const Goal& goal) {
    approach(model, w);
    return descend_on_gram(model, w, goal);
  }
  Outcome minimise(MarginModel& model, std::span<double> w, const Goal& goal) {
    const auto epoch_of = [&] { return epoch(model, w); };
    const auto newton_of = [&] { newton_by_products(model, w); };
    const Outcome outcome = descend(model, epoch_of, newton_of, slow_rate, w, goal);
    if constexpr (ElasticPenalty<P>) {
      if (options_.newton && (goal.exact_groups || outcome.newton)) {
        minimise_collinear(model, penalty_, w);
        if (outcome.newton) {
          minimise_heaviest(model, penalty_, w);
        }
      }
    }
    return outcome;
  }
  /// @}

 private:
  /// An epoch by margins that leaves more than this share of the violation is slow: a Newton step
  /// is better.
  static constexpr double slow_rate = 0.8;
  static constexpr double every_epoch = 0.0;  ///< a rate by which every epoch counts as slow
  /// Steps by Cholesky are limited to supports of about this size, and to as many as s^3 allows; an
  /// epoch on a small model costs less than many of them.
  static constexpr double few = 300.0;
  static constexpr double cubes = 1e6;

  /// If the gradient is far above the l1 penalty, approaches it in stages with stronger penalties.
  /// With more columns than rows nearly all of them would otherwise leave zero at once and return
  /// one by one (homotopy; Osborne, Presnell, Turlach, IMA J. Numer. Anal. 2000).
  void approach(GramModel& model, std::span<double> w) {
    if constexpr (SelfScalingPenalty<P> && ElasticPenalty<P>) {
      constexpr double far = 300.0;
      double steepest = 0.0;
      for (std::size_t k = 0; k < w.size(); ++k) {
        steepest = std::max(steepest, std::abs(model.gradient(k)));
      }
      if (!(steepest > far * penalty_.l1()) || !(penalty_.l1() > 0.0) || !options_.newton) {
        return;
      }
      const P asked = penalty_;
      for (double factor = 0.3 * steepest / asked.l1(); factor > 3.0; factor *= 0.3) {
        penalty_ = asked.scaled(factor);
        descend_on_gram(model, w, {.reduction = 1e-3, .patience = 2, .most_epochs = 20});
      }
      penalty_ = asked;
    }
  }

  /// @param slow an epoch that leaves more than this share of the violation is slow
  Outcome descend(QuadraticModel& model, Call<double()> epoch_of, Call<void()> newton_of,
                  double slow, std::span<double> w, const Goal& goal) {
    Outcome outcome;
    anderson_.forget();
    double previous = std::numeric_limits<double>::infinity();
    while (outcome.epochs < goal.most_epochs && !trace_.cancelled()) {
      const double violation = epoch_of();
      ++outcome.epochs;
      if (outcome.epochs == 1) {
        outcome.first = violation;
      }
      if (violation <= std::max(goal.enough, goal.reduction * outcome.first)) {
        break;
      }
      if constexpr (ElasticPenalty<P>) {
        const bool is_slow = slow == every_epoch || violation > slow * previous;
        previous = violation;
        if (options_.newton && is_slow && outcome.epochs >= goal.patience) {
          newton_of();
          outcome.newton = true;
          anderson_.forget();
          previous = std::numeric_limits<double>::infinity();
        } else {
          anderson_.improve(model, penalty_, w);
        }
      }
    }
    return outcome;
  }

  Outcome descend_on_gram(GramModel& model, std::span<double> w, const Goal& goal) {
    const auto epoch_of = [&] { return epoch(model, w); };
    const auto newton_of = [&] { newton_on_gram(model, w); };
    return descend(model, epoch_of, newton_of, every_epoch, w, goal);
  }

  void newton_on_gram(GramModel& model, std::span<double> w) {
    if constexpr (ElasticPenalty<P>) {
      auto zeros = std::count(w.begin(), w.end(), 0.0);
      if (penalty_.l1() > 0.0 && penalty_.l2() == 0.0 &&
          static_cast<std::size_t>(static_cast<std::ptrdiff_t>(w.size()) - zeros) > rows_) {
        shed_dependent(model, penalty_, w, rows_);
        zeros = std::count(w.begin(), w.end(), 0.0);
      }
      const auto s = static_cast<double>(static_cast<std::ptrdiff_t>(w.size()) - zeros);
      if (s > few) {
        newton_by_products(model, w);
        return;
      }
      const double steps = std::clamp(cubes / (s * s * s), 1.0, 100.0);
      newton_by_cholesky(model, penalty_, w, static_cast<int>(steps));
    }
  }

  [[gnu::noinline]] void newton_by_products(QuadraticModel& model, std::span<double> w) {
    if constexpr (ElasticPenalty<P>) {
      const StepTaken step =
          newton_by_residuals(model, penalty_, w, damping_.value(), 200, factor_);
      damping_.adapt(step, factor_.fits());
    }
  }

  template <class Model>
  double epoch(Model& model, std::span<double> w) {
    arrange(model, w);
    double violation = 0.0;
    for (std::size_t visit = 0; visit < order_.size(); ++visit) {
      const std::size_t k =
          options_.rule == CoordinateRule::random ? random_.below(w.size()) : order_[visit];
      const double value = stepped(model, penalty_, k, w[k]);
      if (value != w[k]) {
        violation += model.diagonal(k) * std::abs(value - w[k]);
        model.move(k, value - w[k]);
        w[k] = value;
      }
    }
    updates_ += static_cast<std::int64_t>(order_.size());
    return violation;
  }

  /// Sets the order of an epoch. Greedy: by promised descent, only coordinates that promise any.
  void arrange(const QuadraticModel& model, std::span<const double> w) {
    order_.resize(w.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    if (options_.rule == CoordinateRule::shuffled) {
      shuffle(std::span<std::size_t>(order_), random_);
    } else if (options_.rule == CoordinateRule::greedy) {
      promise_.clear();
      for (std::size_t k = 0; k < w.size(); ++k) {
        const double change = stepped(model, penalty_, k, w[k]) - w[k];
        if (change != 0.0) {
          promise_.push_back({model.diagonal(k) * change * change, k});
        }
      }
      detail::sort_falling(promise_);
      order_.resize(promise_.size());
      for (std::size_t k = 0; k < order_.size(); ++k) {
        order_[k] = promise_[k].position;
      }
    }
  }

  P penalty_;
  const CoordinateOptions& options_;
  const Trace& trace_;
  RandomStream random_;
  Anderson anderson_;
  std::size_t rows_;
  Damping damping_;
  SupportFactor factor_;
  Array<std::size_t> order_;
  Array<detail::Ranked> promise_;
  std::int64_t updates_ = 0;
};

}  // namespace sounder
