// The driver of cd() and newton() for losses with a corner: the method of multipliers.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/run/result.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/driver/dual_bound.hpp>
#include <sounder/solvers/driver/run.hpp>
#include <sounder/solvers/multipliers/rounded_hinge.hpp>
#include <sounder/solvers/penalty/scaled.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {

/// Minimises a problem whose loss has a corner by a few problems whose loss is smooth: the corner
/// is rounded where the dual variables so far say, the rounded problem is solved by a method for
/// smooth losses, and its dual variables are the next ones. That is the proximal point method on
/// the dual. Any penalty, bounds and a free intercept, as far as the method for smooth losses has
/// them.
///
/// The rounded part gets narrower from step to step, and each problem is solved to a tenth of the
/// gap that is left. Rockafellar 1976 (see RoundedHinge); for support vector machines, by other
/// means within: Yan, Li, "An efficient augmented Lagrangian method for support vector machine",
/// Optimization Methods and Software 2020.
///
/// An epoch is one of the method within; points are certified for the loss itself between the
/// problems. One thread calls, the team works.
/// @tparam Within how rounded problems are solved, and points evaluated: RoundedByColumns, or a
///         class with the same functions
template <CornerLoss L, Penalty P, class Within>
class MethodOfMultipliers {
 public:
  using Options = typename Within::Options;  ///< of the method within

  /// Views of problem and trace, which the caller keeps.
  /// @param more further arguments of Within's constructor
  template <class... More>
  MethodOfMultipliers(const Problem<L, P>& problem, const Options& options, Trace& trace,
                      const More&... more)
      : run_(run_options(options), trace), problem_(problem), options_(options), trace_(trace),
        within_(problem, options, more...), team_(within_.team()),
        w_(static_cast<std::size_t>(problem.matrix.columns())),
        z_(static_cast<std::size_t>(problem.matrix.rows())), a_(z_.size()), targets_(z_.size()),
        b_(problem.intercept ? options.initial_intercept : 0.0) {
    for (std::size_t j = 0; j < options.initial.size(); ++j) {
      w_[j] = problem.penalty.prox(options.initial[j], 0.0);  // into the bounds
    }
    run_.training().stop();
  }

  /// The whole run. Call it once.
  Result run() {
    run_.training().start();
    within_.margins(w_, b_, z_);
    dual_candidate(problem_, z_, a_, team_);
    look();
    if (options_.initial.empty()) {
      std::fill(a_.begin(), a_.end(), 0.0);
    }
    while (!run_.ended()) {
      run_.training().start();
      solve_rounded();
      look();
      width_ = std::max(narrower * width_, narrowest);
    }
    Result result = run_.finish(within_.highest_dual(), within_.relative_gap(run_.lowest()));
    result.updates = updates_;
    result.threads = Team(options_.threads).size();  // the threads that it could use
    Index support = 0;
    for (Index i = 0; i < problem_.matrix.rows(); ++i) {
      support += problem_.weight(i) > 0.0 && a_[static_cast<std::size_t>(i)] != 0.0 ? 1 : 0;
    }
    result.support_vectors = support;
    return result;
  }

 private:
  using Rounded = typename RoundingOf<L>::type;

  static constexpr double narrower = 0.4;
  static constexpr double narrowest = 1e-4;  ///< below, rounding errors of margins tell
  static constexpr double share = 0.1;       ///< of the gap, to which a rounded problem is solved
  static constexpr double least_tolerance = 1e-11;
  static constexpr int few = 8;  ///< problems in a row in which nothing moved

  /// Passes on whether the run has to end; keeps the epochs of the rounded problems to itself.
  class Cancelled final : public Trace {
   public:
    explicit Cancelled(const Trace& trace) : trace_(trace) {}
    Verdict epoch(const Progress& /*progress*/) override {
      return trace_.cancelled() ? Verdict::interrupt : Verdict::go_on;
    }
    [[nodiscard]] bool cancelled() const noexcept override { return trace_.cancelled(); }

   private:
    const Trace& trace_;
  };

  /// Moves to the minimum of the rounded problem, and a to its dual variables.
  void solve_rounded() {
    const Rounded loss{width_};
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      targets_[i] = loss.target(problem_.targets[i], a_[i]);
    }
    const Problem<Rounded, Rescaled<P>> rounded{
        problem_.matrix,    targets_,        loss, rescaled(problem_.penalty, width_),
        problem_.intercept, problem_.weights};
    Options options = options_;
    if (solved_ > 0 || !options_.initial.empty()) {
      options.initial = w_;
    }
    options.initial_intercept = b_;
    options.tolerance = tolerance(objective_at_zero(rounded, team_));
    options.max_epochs = std::max(1, options_.max_epochs - run_.epoch());
    options.time_limit = std::max(0.0, options_.time_limit - run_.training().seconds());
    Cancelled quiet(trace_);
    const Result inner = within_.solve(rounded, options, quiet);
    for (int k = 0; k < std::max(1, inner.epochs); ++k) {
      run_.begin_epoch();
    }
    const bool moved = inner.intercept != b_ || !std::equal(w_.begin(), w_.end(), inner.w.begin());
    still_ = moved || options.tolerance > least_tolerance ? 0 : still_ + 1;
    updates_ += inner.updates;
    std::copy(inner.w.begin(), inner.w.end(), w_.begin());
    b_ = inner.intercept;
    within_.margins(w_, b_, z_);
    dual_candidate(rounded, z_, a_, team_);
    for (double& a : a_) {
      a = std::clamp(a / width_, -1.0, 1.0);
    }
    ++solved_;
  }

  /// The relative gap to which the rounded problem is solved. Where nothing bounds the objective
  /// from below, it falls from problem to problem.
  [[nodiscard]] double tolerance(double at_zero) const noexcept {
    const double bound = std::max(latest_.dual_objective, 0.0);
    const double left =
        bound > 0.0 ? latest_.objective - bound : latest_.objective * std::pow(narrower, solved_);
    const double unit = std::max(width_ * latest_.objective, 1e-6 * at_zero);
    return unit > 0.0 ? std::clamp(share * width_ * left / unit, least_tolerance, 0.5) : 0.5;
  }

  /// Certifies the point with the dual variables a and hands it to the run. Call it with the
  /// training clock running; it stops the clock.
  void look() {
    latest_ = within_.certify_with(a_, w_, z_);
    run_.training().stop();
    run_.see({latest_, w_, b_, updates_, false, still_ >= few});
  }

  Run run_;  // first, because laying out the data counts as training
  const Problem<L, P>& problem_;
  Options options_;
  Trace& trace_;
  Within within_;
  const Team& team_;
  Array<double> w_;
  Array<double> z_;
  Array<double> a_;        ///< y u, u in [0, 1]
  Array<double> targets_;  ///< of the rounded problem
  double b_;
  double width_ = 1.0;
  Certificate latest_;
  std::int64_t updates_ = 0;
  int solved_ = 0;
  int still_ = 0;
};

}  // namespace sounder
