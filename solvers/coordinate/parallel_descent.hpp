// The driver that the parallel coordinate solvers share: epochs, and the work between them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include <sounder/engine/analysis/spectral_radius.hpp>
#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/message.hpp>
#include <sounder/engine/base/stopwatch.hpp>
#include <sounder/engine/matrix/csc_matrix.hpp>
#include <sounder/engine/run/deadline.hpp>
#include <sounder/engine/run/result.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/solvers/coordinate/coordinate_evaluator.hpp>
#include <sounder/solvers/coordinate/coordinate_options.hpp>
#include <sounder/solvers/coordinate/coordinate_step.hpp>
#include <sounder/solvers/coordinate/gap_forecast.hpp>
#include <sounder/solvers/coordinate/parallel_rounds.hpp>
#include <sounder/solvers/coordinate/second_method.hpp>
#include <sounder/solvers/coordinate/serial_trial.hpp>
#include <sounder/solvers/driver/extrapolation.hpp>
#include <sounder/solvers/driver/prepared_problem.hpp>
#include <sounder/solvers/driver/run.hpp>
#include <sounder/solvers/driver/separation.hpp>

namespace sounder {

/// Parallel coordinate descent on shared margins; the Chooser (see ParallelRounds) makes it
/// Shotgun, block-greedy or block-cd. The Chooser also says how many units may move at once
/// (`parallel()`), how many `passes()` over the units make an epoch, and why a P given by the user
/// may have failed (`excuse()`).
///
/// After an epoch it computes the margins anew if updates can be lost, the exact intercept, and the
/// objective.
///
/// With an automatic P, an epoch that raised the objective is undone: the driver goes back to the
/// best point, halves P and repeats the epoch; at P = 1 no step raises the objective. The same
/// happens if the objective hardly falls for long. A P that is slower than one update at a time is
/// given up after a few epochs. With a given P the epoch counts: a run that explodes, or has not
/// been below its best for long, ends as diverged, with the best point. If the tolerance is more
/// than a hundred epochs away and there is a SecondMethod, it takes every other epoch.
///
/// Memory beside the problem: the columns (8 bytes a nonzero), and 16 (K + 3) bytes a row and a
/// column for K iterates of extrapolation.
template <Loss L, Penalty P, class Chooser>
class ParallelDescent {
 public:
  /// Lays out the data. Keeps references to problem and trace, which must outlive it.
  /// @param make_second null for no second method
  // "cold" has it compiled for size: it runs once, and what takes long are calls of their own.
  [[gnu::cold]] ParallelDescent(const Problem<L, P>& problem, const CoordinateOptions& options,
                                MakeCoordinatePass<Chooser> make_pass_of,
                                MakeSecondMethod<L, P> make_second, Trace& trace)
      : run_(run_options(options), trace), problem_(problem), options_(options), trace_(trace),
        deadline_(trace, run_.training(), options.time_limit), team_(options.threads),
        columns_(problem.matrix, team_), step_(problem, columns_, team_),
        chooser_(step_, options, team_), point_(problem, columns_, team_),
        pass_(make_pass_of(chooser_, columns_, options.seed, team_)), ones_(w().size(), 1.0F),
        extrapolation_(problem, ones_, 0, options.extrapolation, team_),
        forecast_(options.tolerance),
        second_method_(make_second == nullptr ? nullptr
                                              : make_second(problem_, columns_, step_.curvature(),
                                                            options_, team_, deadline_)) {
    parallel_ = options.parallel > 0 ? options.parallel : chooser_.parallel();
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
  [[nodiscard]] bool automatic() const noexcept { return options_.parallel == 0; }
  [[nodiscard]] std::span<double> w() noexcept { return pass_->coefficients(); }
  [[nodiscard]] std::span<double> z() noexcept { return pass_->margins(); }

  void start() {
    run_.training().start();
    b_ = problem_.intercept ? options_.initial_intercept : 0.0;
    step_.start(options_.initial, w());
    objective_ = renew();
    highest_ = std::max(objective_, point_.at_zero());
    run_.training().stop();
    look();
  }

  void next_epoch() {
    run_.begin_epoch();
    run_.training().start();
    second_turn_ = may_take_second() && forecast_.far() && !second_turn_;
    const bool whole = second_turn_ || pass_over_units();
    const bool sound = second_turn_ ? take_second() : whole && settle();
    run_.training().stop();
    if (!whole) {
      run_.end(Status::interrupted);
    } else if (sound) {
      look();
    }
  }

  /// Lets the second method take an epoch, from the point last certified. Returns true, because it
  /// never raises the objective.
  bool take_second() {
    second_method_->improve(point_.pull(), latest_, w(), b_, z());
    point_.settle_intercept(b_, z());
    objective_ = point_.objective(w(), z());
    return true;
  }

  /// Not with a given P, because the caller wants to see its effect.
  [[nodiscard]] bool may_take_second() const noexcept {
    return second_method_ != nullptr && options_.newton && (automatic() || parallel_ == 1);
  }

  bool pass_over_units() {
    const bool trial = on_trial();
    if (automatic() && parallel_ > 1) {
      before_.assign(w());
    }
    loses_ = pass_->loses(parallel_);
    for (int pass = 0; pass < chooser_.passes(); ++pass) {
      pass_->shuffle(run_.epoch() * chooser_.passes() + pass);
      const Range alone = trial ? SerialTrial::alone(chooser_.units()) : Range{};
      if (!run_units(alone, 1) || !run_units({alone.end, chooser_.units()}, parallel_)) {
        return false;
      }
    }
    if (trial && run_.epoch() == SerialTrial::last_epoch && trial_.alone_is_faster()) {
      parallel_ = 1;
      run_.say("one update at a time is faster here: workers would wait for each other's cache");
    }
    updates_ += chooser_.passes() * chooser_.updates_a_pass();
    return true;
  }

  bool run_units(Range positions, Index parallel) {
    if (positions.size() == 0) {
      return true;
    }
    Stopwatch clock = Stopwatch::running();
    const bool whole = pass_->run(positions, parallel, trace_);
    clock.stop();
    if (on_trial()) {
      trial_.see(parallel == 1, clock.seconds(), positions.size());
    }
    return whole;
  }

  [[nodiscard]] bool on_trial() const noexcept {
    return automatic() && parallel_ > 1 && SerialTrial::runs_in(run_.epoch());
  }

  /// Computes margins, intercept and objective of w anew.
  double renew() {
    point_.margins(w(), b_, z());
    point_.settle_intercept(b_, z());
    return point_.objective(w(), z());
  }

  /// Evaluates the objective and extrapolates. False if the epoch was undone or ended the run.
  bool settle() {
    if (loses_) {
      point_.margins(w(), b_, z());
    }
    point_.settle_intercept(b_, z());
    const double found = point_.objective(w(), z());
    const bool finite = std::isfinite(found);
    const bool rose = !finite || found > objective_ + rounding * highest_;
    if (rose && automatic() && (parallel_ > 1 || !finite)) {
      return retreat(finite ? "rose" : "exploded");
    }
    // Simultaneous updates that undo each other can keep the objective from falling without raising
    // it.
    const bool hardly_fell =
        automatic() && parallel_ > 1 && objective_ - found < hardly * promised();
    crawled_ = hardly_fell ? crawled_ + 1 : 0;
    if (crawled_ >= (run_.epoch() <= SerialTrial::last_epoch ? 1 : patience)) {
      crawled_ = 0;
      return retreat("hardly fell");
    }
    above_best_ = found > run_.lowest() + rounding * highest_ ? above_best_ + 1 : 0;
    if (!finite || found > exploded * highest_ || (!automatic() && above_best_ >= patience)) {
      run_.end(Status::diverged,
               message({"the objective ",
                        above_best_ < patience || !finite ? "exploded" : "no longer fell", " with ",
                        parallel_, " updates at once",
                        chooser_.excuse(problem_.matrix, columns_, team_)}));
      return false;
    }
    // If the objective no longer tells points apart, an old iterate could pass for the best.
    const bool resolved = objective_ - found > rounding * highest_;
    objective_ = found;
    if (options_.extrapolation > 0 && resolved) {
      extrapolate();
    }
    return true;
  }

  /// The least decrease of the objective if an epoch's moves were made one at a time: h_j
  /// change_j^2 / 2 each (counting one move a coefficient). 0 if rounding hides it. O(p).
  [[nodiscard]] double promised() {
    double sum = 0.0;
    for (std::size_t j = 0; j < before_.size(); ++j) {
      const double change = w()[j] - before_[j];
      sum += 0.5 * step_.curvature()[j] * change * change;
    }
    return sum > rounding * highest_ ? sum : 0.0;
  }

  /// Goes back to the best point and halves P. Returns false, for settle() to return.
  bool retreat(const char* reason) {
    if (parallel_ == 1) {
      run_.end(Status::diverged, Run::overflow);
      return false;
    }
    parallel_ = std::max<Index>(1, std::min<Index>(parallel_, team_.size()) / 2);
    run_.say(message({"the objective ", reason, ": P went down to ", parallel_}));
    std::copy(run_.best().w.begin(), run_.best().w.end(), w().begin());
    b_ = run_.best().intercept;
    objective_ = renew();
    extrapolation_.forget();
    second_turn_ = true;  // no second method in the next epoch, because the gradient at hand
                          // belongs to another point
    run_.take_back_epoch();
    return false;
  }

  void extrapolate() {
    const double old_b = b_;
    const double found =
        extrapolation_.improve(w(), z(), objective_, [this](std::span<const double>, bool) {
          return renew();  // the point is w() itself, and wants its best intercept
        });
    b_ = found < objective_ ? b_ : old_b;
    objective_ = found;
  }

  /// Certifies the point and hands it to the run.
  void look() {
    run_.evaluation().start();
    latest_ = point_.certify_point(w(), z());
    if (run_.reached(latest_) && run_.epoch() > 0) {
      // Rounding errors of updated margins must not end a run, so judge by new margins of w.
      objective_ = renew();
      latest_ = point_.certify_point(w(), z());
    }
    const bool separates =
        scale_to_margins_of_one(problem_, latest_.objective, w(), z(), [this](double factor) {
          b_ *= factor;
          point_.margins(w(), b_, z());
          objective_ = point_.objective(w(), z());
          latest_ = point_.certify_point(w(), z());
        });
    run_.evaluation().stop();
    forecast_.see(run_.epoch(), latest_.relative_gap);
    run_.see({latest_, w(), b_, updates(), separates});
  }

  [[nodiscard]] std::int64_t updates() const noexcept {
    return updates_ + (second_method_ == nullptr ? 0 : second_method_->updates());
  }

  [[nodiscard]] Result finish() {
    Result result = run_.finish(point_.highest_dual(), point_.relative_gap(run_.lowest()));
    result.updates = updates();
    result.threads = team_.size();
    result.parallel = parallel_;
    result.counts = pass_->counts();
    const bool missed = second_method_ == nullptr && options_.newton && forecast_.far();
    if (missed && (automatic() || parallel_ == 1) && result.message.empty()) {
      result.message =
          "the tolerance was far away: with newton_epochs as its last argument, of "
          "<sounder/solvers/newton/newton_epochs.hpp>, the solver is there sooner";
    }
    return result;
  }

  static constexpr double rounding = 1e-13;  ///< share of the objective at the start; smaller rises
                                             ///< do not count
  static constexpr double exploded = 10.0;
  static constexpr double hardly = 0.1;  ///< share of the decrease that single moves guarantee
  static constexpr int patience = 20;    ///< epochs above the best before a given P is too large

  Run run_;  // first, because laying out the data counts as training
  const Problem<L, P>& problem_;
  CoordinateOptions options_;
  Trace& trace_;
  Deadline deadline_;
  Team team_;
  CscMatrix columns_;
  CoordinateStep<L, P> step_;
  Chooser chooser_;
  CoordinateEvaluator<L, P> point_;
  std::unique_ptr<CoordinatePass> pass_;
  Array<float> ones_;
  Extrapolation<L, P> extrapolation_;
  GapForecast forecast_;
  std::unique_ptr<SecondMethod> second_method_;
  Certificate latest_;
  double b_ = 0.0;
  double objective_ = infinity;
  double highest_ = infinity;  ///< F at the start or at zero
  Array<double> before_;       ///< coefficients at the start of the epoch
  Index parallel_ = 1;
  SerialTrial trial_;
  int above_best_ = 0;
  int crawled_ = 0;  ///< epochs in a row that hardly lowered the objective
  bool second_turn_ = false;
  bool loses_ = false;  ///< the epoch may have lost updates of margins
  std::int64_t updates_ = 0;
};

/// Runs the driver on the prepared problem, with passes from `make_pass_of`.
/// @throws std::invalid_argument if the problem or an option does not fit
template <template <Loss, Penalty> class ChooserOf, Loss L, Penalty P>
[[nodiscard]] Result parallel_descent(const Problem<L, P>& problem,
                                      const CoordinateOptions& options,
                                      MakeCoordinatePass<ChooserOf<L, Rescaled<P>>> make_pass_of,
                                      Trace& trace, SecondMethodOf<L, P> second) {
  return solve_prepared(problem, options, trace,
                        [&](const auto& prepared, const CoordinateOptions& inner, Trace& told) {
                          using Driver = ParallelDescent<L, Rescaled<P>, ChooserOf<L, Rescaled<P>>>;
                          return Driver(prepared, inner, make_pass_of, second, told).run();
                        });
}

/// The same with workers that meet by an update policy.
template <template <Loss, Penalty> class ChooserOf, class Update, Loss L, Penalty P>
[[nodiscard]] Result parallel_descent(const Problem<L, P>& problem,
                                      const CoordinateOptions& options, Trace& trace,
                                      SecondMethodOf<L, P> second = nullptr) {
  using Chooser = ChooserOf<L, Rescaled<P>>;
  return parallel_descent<ChooserOf, L, P>(
      problem, options,
      [](Chooser& chooser, const CscMatrix& columns, std::uint64_t seed,
         const Team& team) -> std::unique_ptr<CoordinatePass> {
        return std::make_unique<ParallelRounds<Update, Chooser>>(chooser, columns, seed, team);
      },
      trace, second);
}

}  // namespace sounder
