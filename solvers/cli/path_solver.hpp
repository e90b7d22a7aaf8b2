// Which solver takes the problems of `sounder path`.
#pragma once

#include <utility>

#include <sounder/engine/matrix/csc_matrix.hpp>
#include <sounder/engine/run/result.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/solvers/cd.hpp>
#include <sounder/solvers/choose_solver.hpp>
#include <sounder/solvers/dual_cd.hpp>
#include <sounder/solvers/newton.hpp>
#include <sounder/solvers/path/warm_cd.hpp>
#include <sounder/solvers/penalty/bounded.hpp>
#include <sounder/solvers/penalty/l2.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder::cli {

/// A solver for regularization_path(): of those whose bits do not depend on the threads the one
/// that `auto` would take, newton(), dual_cd() or cd(). A copy keeps only the columns.
template <Loss L>
class PathSolver {
 public:
  /// Keeps a reference to the columns, which must outlive it.
  explicit PathSolver(const CscMatrix& columns) : cd_(columns) {}

  Result operator()(const Problem<L, Bounded>& problem, const CoordinateOptions& options,
                    Trace& trace) {
    const Bounded& penalty = problem.penalty;
    const bool bounded = !std::isinf(penalty.lower) || !std::isinf(penalty.upper);
    if (penalty.l1_strength == 0.0 && penalty.l2_strength > 0.0 && !bounded) {
      const Problem<L, L2> ridge{problem.matrix,        problem.targets,   problem.loss,
                                 {penalty.l2_strength}, problem.intercept, problem.weights};
      const SolverChoice choice = repeatable(choose_solver(ridge, options.tolerance), DualLoss<L>);
      if (choice.solver == Solver::newton) {
        return newton(ridge, the_same<NewtonOptions>(options), trace);
      }
      if constexpr (DualLoss<L>) {
        if (choice.solver == Solver::dual_cd) {
          return dual_cd(ridge, the_same<DualOptions>(options), trace);
        }
      }
    }
    return cd_(problem, options, trace);
  }

 private:
  template <class Options>
  [[nodiscard]] static Options the_same(const CoordinateOptions& options) {
    Options made;
    set_run_options(run_options(options), made);
    return made;
  }

  /// cd() of a loss with a corner, whose roundings differ from strength to strength.
  struct ColdCd {
    const CscMatrix* columns;
    explicit ColdCd(const CscMatrix& given) : columns(&given) {}
    Result operator()(const Problem<L, Bounded>& problem, const CoordinateOptions& options,
                      Trace& trace) const {
      return cd(problem, *columns, options, trace);
    }
  };
  /// What makes the type of the member, and only that one is compiled.
  static auto make(const CscMatrix& columns) {
    if constexpr (L::smooth) {
      return WarmCd<L>(columns);
    } else {
      return ColdCd(columns);
    }
  }
  using Cd = decltype(make(std::declval<const CscMatrix&>()));

  Cd cd_;
};

}  // namespace sounder::cli
