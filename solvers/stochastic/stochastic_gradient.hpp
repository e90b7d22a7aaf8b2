// The driver that `hogwild`, `sgd` and `saga` share: epochs of stochastic steps, and the work
// between them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/stopwatch.hpp>
#include <sounder/engine/run/result.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/engine/shared/shared_vector.hpp>
#include <sounder/engine/threads/schedule.hpp>
#include <sounder/solvers/driver/extrapolation.hpp>
#include <sounder/solvers/driver/prepared_problem.hpp>
#include <sounder/solvers/driver/run.hpp>
#include <sounder/solvers/driver/separation.hpp>
#include <sounder/solvers/problem/problem.hpp>
#include <sounder/solvers/stochastic/frequent_newton.hpp>
#include <sounder/solvers/stochastic/packed_evaluator.hpp>
#include <sounder/solvers/stochastic/penalty_shares.hpp>
#include <sounder/solvers/stochastic/row_pass.hpp>
#include <sounder/solvers/stochastic/sgd_options.hpp>
#include <sounder/solvers/stochastic/step_size.hpp>

namespace sounder {

/// Sparse stochastic gradient descent on a shared vector.
///
/// Between epochs it computes margins, extrapolates, takes Newton steps on the frequent columns
/// near the end, sets the exact intercept, and computes the dual candidate a and X^T a. These give
/// the certificate of the point as well as the anchor and drift of variance reduction (Johnson and
/// Zhang 2013; sparse and lock-free: Mania et al. 2017, "KroMagnon").
///
/// Memory beside the problem: the evaluator's, and 8 (K + 4) bytes a column and 8 K a row for K
/// iterates of extrapolation; 8 more a row once Newton steps are taken.
template <Loss L, Penalty P>
class StochasticGradient {
  static_assert(!BoxedPenalty<P>, "a stochastic step knows no bounds: take a coordinate solver");

 public:
  /// Lays out the data. Keeps references to problem, passes and trace, which must outlive it.
  StochasticGradient(const Problem<L, P>& problem, const SgdOptions& options,
                     const RowPasses<L>& passes, Trace& trace)
      : run_(run_options(options), trace), problem_(problem), options_(options),
        make_trial_(passes.trial), saga_(passes.saga), trace_(trace), team_(options.threads),
        point_(problem, options.hot_columns, !options.adagrad, team_, passes.repeatable),
        rows_(point_.rows()),
        pass_(passes.pass(labelled_rows(), options.adagrad, sparse(), rows_.rows(), team_)),
        terms_(penalty_shares()), schedule_(rows_.rows(), row_block(), options.seed),
        extrapolation_(problem, point_.scales(), point_.first_penalised(), options.extrapolation,
                       team_),
        newton_(problem, rows_, point_.scales(), point_.first_penalised(), team_) {
    point_.leave_products_to(*pass_);
    if (saga_) {
      minus_ones_.assign(rows_.columns(), -1.0);
    }
    run_.training().stop();
  }

  /// The whole run. Call it once.
  Result run() {
    start();
    while (!run_.ended()) {
      next_epoch();
    }
    return finish();
  }

 private:
  static constexpr bool elastic = ElasticPenalty<P>;

  [[nodiscard]] LabelledRows<L> labelled_rows() const noexcept {
    return {&rows_, problem_.targets, problem_.weights, problem_.loss};
  }
  /// Rows that are dealt out together: fewer if there are few rows, so that every worker gets a
  /// share.
  [[nodiscard]] std::int64_t row_block() const noexcept {
    return std::clamp<std::int64_t>(rows_.rows() / (64 * pass_->workers()), 1, options_.row_block);
  }
  [[nodiscard]] PenaltyShares penalty_shares() const {
    double l1 = 1.0;  // a penalty applied by its prox: see ProxTerms
    double l2 = 1.0;
    if constexpr (elastic) {
      l1 = problem_.penalty.l1();
      l2 = problem_.penalty.l2();
    }
    return {rows_, point_.scales(), point_.first_penalised(), l1, l2, !elastic, team_};
  }
  [[nodiscard]] bool sparse() const noexcept { return is_sparse(problem_.penalty); }
  [[nodiscard]] bool newton() const noexcept {
    if constexpr (elastic) {
      return options_.newton && L::smooth && !sparse() && problem_.penalty.l2() > 0.0;
    }
    return false;
  }
  [[nodiscard]] bool automatic_step() const noexcept { return options_.step == 0.0; }

  void start() {
    warm_ = run_options(options_).warm();
    point_.load(options_.initial, options_.initial_intercept, pass_->vector());
    run_.evaluation().start();
    // From zero all margins are zero, as they are made.
    latest_.objective =
        warm_ ? point_.objective(pass_->vector()) : point_.objective_here(pass_->vector());
    run_.evaluation().stop();
    look();
    if (run_.ended()) {
      return;
    }
    run_.training().start();
    if (!options_.adagrad) {
      const double mean_square = weighted_mean(problem_, team_, [&](double, std::size_t i) {
        return rows_.squared_norm(static_cast<Index>(i));
      });
      unit_ = 1.0 / std::max(mean_square * L::curvature_bound, 1e-300);
    }
    step_ = automatic_step() ? find_step() : options_.step;
    if (automatic_step() && !options_.variance_reduction && !options_.adagrad) {
      step_ = std::min(step_, largest_first_step);
    }
    if (warm_) {
      if (automatic_step()) {
        step_ = std::min(step_, largest_step());
      }
      pass_->remember(point_.anchors(), point_.pull());
    } else if (saga_) {  // the first epoch is plain
      pass_->remember(Array<double>(point_.anchors().size()), Array<double>(rows_.columns()));
    }
    run_.training().stop();
  }

  /// One epoch and what follows it. The training clock runs for the method's own work, not for
  /// looks at the objective.
  void next_epoch() {
    run_.begin_epoch();
    const bool reduced = options_.variance_reduction && (run_.epoch() > 1 || warm_);
    run_.training().start();
    pass_->prepare(terms_.at(rate(0.0), drift(reduced)));
    const bool whole = pass_over_rows(reduced);
    run_.training().stop();
    if (!whole) {
      run_.end(Status::interrupted);
      return;
    }
    updates_ += rows_.nonzeros();
    Stopwatch& clock = options_.extrapolation > 0 || newton() ? run_.training() : run_.evaluation();
    clock.start();
    const bool sound = settle();
    clock.stop();
    if (sound) {
      look();
      if (run_.epoch() == 1 && !warm_) {
        pass_->remember(point_.anchors(), point_.pull());
      }
    } else {
      retreat();
    }
  }

  /// The step size where this part of the epoch is done.
  [[nodiscard]] double rate(double done) const {
    return step_ * unit_ * step_factor(options_, run_.epoch() - 1 + done);
  }
  /// Minus the mean gradient that a step adds; where steps keep it by themselves, minus its share.
  [[nodiscard]] std::span<const double> drift(bool reduced) const {
    if (saga_ && reduced) {
      return minus_ones_;
    }
    return reduced ? point_.pull() : std::span<const double>();
  }

  /// The workers' part. False if the trace cancelled it.
  bool pass_over_rows(bool reduced) {
    schedule_.shuffle(run_.epoch());
    const auto step = [this](double done) { return rate(done); };
    return pass_->run(schedule_, {0, schedule_.positions()},
                      reduced ? point_.anchors() : std::span<const double>(), step, trace_);
  }

  /// Margins, extrapolation and Newton steps. False if the objective is not finite or has exploded.
  bool settle() {
    const double found = point_.objective(pass_->vector());
    if (!std::isfinite(found) || found > exploded * std::max(point_.at_zero(), run_.lowest())) {
      return false;
    }
    adapt_step(found);
    if (options_.extrapolation > 0) {
      extrapolation_.improve(pass_->vector(), point_.margins(), found,
                             [this](std::span<const double> w, bool known) {
                               return known ? point_.objective_here(w) : point_.objective(w);
                             });
    }
    if constexpr (elastic) {
      if (newton()) {
        improve_frequent();
      }
    }
    return true;
  }

  /// Newton steps help only the gap, so they are taken in epochs that may be the last: when the
  /// other columns' part of the gap, (grad F)^2 / (2 lambda), is near the tolerance.
  void improve_frequent() {
    constexpr double near = 10.0;
    const bool last = run_.epoch() == options_.max_epochs;
    if (!last && options_.tolerance == 0.0) {
      return;
    }
    const double rest = point_.rest_of_gradient();
    const double gap = rest / (2.0 * problem_.penalty.l2() * latest_.objective);
    if (last || gap <= near * options_.tolerance) {
      newton_.improve(pass_->vector(), point_.margins(), rest);
    }
  }

  /// Variance-reduced epochs tolerate a large step until suddenly they do not. So the step grows
  /// while epochs descend, and is halved when one climbs by more than extrapolation makes good.
  void adapt_step(double found) {
    if (!automatic_step() || !options_.variance_reduction) {
      return;
    }
    const bool guarded = options_.extrapolation > 0;
    if (run_.epoch() == 1 && !warm_) {
      step_ = std::min({step_, guarded ? largest_first_step : 0.25, largest_step()});
    } else if (found <= latest_.objective) {
      step_ = guarded ? std::min(1.5 * step_, largest_step()) : step_;
    } else if (found > (guarded && L::smooth ? 1.5 : 1.0) * latest_.objective) {
      step_ *= 0.5;
    }
  }

  /// SAGA's derivatives are an epoch old, and the theory's third of a step is what they bear
  /// (Defazio, Bach, Lacoste-Julien 2014).
  [[nodiscard]] double largest_step() const noexcept { return saga_ ? 1.0 / 3.0 : 16.0; }

  /// Certifies the point and hands it to the run.
  void look() {
    Stopwatch& clock = options_.variance_reduction ? run_.training() : run_.evaluation();
    clock.start();
    latest_ = point_.certify_point(pass_->vector());
    const bool separates = scale_to_margins_of_one(
        problem_, latest_.objective, pass_->vector(), point_.margins(), [this](double /*factor*/) {
          static_cast<void>(point_.objective(pass_->vector()));
          latest_ = point_.certify_point(pass_->vector(), /*settle=*/false);
        });
    clock.stop();
    run_.see({latest_, pass_->vector(), 0.0, updates_, separates});
  }

  /// After an explosion: goes back to the best iterate with a smaller step, if the step is
  /// automatic.
  void retreat() {
    if (!automatic_step() || ++retreats_ > most_retreats) {
      run_.end(Status::diverged);
      return;
    }
    run_.training().start();
    step_ *= 0.25;
    const std::vector<double>& best = run_.best().w;
    std::copy(best.begin(), best.end(), pass_->vector().begin());
    extrapolation_.forget();
    latest_.objective = point_.objective(pass_->vector());
    run_.training().stop();
    look();
    pass_->remember(point_.anchors(), point_.pull());
  }

  /// Finds the step by trial: one pass over a sample of the rows from zero, in one thread.
  [[nodiscard]] double find_step() {
    const std::int64_t n = rows_.rows();
    const std::int64_t size = std::min<std::int64_t>(n, std::max<std::int64_t>(1000, n / 50));
    Schedule sample(n, 1, options_.seed ^ 0x5A5A5A5AU);
    sample.shuffle(0);
    const Team alone(1);
    const auto trial = make_trial_(labelled_rows(), options_.adagrad, sparse(), size, alone);
    return search_step(options_.adagrad ? 0.1 : 1.0, [&](double step) {
      trial->restart();
      trial->prepare(terms_.at(step * unit_, {}));
      trial->run(
          sample, {0, size}, {}, [&](double done) { return step * unit_ * (1.0 - done); },
          SilentTrace());
      return point_.objective(trial->vector(), sample, size);
    });
  }

  [[nodiscard]] Result finish() {
    // The gap of the best iterate, to the best bound found since then.
    const double dual = latest_.dual_objective;
    Result result = run_.finish(dual, point_.relative_gap(run_.lowest(), dual));
    const std::vector<double> best = std::move(result.w);
    point_.unload(best, result);
    result.updates = updates_;
    result.step = step_;
    result.counts = pass_->counts();
    result.threads = pass_->workers();
    return result;
  }

  static constexpr double exploded = 100.0;
  /// Steps that fit a sample may overshoot on the other rows.
  static constexpr double largest_first_step = 4.0;
  static constexpr int most_retreats = 8;

  Run run_;  // first, because laying out the data counts as training
  const Problem<L, P>& problem_;
  SgdOptions options_;
  MakeRowPass<L> make_trial_;
  bool saga_;
  Trace& trace_;
  Team team_;
  PackedEvaluator<L, P> point_;
  const PackedRows& rows_;
  std::unique_ptr<RowPass> pass_;
  PenaltyShares terms_;
  Schedule schedule_;
  Extrapolation<L, P> extrapolation_;
  FrequentNewton<L, P> newton_;
  Array<double> minus_ones_;  ///< with SAGA
  Certificate latest_;
  double unit_ = 1.0;
  double step_ = 1.0;
  int retreats_ = 0;
  bool warm_ = false;  ///< starts from a point of the caller's
  std::int64_t updates_ = 0;
};

/// Runs the driver on a prepared problem.
template <Loss L, Penalty P>
[[nodiscard]] Result stochastic_gradient(const Problem<L, P>& problem, SgdOptions options,
                                         const RowPasses<L>& passes, Trace& trace) {
  if (options.adagrad) {
    options.variance_reduction = false;
    options.hot_columns = 0;  // AdaGrad's sums are in shared memory
  }
  return StochasticGradient<L, P>(problem, options, passes, trace).run();
}

/// Runs the driver on any problem, with workers that meet by an update policy.
/// @throws std::invalid_argument if the problem or an option does not fit
template <class Update, Loss L, Penalty P>
[[nodiscard]] Result stochastic_gradient(const Problem<L, P>& problem, SgdOptions options,
                                         Trace& trace) {
  if (holds_locks<Update>) {
    options.hot_columns = 0;  // the baseline has no private copies
  }
  // With one worker Relaxed equals Plain; compiling the steps a second time would take seconds.
  using Trial = std::conditional_t<std::is_same_v<Update, Relaxed>, Relaxed, Plain>;
  using Q = Rescaled<P>;
  return solve_prepared(
      problem, options, trace, [](const auto& prepared, const SgdOptions& inner, Trace& told) {
        const PassMaker<Update, L, Q> pass(prepared.penalty);
        const PassMaker<Trial, L, Q> trial(prepared.penalty);
        return stochastic_gradient<L, Q>(prepared, inner, {.pass = pass, .trial = trial}, told);
      });
}

}  // namespace sounder
