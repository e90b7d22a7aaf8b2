// The driver of cd(): coordinate descent on working sets.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/message.hpp>
#include <sounder/engine/base/stopwatch.hpp>
#include <sounder/engine/run/deadline.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/solvers/coordinate/coordinate_evaluator.hpp>
#include <sounder/solvers/coordinate/coordinate_options.hpp>
#include <sounder/solvers/coordinate/coordinate_step.hpp>
#include <sounder/solvers/driver/prepared_problem.hpp>
#include <sounder/solvers/driver/progress_watch.hpp>
#include <sounder/solvers/driver/separation.hpp>
#include <sounder/solvers/newton/gap_safe.hpp>
#include <sounder/solvers/newton/newton_pass.hpp>
#include <sounder/solvers/newton/working_set.hpp>

namespace sounder {

/// The driver of cd(): see there. An epoch is one outer pass: certificate of all features, working
/// set, model of the loss on it, its minimiser, line search.
template <Loss L, Penalty P>
class CoordinateDescent {
 public:
  /// @param columns of problem.matrix, or null: they are made here
  CoordinateDescent(const Problem<L, P>& problem, const CscMatrix* columns,
                    const CoordinateOptions& options, Trace& trace)
      : training_(Stopwatch::running()), problem_(problem), options_(options), trace_(trace),
        deadline_(trace, training_, options.time_limit),
        team_(useful_threads(problem.matrix, options.threads)),
        columns_(columns != nullptr ? *columns : CscMatrix(problem.matrix, team_)),
        step_(problem, columns_, team_), point_(problem, columns_, team_),
        set_(static_cast<std::size_t>(columns_.columns())),
        newton_(problem_, columns_, options_, team_, deadline_),
        w_(static_cast<std::size_t>(columns_.columns())),
        z_(static_cast<std::size_t>(columns_.rows())) {
    training_.stop();
  }

  /// The whole run; once, but for run_again().
  Result run() {
    training_.start();
    start();
    while (true) {
      certify();
      training_.stop();
      report();
      if (ended_) {
        break;
      }
      training_.start();
      ++epoch_;
      choose_features();
      const bool moved =
          newton_.improve(set_.features(), point_.pull(), latest_, w_, b_, z_) || take_safe_steps();
      still_ = moved ? 0 : still_ + 1;
    }
    return finish();
  }

  /// A run from another point, the problem's penalty being another now. What does not depend on it
  /// is kept: columns, curvatures and, of squared loss, the working set and its Gram matrix. The
  /// training clock starts anew.
  Result run_again(std::span<const double> initial, double initial_intercept) {
    training_ = {};
    options_.initial = initial;
    options_.initial_intercept = initial_intercept;
    set_.take_back_screening();
    const auto zeros = static_cast<std::size_t>(std::count(initial.begin(), initial.end(), 0.0));
    // Without products of its columns a list has nothing to keep; one that grew too long costs
    // more.
    if (newton_.products() == 0 || set_.size() > 2 * first_size(initial.size() - zeros)) {
      set_.clear();
      newton_.forget_columns();
    }
    point_.forget_duals();
    newton_.start_again();
    watch_ = ProgressWatch(patience);
    still_ = 0;
    separated_ = false;
    best_ = {};
    epoch_ = 0;
    message_.clear();
    ended_.reset();
    again_ = true;
    return run();
  }

 private:
  static constexpr bool exact = NewtonPass<L, P>::exact;
  static constexpr int patience = 100;  ///< epochs without progress in objective or gap
  static constexpr int few = 8;         ///< epochs in which nothing moved

  /// Waking a thread must be worth its while.
  static int useful_threads(const CsrMatrix& matrix, int threads) {
    constexpr Offset enough = 300'000;
    return static_cast<int>(
        std::clamp<Offset>(matrix.nonzeros() / enough, 1, std::max(threads, 1)));
  }

  /// Features of a working set to begin with.
  [[nodiscard]] static std::size_t first_size(std::size_t support) noexcept {
    return std::max<std::size_t>(100, 2 * support);
  }

  void start() {
    const double b = problem_.intercept ? options_.initial_intercept : 0.0;
    const bool at_hand =
        again_ && b == b_ &&
        std::equal(w_.begin(), w_.end(), options_.initial.begin(), options_.initial.end());
    b_ = b;
    step_.start(options_.initial, w_);
    if (options_.initial.empty()) {
      std::fill(z_.begin(), z_.end(), b_);
    } else if (!at_hand) {
      point_.margins(w_, b_, z_);
    }
  }

  void certify() {
    point_.settle_intercept(b_, z_);
    latest_ = point_.certify_point(w_, z_, set_.screened());
    // Rounding errors of updated margins must not end a run: some 1e-13 of them after many passes.
    if (reached() && epoch_ > 0 && options_.tolerance < 1e-8) {
      point_.margins(w_, b_, z_);
      point_.settle_intercept(b_, z_);
      latest_ = point_.certify_point(w_, z_, set_.screened());
    }
    separate();
  }

  /// Where the classes prove to be separable and nothing is penalised, on to margins of 1.
  void separate() {
    const double factor = latest_.objective > 0.0 ? separating_factor(problem_, w_, z_) : 0.0;
    separated_ = factor > 0.0;
    if (separated_) {
      scale_all(factor, w_);
      b_ *= factor;
      point_.margins(w_, b_, z_);
      latest_ = point_.certify_point(w_, z_, set_.screened());
    }
  }

  /// One step on each feature with the bound of its curvature, in double: none raises the
  /// objective. What is left where a model has lost its meaning to rounding. Whether any moved.
  bool take_safe_steps() {
    LoneVector margins{z_};
    bool moved = false;
    for (const Index j : set_.features()) {
      double& w = w_[static_cast<std::size_t>(j)];
      const CoordinateMove move = step_.move(j, w, step_.gradient(j, margins));
      if (move.change != 0.0 && std::isfinite(move.change)) {
        w = move.value;
        step_.apply(move, margins);
        moved = true;
      }
    }
    return moved;
  }

  [[nodiscard]] bool reached() const noexcept {
    return options_.tolerance > 0.0 && latest_.relative_gap <= options_.tolerance;
  }

  void report() {
    // What separates is the model, though a longer one would have a lower loss.
    if (latest_.objective < best_.certificate.objective || best_.w.empty() || separated_) {
      best_.w.assign(w_.begin(), w_.end());
      best_.intercept = b_;
      best_.certificate = latest_;
    }
    if (!std::isfinite(latest_.objective)) {
      ended_ = Status::diverged;
      message_ = "the numbers overflow: scale the columns";
    } else if (trace_.epoch({epoch_, options_.max_epochs, training_.seconds(), newton_.updates(),
                             latest_}) == Trace::Verdict::interrupt) {
      ended_ = Status::interrupted;
    } else if (reached()) {
      ended_ = Status::converged;
    } else if (separated_ && latest_.objective > 0.0) {
      ended_ = Status::separable;
    } else if (options_.tolerance > 0.0 && (watch_.stalled(latest_, w_) || still_ >= few)) {
      ended_ = Status::stalled;
    } else if (epoch_ >= options_.max_epochs) {
      ended_ = Status::max_epochs;
    } else if (training_.seconds() >= options_.time_limit) {
      ended_ = Status::time_limit;
    }
  }

  void choose_features() {
    const Interval zero = zero_interval(problem_.penalty);
    const DualPoint dual = point_.dual_point();
    if (options_.screening) {
      screen_gap_safe(set_, zero, w_, point_.pull(), dual.scale, step_.curvature(),
                      latest_.objective - dual.objective);
    }
    if (!exact) {  // the Gram matrix of an exact model is kept, and the list with it
      set_.clear();
      newton_.forget_columns();
    }
    using Among = WorkingSet::Among;
    if (!options_.working_set || !is_sparse(problem_.penalty)) {
      set_.add_support(w_);
      set_.grow(w_.size(), Among::all, zero, point_.pull(), 1.0, step_.curvature());
    } else if (exact) {
      const std::size_t support = set_.add_support(w_);
      const std::size_t known = set_.size();
      const std::size_t wanted = first_size(support);
      const std::size_t more =
          wanted > known ? wanted - known : std::max<std::size_t>(10, known / 10);
      // A set that served another penalty has not been found too small for this one.
      const bool unproved = again_ && epoch_ == 1 && wanted <= known;
      set_.grow(more, unproved ? Among::violators : Among::all, zero, point_.pull(), dual.scale,
                step_.curvature());
      // Where nearly all were needed many more will be, of those that violate.
      if (10 * support > 9 * known && support < 1000) {
        const std::size_t factor = support < 300 && newton_.is_light(set_.features()) ? 14 : 2;
        set_.grow(factor * support, Among::violators, zero, point_.pull(), dual.scale,
                  step_.curvature());
      }
    } else {
      set_.add_active(zero, w_, point_.pull(), step_.curvature());
    }
  }

  [[nodiscard]] Result finish() {
    Result result = std::move(best_);
    result.status = *ended_;
    result.message = std::move(message_);
    result.epochs = epoch_;
    result.updates = newton_.updates();
    result.seconds = training_.seconds();
    result.certificate.dual_objective = point_.highest_dual();
    result.certificate.relative_gap = point_.relative_gap(result.certificate.objective);
    result.seed = options_.seed;
    result.threads = Team(options_.threads).size();  // those that it might use
    return result;
  }

  Stopwatch training_;  // first: laying out the data is training
  const Problem<L, P>& problem_;
  CoordinateOptions options_;
  Trace& trace_;
  Deadline deadline_;
  Team team_;
  CscMatrix columns_;
  CoordinateStep<L, P> step_;
  CoordinateEvaluator<L, P> point_;
  WorkingSet set_;
  NewtonPass<L, P> newton_;
  Array<double> w_;
  Array<double> z_;
  double b_ = 0.0;
  Certificate latest_;
  Result best_;
  ProgressWatch watch_{patience};
  int still_ = 0;           ///< epochs in a row in which nothing moved
  bool separated_ = false;  ///< the point has been scaled to margins of 1
  int epoch_ = 0;
  bool again_ = false;  ///< by run_again()
  std::string message_;
  std::optional<Status> ended_;
};

namespace detail {

/// @throws std::invalid_argument where they are not
inline void require_columns_of(const CsrMatrix& matrix, const CscMatrix& columns) {
  if (columns.rows() != matrix.rows() || columns.columns() != matrix.columns() ||
      columns.nonzeros() != matrix.nonzeros()) {
    refuse({"the columns are not those of the problem's matrix"});
  }
}

}  // namespace detail

}  // namespace sounder
