// Coordinate descent: the sparse solver.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <sounder/engine/deadline.hpp>
#include <sounder/engine/stopwatch.hpp>
#include <sounder/engine/trace.hpp>
#include <sounder/solvers/coordinate_evaluator.hpp>
#include <sounder/solvers/coordinate_options.hpp>
#include <sounder/solvers/coordinate_step.hpp>
#include <sounder/solvers/gap_safe.hpp>
#include <sounder/solvers/newton_pass.hpp>
#include <sounder/solvers/working_set.hpp>

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
        zero_(zero_interval(problem.penalty)), sparse_(is_sparse(problem.penalty)),
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

  /// The whole run; once.
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
      newton_.improve(set_.features(), point_.pull(), latest_, w_, b_, z_);
    }
    return finish();
  }

 private:
  static constexpr bool exact = NewtonPass<L, P>::exact;

  /// Waking a thread must be worth its while.
  static int useful_threads(const CsrMatrix& matrix, int threads) {
    constexpr Offset enough = 300'000;
    return static_cast<int>(
        std::clamp<Offset>(matrix.nonzeros() / enough, 1, std::max(threads, 1)));
  }

  void start() {
    b_ = problem_.intercept ? options_.initial_intercept : 0.0;
    step_.start(options_.initial, w_);
    if (options_.initial.empty()) {
      std::fill(z_.begin(), z_.end(), b_);
    } else {
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
  }

  [[nodiscard]] bool reached() const noexcept {
    return options_.tolerance > 0.0 && latest_.relative_gap <= options_.tolerance;
  }

  void report() {
    if (latest_.objective < best_.certificate.objective || best_.w.empty()) {
      best_.w = w_;
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
    } else if (epoch_ >= options_.max_epochs) {
      ended_ = Status::max_epochs;
    } else if (training_.seconds() >= options_.time_limit) {
      ended_ = Status::time_limit;
    }
  }

  void choose_features() {
    const DualPoint dual = point_.dual_point();
    if (options_.screening) {
      screen_gap_safe(set_, zero_, w_, point_.pull(), dual.scale, step_.curvature(),
                      latest_.objective - dual.objective);
    }
    if (!exact) {  // the Gram matrix of an exact model is kept, and the list with it
      set_.clear();
      newton_.forget_columns();
    }
    using Among = WorkingSet::Among;
    if (!options_.working_set || !sparse_) {
      set_.add_support(w_);
      set_.grow(w_.size(), Among::all, zero_, point_.pull(), 1.0, step_.curvature());
    } else if (exact) {
      const std::size_t support = set_.add_support(w_);
      const std::size_t known = set_.size();
      const std::size_t wanted = std::max(first_, 2 * support);
      const std::size_t more =
          wanted > known ? wanted - known : std::max<std::size_t>(10, known / 10);
      set_.grow(more, Among::all, zero_, point_.pull(), dual.scale, step_.curvature());
      // Where nearly all were needed many more will be, of those that violate.
      if (10 * support > 9 * known && support < 1000) {
        const std::size_t factor = support < 300 && newton_.is_light(set_.features()) ? 14 : 2;
        set_.grow(factor * support, Among::violators, zero_, point_.pull(), dual.scale,
                  step_.curvature());
      }
    } else {
      set_.add_active(zero_, w_, point_.pull(), step_.curvature());
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

  static constexpr std::size_t first_ = 100;  ///< features of the first working set

  Stopwatch training_;  // first: laying out the data is training
  const Problem<L, P>& problem_;
  CoordinateOptions options_;
  Trace& trace_;
  Interval zero_;
  bool sparse_;
  Deadline deadline_;
  Team team_;
  CscMatrix columns_;
  CoordinateStep<L, P> step_;
  CoordinateEvaluator<L, P> point_;
  WorkingSet set_;
  NewtonPass<L, P> newton_;
  std::vector<double> w_;
  std::vector<double> z_;
  double b_ = 0.0;
  Certificate latest_;
  Result best_;
  int epoch_ = 0;
  std::string message_;
  std::optional<Status> ended_;
};

namespace detail {

template <Loss L, Penalty P>
[[nodiscard]] Result descend(const Problem<L, P>& problem, const CscMatrix* columns,
                             const CoordinateOptions& options, Trace& trace) {
  problem.validate();
  options.validate();
  problem.validate_initial(options.initial);
  return CoordinateDescent<L, P>(problem, columns, options, trace).run();
}

}  // namespace detail

/// Minimises the problem by coordinate descent on growing working sets, with proximal Newton models
/// of the loss and Newton steps on the support.
///
/// Each epoch certifies the point over all features (those that Gap-Safe screening has not ruled
/// out), takes the features that promise most, models the loss on them by a quadratic and minimises
/// it: by coordinate descent in the options' order, on the Gram matrix where the set is small, with
/// Anderson extrapolation and Newton steps on the nonzero coefficients. `working_set`, `screening`,
/// `newton` and `extrapolation` switch each off; the optimum is the same.
///
/// Sources: working sets and extrapolation as in Massias, Gramfort, Salmon, "Celer", ICML 2018, and
/// Bertrand, Massias, AISTATS 2021; proximal Newton as in Yuan, Ho, Lin, "An improved GLMNET",
/// JMLR 2012; covariance updates, Friedman, Hastie, Tibshirani, JSS 2010.
/// @throws std::invalid_argument if the problem or an option does not fit
///
/// Uses fewer threads than it may where the data is small. With one thread the same seed gives the
/// same bits. May be called from several threads at once.
template <Loss L, Penalty P>
[[nodiscard]] Result cd(const Problem<L, P>& problem, const CoordinateOptions& options,
                        Trace& trace) {
  return detail::descend(problem, nullptr, options, trace);
}

/// The same on columns that are at hand: those of problem.matrix, for several solves on one matrix.
/// @throws std::invalid_argument also if their shape is another
template <Loss L, Penalty P>
[[nodiscard]] Result cd(const Problem<L, P>& problem, const CscMatrix& columns,
                        const CoordinateOptions& options, Trace& trace) {
  if (columns.rows() != problem.matrix.rows() || columns.columns() != problem.matrix.columns() ||
      columns.nonzeros() != problem.matrix.nonzeros()) {
    throw std::invalid_argument("the columns are not those of the problem's matrix");
  }
  return detail::descend(problem, &columns, options, trace);
}

}  // namespace sounder
