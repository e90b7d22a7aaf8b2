// The driver that the parallel coordinate solvers share: epochs, and what happens between.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
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
#include <sounder/solvers/driver/progress_watch.hpp>
#include <sounder/solvers/driver/separation.hpp>

namespace sounder {

/// Parallel coordinate descent on shared margins; a Chooser (see ParallelRounds) makes it Shotgun
/// or block-greedy. It also says how many units may move at once, `parallel()`, how many `passes()`
/// over the units make an epoch, and by what `excuse` an override of P may have failed.
///
/// After an epoch: margins anew where updates can be lost; the exact intercept; the objective.
/// With an automatic P, one that rose is undone: back to the best point, P halved, the epoch
/// repeated; at P = 1 no step raises it. Likewise where it hardly falls for long. One that is
/// slower than one update at a time is given up after a few epochs. With a given P it counts: a run
/// that explodes, or has not been below its best for long, ends as diverged, with the best point.
/// Where the tolerance is more than a hundred epochs away, every other epoch is the Ending's, if
/// there is one.
///
/// Memory beside the problem: the columns (8 bytes a nonzero), 16 (K + 3) bytes a row and a column
/// for K iterates of extrapolation.
template <Loss L, Penalty P, class Chooser>
class ParallelDescent {
 public:
  /// Lays out the data. Views of problem and trace, which the caller keeps.
  /// @param make_ending null for none
  ParallelDescent(const Problem<L, P>& problem, const CoordinateOptions& options,
                  MakeCoordinatePass<Chooser> make_pass_of, MakeEnding<L, P> make_ending,
                  Trace& trace)
      : training_(Stopwatch::running()), problem_(problem), options_(options), trace_(trace),
        deadline_(trace, training_, options.time_limit), team_(options.threads),
        columns_(problem.matrix, team_), step_(problem, columns_, team_),
        chooser_(step_, options, team_), point_(problem, columns_, team_),
        pass_(make_pass_of(chooser_, columns_, options.seed, team_)), ones_(w().size(), 1.0F),
        extrapolation_(problem, ones_, 0, options.extrapolation, team_), pace_(options.tolerance),
        ending_(make_ending == nullptr ? nullptr
                                       : make_ending(problem_, columns_, step_.curvature(),
                                                     options_, team_, deadline_)) {
    parallel_ = options.parallel > 0 ? options.parallel : chooser_.parallel();
    training_.stop();
  }

  /// The whole run; once.
  Result run() {
    start();
    while (!ended_) {
      next_epoch();
    }
    return finish();
  }

 private:
  [[nodiscard]] bool automatic() const noexcept { return options_.parallel == 0; }
  [[nodiscard]] std::span<double> w() noexcept { return pass_->coefficients(); }
  [[nodiscard]] std::span<double> z() noexcept { return pass_->margins(); }

  void start() {
    training_.start();
    b_ = problem_.intercept ? options_.initial_intercept : 0.0;
    step_.start(options_.initial, w());
    objective_ = renew();
    highest_ = std::max(objective_, point_.at_zero());
    training_.stop();
    look();
    if (!ended_ && options_.max_epochs == 0) {
      ended_ = Status::max_epochs;
    }
  }

  void next_epoch() {
    ++epoch_;
    training_.start();
    endings_turn_ = may_end() && pace_.far() && !endings_turn_;
    const bool whole = endings_turn_ || pass_over_units();
    const bool sound = endings_turn_ ? end() : whole && settle();
    training_.stop();
    if (!whole) {
      ended_ = Status::interrupted;
    } else if (sound) {
      look();
      check_limits();
    }
  }

  /// The ending's epoch, from the point last certified. Always true: it never raises the objective.
  bool end() {
    ending_->improve(point_.pull(), latest_, w(), b_, z());
    point_.settle_intercept(b_, z());
    objective_ = point_.objective(w(), z());
    return true;
  }

  /// Not with a given P, whose effect the caller wants to see.
  [[nodiscard]] bool may_end() const noexcept {
    return ending_ != nullptr && options_.newton && (automatic() || parallel_ == 1);
  }

  bool pass_over_units() {
    const bool trial = on_trial();
    if (automatic() && parallel_ > 1) {
      before_.assign(w());
    }
    loses_ = pass_->loses(parallel_);
    for (int pass = 0; pass < chooser_.passes(); ++pass) {
      pass_->shuffle(epoch_ * chooser_.passes() + pass);
      const Range alone = trial ? LoneTrial::alone(chooser_.units()) : Range{};
      if (!run_units(alone, 1) || !run_units({alone.end, chooser_.units()}, parallel_)) {
        return false;
      }
    }
    if (trial && epoch_ == LoneTrial::last_epoch && trial_.alone_is_faster()) {
      parallel_ = 1;
      message_ = "one update at a time is faster here: workers would wait for each other's cache";
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
    return automatic() && parallel_ > 1 && LoneTrial::runs_in(epoch_);
  }

  /// Margins, intercept and objective of w anew.
  double renew() {
    point_.margins(w(), b_, z());
    point_.settle_intercept(b_, z());
    return point_.objective(w(), z());
  }

  /// Objective and extrapolation. False if the epoch was undone, or ended the run.
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
    // Updates at once that undo each other can hold the objective where it is: it need not rise.
    const bool hardly_fell =
        automatic() && parallel_ > 1 && objective_ - found < hardly * promised();
    crawled_ = hardly_fell ? crawled_ + 1 : 0;
    if (crawled_ >= (epoch_ <= LoneTrial::last_epoch ? 1 : patience)) {
      crawled_ = 0;
      return retreat("hardly fell");
    }
    above_best_ = found > lowest_ + rounding * highest_ ? above_best_ + 1 : 0;
    if (!finite || found > exploded * highest_ || (!automatic() && above_best_ >= patience)) {
      ended_ = Status::diverged;
      message_ = message({"the objective ",
                          above_best_ < patience || !finite ? "exploded" : "no longer fell",
                          " with ", parallel_, " updates at once",
                          chooser_.excuse(problem_.matrix, columns_, team_)});
      return false;
    }
    // Where the objective no longer tells points apart, an old one would be taken for the best.
    const bool resolved = objective_ - found > rounding * highest_;
    objective_ = found;
    if (options_.extrapolation > 0 && resolved) {
      extrapolate();
    }
    return true;
  }

  /// What an epoch's moves are certain to lower the objective by if they are made one at a time:
  /// h_j change_j^2 / 2 each (taking one move a coefficient). 0 where rounding hides it. O(p).
  [[nodiscard]] double promised() {
    double sum = 0.0;
    for (std::size_t j = 0; j < before_.size(); ++j) {
      const double change = w()[j] - before_[j];
      sum += 0.5 * step_.curvature()[j] * change * change;
    }
    return sum > rounding * highest_ ? sum : 0.0;
  }

  /// Back to the best point, with half as many updates at once. False, as settle() has it.
  bool retreat(const char* reason) {
    if (parallel_ == 1) {
      ended_ = Status::diverged;
      message_ = "the numbers overflow: scale the columns";
      return false;
    }
    parallel_ = std::max<Index>(1, std::min<Index>(parallel_, team_.size()) / 2);
    message_ = message({"the objective ", reason, ": P went down to ", parallel_});
    std::copy(best_.w.begin(), best_.w.end(), w().begin());
    b_ = best_.intercept;
    objective_ = renew();
    extrapolation_.forget();
    endings_turn_ = true;  // so not in the next epoch: the gradient at hand is of another point
    --epoch_;
    return false;
  }

  void extrapolate() {
    const double old_b = b_;
    const double found =
        extrapolation_.improve(w(), z(), objective_, [this](std::span<const double> point) {
          static_cast<void>(point);  // w() itself
          return renew();
        });
    b_ = found < objective_ ? b_ : old_b;
    objective_ = found;
  }

  /// Certifies the point, keeps it if it is the best, and tells the trace.
  void look() {
    evaluation_.start();
    latest_ = point_.certify_point(w(), z());
    if (reached(latest_) && epoch_ > 0) {
      // Rounding errors of updated margins must not end a run: judge by those of w itself.
      objective_ = renew();
      latest_ = point_.certify_point(w(), z());
    }
    const double factor = latest_.objective > 0.0 ? separating_factor(problem_, w(), z()) : 0.0;
    if (factor > 0.0) {
      scale_all(factor, w());
      b_ *= factor;
      point_.margins(w(), b_, z());
      objective_ = point_.objective(w(), z());
      latest_ = point_.certify_point(w(), z());
    }
    evaluation_.stop();
    // What separates is the model, though a longer one would have a lower loss.
    if (latest_.objective < lowest_ || best_.w.empty() || factor > 0.0) {
      lowest_ = latest_.objective;
      best_.w.assign(w().begin(), w().end());
      best_.intercept = b_;
      best_.certificate = latest_;
    }
    pace_.see(epoch_, latest_.relative_gap);
    const Progress progress{epoch_, options_.max_epochs, training_.seconds(), updates(), latest_};
    if (trace_.epoch(progress) == Trace::Verdict::interrupt) {
      ended_ = Status::interrupted;
    } else if (reached(latest_)) {
      ended_ = Status::converged;
    } else if (factor > 0.0 && latest_.objective > 0.0) {
      ended_ = Status::separable;
    } else if (options_.tolerance > 0.0 && watch_.stalled(latest_, w())) {
      ended_ = Status::stalled;
    }
  }

  [[nodiscard]] std::int64_t updates() const noexcept {
    return updates_ + (ending_ == nullptr ? 0 : ending_->updates());
  }

  [[nodiscard]] bool reached(const Certificate& point) const noexcept {
    return options_.tolerance > 0.0 && point.relative_gap <= options_.tolerance;
  }

  void check_limits() {
    if (ended_) {
      return;
    }
    if (epoch_ >= options_.max_epochs) {
      ended_ = Status::max_epochs;
    } else if (training_.seconds() >= options_.time_limit) {
      ended_ = Status::time_limit;
    }
  }

  [[nodiscard]] Result finish() {
    Result result = std::move(best_);
    result.status = *ended_;
    result.message = std::move(message_);
    result.epochs = epoch_;
    result.updates = updates();
    result.seconds = training_.seconds();
    result.evaluation_seconds = evaluation_.seconds();
    result.certificate.dual_objective = point_.highest_dual();
    result.certificate.relative_gap = point_.relative_gap(result.certificate.objective);
    result.seed = options_.seed;
    result.threads = team_.size();
    result.parallel = parallel_;
    result.counts = pass_->counts();
    return result;
  }

  static constexpr double rounding = 1e-13;  ///< of the objective at the start: no rise
  static constexpr double exploded = 10.0;
  static constexpr double hardly = 0.1;    ///< of what moves one at a time are certain of
  static constexpr int no_progress = 100;  ///< epochs that end a run
  static constexpr int patience = 20;      ///< epochs above the best before a given P is too large

  Stopwatch training_;  // first: laying out the data is training
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
  Pace pace_;
  ProgressWatch watch_{no_progress};
  std::unique_ptr<Ending> ending_;
  Certificate latest_;
  Result best_;
  std::string message_;
  double b_ = 0.0;
  double objective_ = infinity;
  double highest_ = infinity;  ///< F at the start, or at zero
  double lowest_ = infinity;
  Array<double> before_;  ///< coefficients at the start of the epoch
  Index parallel_ = 1;
  LoneTrial trial_;
  int epoch_ = 0;
  int above_best_ = 0;
  int crawled_ = 0;  ///< epochs in a row that hardly lowered the objective
  bool endings_turn_ = false;
  bool loses_ = false;  ///< the epoch may have lost updates of margins
  std::int64_t updates_ = 0;
  Stopwatch evaluation_;
  std::optional<Status> ended_;
};

/// Runs the driver on the prepared problem, with what `make_pass_of` makes.
/// @throws std::invalid_argument if the problem or an option does not fit
template <template <Loss, Penalty> class ChooserOf, Loss L, Penalty P>
[[nodiscard]] Result parallel_descent(const Problem<L, P>& problem,
                                      const CoordinateOptions& options,
                                      MakeCoordinatePass<ChooserOf<L, Rescaled<P>>> make_pass_of,
                                      Trace& trace, EndingOf<L, P> ending) {
  return solve_prepared(problem, options, trace,
                        [&](const auto& prepared, const CoordinateOptions& inner, Trace& told) {
                          using Driver = ParallelDescent<L, Rescaled<P>, ChooserOf<L, Rescaled<P>>>;
                          return Driver(prepared, inner, make_pass_of, ending, told).run();
                        });
}

/// The same with workers that meet by an update policy.
template <template <Loss, Penalty> class ChooserOf, class Update, Loss L, Penalty P>
[[nodiscard]] Result parallel_descent(const Problem<L, P>& problem,
                                      const CoordinateOptions& options, Trace& trace,
                                      EndingOf<L, P> ending = nullptr) {
  using Chooser = ChooserOf<L, Rescaled<P>>;
  return parallel_descent<ChooserOf, L, P>(
      problem, options,
      [](Chooser& chooser, const CscMatrix& columns, std::uint64_t seed,
         const Team& team) -> std::unique_ptr<CoordinatePass> {
        return std::make_unique<ParallelRounds<Update, Chooser>>(chooser, columns, seed, team);
      },
      trace, ending);
}

}  // namespace sounder
