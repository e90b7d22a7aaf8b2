// The driver of cd(): coordinate descent on working sets.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/message.hpp>
#include <sounder/engine/run/deadline.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/solvers/coordinate/coordinate_evaluator.hpp>
#include <sounder/solvers/coordinate/coordinate_options.hpp>
#include <sounder/solvers/coordinate/coordinate_step.hpp>
#include <sounder/solvers/driver/run.hpp>
#include <sounder/solvers/driver/separation.hpp>
#include <sounder/solvers/newton/gap_safe.hpp>
#include <sounder/solvers/newton/newton_pass.hpp>
#include <sounder/solvers/newton/working_set.hpp>

namespace sounder {

/// So many threads that each has enough of the matrix to be worth waking, `threads` at most. O(1).
[[nodiscard]] inline int useful_threads(const CsrMatrix& matrix, int threads) noexcept {
  constexpr Offset enough = 300'000;
  return static_cast<int>(std::clamp<Offset>(matrix.nonzeros() / enough, 1, std::max(threads, 1)));
}

/// The driver of cd(), which describes the method. An epoch is one outer pass: certificate over all
/// features, working set, model of the loss on it, minimiser of the model, line search.
template <Loss L, Penalty P>
class CoordinateDescent {
 public:
  /// @param columns the columns of problem.matrix, or null: then they are made here
  // "cold" has it compiled for size: it runs once, and what takes long is a call of its own.
  [[gnu::cold]] CoordinateDescent(const Problem<L, P>& problem, const CscMatrix* columns,
                                  const CoordinateOptions& options, Trace& trace)
      : run_(run_options(options), trace), problem_(problem), options_(options),
        deadline_(trace, run_.training(), options.time_limit),
        team_(useful_threads(problem.matrix, options.threads)),
        columns_(columns != nullptr ? *columns : CscMatrix(problem.matrix, team_)),
        step_(problem, columns_, team_), point_(problem, columns_, team_),
        set_(static_cast<std::size_t>(columns_.columns())),
        newton_(problem_, columns_, options_, team_, deadline_),
        w_(static_cast<std::size_t>(columns_.columns())),
        z_(static_cast<std::size_t>(columns_.rows())) {
    run_.training().stop();
  }

  /// The whole run. Call it once; use run_again() for further runs.
  Result run() {
    run_.training().start();
    start();
    look();
    while (!run_.ended()) {
      run_.training().start();
      run_.begin_epoch();
      choose_features();
      const bool moved =
          newton_.improve(set_.features(), point_.pull(), latest_, w_, b_, z_) || take_safe_steps();
      still_ = moved ? 0 : still_ + 1;
      look();
    }
    return finish();
  }

  /// Another run from another point, after the problem's penalty has changed. Keeps what does not
  /// depend on the penalty: columns, curvatures and, for squared loss, the working set and its Gram
  /// matrix. The training clock restarts at zero.
  Result run_again(std::span<const double> initial, double initial_intercept) {
    options_.initial = initial;
    options_.initial_intercept = initial_intercept;
    set_.take_back_screening();
    const auto zeros = static_cast<std::size_t>(std::count(initial.begin(), initial.end(), 0.0));
    // Without products of its columns a list is not worth keeping, and a list that grew too long
    // costs more.
    if (newton_.products() == 0 || set_.size() > 2 * first_size(initial.size() - zeros)) {
      set_.clear();
      newton_.forget_columns();
    }
    point_.forget_duals();
    newton_.start_again();
    still_ = 0;
    run_.start_again(run_options(options_));
    again_ = true;
    return run();
  }

 private:
  static constexpr bool exact = NewtonPass<L, P>::exact;
  static constexpr int few = 8;  ///< epochs in a row in which nothing moved

  /// Size of the first working set.
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

  /// Certifies the point and hands it to the run. Call it with the training clock running; it stops
  /// the clock.
  void look() {
    point_.settle_intercept(b_, z_);
    latest_ = point_.certify_point(w_, z_, set_.screened());
    // Updated margins have rounding errors of some 1e-13 after many passes, which must not end a
    // run.
    if (run_.reached(latest_) && run_.epoch() > 0 && options_.tolerance < 1e-8) {
      point_.margins(w_, b_, z_);
      point_.settle_intercept(b_, z_);
      latest_ = point_.certify_point(w_, z_, set_.screened());
    }
    const bool separates =
        scale_to_margins_of_one(problem_, latest_.objective, w_, z_, [this](double factor) {
          b_ *= factor;
          point_.margins(w_, b_, z_);
          latest_ = point_.certify_point(w_, z_, set_.screened());
        });
    run_.training().stop();
    run_.see({latest_, w_, b_, newton_.updates(), separates, still_ >= few});
  }

  /// Takes one step on each feature with the bound of its curvature, in double, so none raises the
  /// objective. For points where rounding makes the model useless. Returns whether any feature
  /// moved.
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

  void choose_features() {
    const Interval zero = zero_interval(problem_.penalty);
    const DualPoint dual = point_.dual_point();
    if (options_.screening) {
      screen_gap_safe(set_, zero, w_, point_.pull(), dual.scale, step_.curvature(),
                      latest_.objective - dual.objective);
    }
    if (!exact) {  // the Gram matrix of an exact model is kept, and so is the list
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
      // A set that served another penalty has not proved too small for this one.
      const bool unproved = again_ && run_.epoch() == 1 && wanted <= known;
      set_.grow(more, unproved ? Among::violators : Among::all, zero, point_.pull(), dual.scale,
                step_.curvature());
      // If nearly all features were needed, many more will be, of those that violate the
      // conditions.
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
    Result result = run_.finish(point_.highest_dual(), point_.relative_gap(run_.lowest()));
    result.updates = newton_.updates();
    result.threads = Team(options_.threads).size();  // the threads that it could use
    return result;
  }

  Run run_;  // first, because laying out the data counts as training
  const Problem<L, P>& problem_;
  CoordinateOptions options_;
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
  int still_ = 0;       ///< epochs in a row in which nothing moved
  bool again_ = false;  ///< started by run_again()
};

namespace detail {

/// Checks that `columns` may be those of `matrix`. @throws std::invalid_argument if they are not
inline void require_columns_of(const CsrMatrix& matrix, const CscMatrix& columns) {
  if (columns.rows() != matrix.rows() || columns.columns() != matrix.columns() ||
      columns.nonzeros() != matrix.nonzeros()) {
    refuse({"the columns are not those of the problem's matrix"});
  }
}

}  // namespace detail

}  // namespace sounder
