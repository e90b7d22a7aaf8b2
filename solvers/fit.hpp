// fit(): one call from data and labels to a model.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/run/result.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/cd.hpp>
#include <sounder/solvers/choose_solver.hpp>
#include <sounder/solvers/dual_cd.hpp>
#include <sounder/solvers/hogwild.hpp>
#include <sounder/solvers/loss/logistic.hpp>
#include <sounder/solvers/model/labels.hpp>
#include <sounder/solvers/model/linear_model.hpp>
#include <sounder/solvers/model/model_file.hpp>
#include <sounder/solvers/newton.hpp>
#include <sounder/solvers/penalty/l2.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {

/// Options of fit(); every field has a default. The caller keeps the arrays of `weights` and
/// `initial` alive until fit() returns.
template <class L = Logistic, class P = L2>
struct FitOptions {
  static_assert(detail::is_explained_loss<L>());
  static_assert(detail::is_explained_penalty<P>());

  L loss{};                              ///< with its parameters, if it has any
  P penalty{};                           ///< of strength 1 by default
  bool intercept = false;                ///< fit b; it is never penalised
  std::span<const double> weights = {};  ///< n numbers >= 0, or empty for all ones
  int threads = 0;                       ///< 0: available_threads()
  double tolerance = 1e-3;               ///< stop at this relative duality gap; 0: every epoch
  std::optional<int> max_epochs = {};    ///< none: 1000, or 20 for hogwild chosen by name
  double time_limit = std::numeric_limits<double>::infinity();  ///< seconds of training clock
  std::uint64_t seed = 1;                                       ///< seed of every random choice
  std::span<const double> initial = {};  ///< p coefficients, as in Result::w; empty: zero
  double initial_intercept = 0.0;        ///< b to start from
  Solver solver = Solver::automatic;     ///< which solver to use
  /// The same model from the same options, at any number of threads: only solvers that can (hogwild
  /// with one thread). A run that `time_limit` ends is not the same twice.
  bool deterministic = false;
};

/// What fit() returns.
struct Fit {
  LinearModel model;  ///< for decisions(), predictions(), probabilities(), save_model()
  Result result;      ///< how the run went; if `status` is diverged, the model is useless
  Solver solver = Solver::automatic;  ///< the solver that ran
  std::string_view why = {};          ///< why this solver, in a clause
};

namespace detail {

/// Labels in the form that the loss needs.
struct Targets {
  std::vector<double> copy;        ///< +1 and -1, for a classification
  std::span<const double> values;  ///< views `copy`, or the caller's labels
  std::vector<double> classes;     ///< in the model's order; empty for a regression
  bool turned = false;             ///< whether +1 is the second class
};

template <Loss L>
[[nodiscard]] Targets targets_of(std::span<const double> labels, std::span<const double> weights) {
  if (!weights.empty() && weights.size() != labels.size()) {
    throw std::invalid_argument("weights must hold one number a row");
  }
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (!std::isfinite(labels[i])) {
      throw LabelError("the label of row " + std::to_string(i) + " is not finite");
    }
  }
  Targets targets;
  targets.values = labels;
  if (L::classification) {
    LabelMapping mapping = find_labels(labels, weights);
    if (mapping.kind != LabelKind::binary) {
      throw LabelError("the " + std::string(L::name) + " loss needs labels of two classes (" +
                       describe(mapping) +
                       "); one_against_rest() sets one class against all others");
    }
    targets.copy = binary_targets(labels, mapping);
    targets.values = targets.copy;
    targets.turned = mapping.classes[0] != mapping.positive();
    targets.classes = std::move(mapping.classes);
  }
  return targets;
}

/// The options that both kinds of solvers share.
template <class SolverOptions, class L, class P>
[[nodiscard]] SolverOptions run_options(const FitOptions<L, P>& options) {
  SolverOptions run;
  run.threads = options.threads == 0 ? available_threads() : options.threads;
  const bool automatic = options.solver == Solver::automatic;
  run.max_epochs =
      options.max_epochs.value_or(automatic ? CoordinateOptions{}.max_epochs : run.max_epochs);
  run.tolerance = options.tolerance;
  run.time_limit = options.time_limit;
  run.seed = options.seed;
  run.initial = options.initial;
  run.initial_intercept = options.initial_intercept;
  return run;
}

template <Loss L, Penalty P>
[[nodiscard]] Result fit_by(Solver solver, const Problem<L, P>& problem,
                            const FitOptions<L, P>& options, Trace& trace) {
  static_assert(L::smooth || CornerLoss<L> || !BoxedPenalty<P>,
                "no solver takes bounds with a loss whose corner it cannot round");
  if (solver == Solver::cd) {
    if constexpr (L::smooth || CornerLoss<L>) {
      return cd(problem, run_options<CoordinateOptions>(options), trace);
    }
    throw std::invalid_argument("cd needs a smooth loss, which the " + std::string(L::name) +
                                " loss is not: take Solver::hogwild");
  }
  if (solver == Solver::dual_cd) {
    if constexpr (DualLoss<L> && ElasticPenalty<P> && !BoxedPenalty<P>) {
      return dual_cd(problem, run_options<DualOptions>(options), trace);
    }
    throw std::invalid_argument("dual_cd needs an l2 penalty, and a loss whose dual it knows");
  }
  if (solver == Solver::newton) {
    if constexpr ((L::smooth || CornerLoss<L>)&&ElasticPenalty<P> && !BoxedPenalty<P>) {
      return newton(problem, run_options<NewtonOptions>(options), trace);
    }
    throw std::invalid_argument(
        "newton needs an l2 penalty, and a loss that is smooth or whose corner it can round");
  }
  if constexpr (!BoxedPenalty<P>) {
    return hogwild(problem, run_options<SgdOptions>(options), trace);
  }
  throw std::invalid_argument("hogwild knows no bounds on the coefficients: take Solver::cd");
}

}  // namespace detail

/// Fits a linear model: minimises F(w, b) of Problem over the rows of `matrix` (n x p) and their n
/// labels, and returns a model that predicts labels.
///
///     const auto fit = sounder::fit(matrix, labels, {.penalty = {.lambda = 1e-4}, .threads = 4});
///     const auto lasso = sounder::fit<sounder::Squared, sounder::L1>(matrix, numbers);
///
/// For a classification loss there are two different labels, any two numbers (rows of weight 0 do
/// not count). The larger one is +1; `result.w`, bounds on it and `options.initial` refer to it.
/// The model lists the labels in the order of their first rows, except that 1 comes before -1, as
/// in LIBLINEAR; if its first label is the smaller one, its weights are `result.w` with the sign
/// turned. For other losses the labels are the numbers to be predicted. choose_solver() picks the
/// solver unless `options.solver` names one; shotgun(), block_greedy(), block_cd() and sgd() take a
/// Problem instead.
///
/// A `trace` watches the run and may end it; then the model is the best so far: see on_epoch() and
/// StopTrace in on_epoch.hpp. Without a trace nothing is reported, and nothing is ever printed.
///
/// @tparam L,P the loss and the penalty, perhaps your own: see the concepts Loss and Penalty
/// @throws LabelError if the labels do not suit the loss, std::invalid_argument if options or
///        shapes do not fit
///
/// Cost: the solver's; O(nnz) an epoch. There is no global state: may be called from several
/// threads at once, each with its own trace.
template <class L = Logistic, class P = L2>
[[nodiscard]] Fit fit(const CsrMatrix& matrix, std::span<const double> labels,
                      const FitOptions<L, P>& options, Trace& trace) {
  if (labels.size() != static_cast<std::size_t>(matrix.rows())) {
    throw std::invalid_argument("labels must hold one number a row");
  }
  const detail::Targets targets = detail::targets_of<L>(labels, options.weights);
  const Problem<L, P> problem{matrix,          targets.values,    options.loss,
                              options.penalty, options.intercept, options.weights};
  SolverChoice choice = options.solver == Solver::automatic
                            ? choose_solver(problem, options.tolerance)
                            : SolverChoice{options.solver, "it was asked for"};
  if (options.deterministic && options.solver == Solver::automatic &&
      (L::smooth || CornerLoss<L>)) {
    choice = repeatable(choice, DualLoss<L> && is_ridge(problem.penalty));
  }
  if (options.deterministic && choice.solver == Solver::hogwild && options.threads != 1) {
    throw std::invalid_argument(
        "hogwild with several threads does not give the same model twice: take one thread, or "
        "Solver::cd");
  }
  Fit made{{}, detail::fit_by(choice.solver, problem, options, trace), choice.solver, choice.why};
  bool l1_alone = false;
  if constexpr (ElasticPenalty<P>) {
    l1_alone = problem.penalty.l1() > 0.0 && problem.penalty.l2() == 0.0;
  }
  made.model.solver_type = liblinear_solver<L>(l1_alone, !L::classification);
  made.model.labels = targets.classes;
  made.model.features = matrix.columns();
  made.model.weights = made.result.w;
  if (options.intercept) {
    made.model.intercepts = {made.result.intercept};
  }
  if (targets.turned) {
    made.model.turn();
  }
  return made;
}

/// The same with a temporary trace.
template <class L = Logistic, class P = L2>
[[nodiscard]] Fit fit(const CsrMatrix& matrix, std::span<const double> labels,
                      const FitOptions<L, P>& options, Trace&& trace) {
  return fit<L, P>(matrix, labels, options, trace);
}

/// The same without a trace.
template <class L = Logistic, class P = L2>
[[nodiscard]] Fit fit(const CsrMatrix& matrix, std::span<const double> labels,
                      const FitOptions<L, P>& options = {}) {
  SilentTrace trace;
  return fit<L, P>(matrix, labels, options, trace);
}

}  // namespace sounder
