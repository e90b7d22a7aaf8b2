// Which solver suits a problem: what "automatic" comes to.
#pragma once

#include <cstdint>
#include <string_view>

#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {

/// Who minimises a problem, of those that an automatic choice knows.
enum class Solver : std::uint8_t { automatic, hogwild, cd };

/// The solver by its name above. Any number of threads.
[[nodiscard]] constexpr std::string_view to_string(Solver solver) noexcept {
  switch (solver) {
    case Solver::automatic:
      return "auto";
    case Solver::hogwild:
      return "hogwild";
    case Solver::cd:
      return "cd";
  }
  return "unknown";
}

/// A solver, and a clause for a person that says why it.
struct SolverChoice {
  Solver solver = Solver::automatic;  ///< from choose_solver(): hogwild or cd
  std::string_view why;               ///< of static storage
};

/// What of a problem decides who solves it.
struct ProblemKind {
  bool smooth = true;    ///< the loss
  bool sparse = false;   ///< an l1 penalty
  bool bounded = false;  ///< the coefficients
  /// The penalty is next to nothing: LIBLINEAR's C is 10 or more, or there is none.
  bool weak = false;
};

/// Whether an l2 penalty of this strength is weak on so many rows. O(1).
[[nodiscard]] constexpr bool is_weak(double l2, Index rows) noexcept {
  return 10.0 * l2 * rows <= 1.0;
}

/// The choice as far as the kind of problem tells. Any number of threads.
[[nodiscard]] constexpr SolverChoice choose_solver(const ProblemKind& kind) noexcept {
  if (kind.bounded) {
    return {Solver::cd, "coefficients are bounded"};
  }
  if (kind.sparse && kind.smooth) {
    return {Solver::cd, "an l1 penalty leaves few coefficients, and it works on those"};
  }
  return {Solver::hogwild, "it uses every thread, without locks"};
}

/// The same once it is known on what data (whose shape counts), and to which relative duality gap;
/// 0: to none. O(1). Any number of threads.
[[nodiscard]] inline SolverChoice choose_solver(const ProblemKind& kind, const CsrMatrix& matrix,
                                                double tolerance) noexcept {
  // So few that a Newton step costs less than the epochs it saves, where there is a gap to reach.
  constexpr Index few_columns = 1024;
  const bool few = matrix.columns() <= few_columns && matrix.columns() <= matrix.rows();
  const SolverChoice choice = choose_solver(kind);
  if (choice.solver == Solver::hogwild && kind.smooth && few && tolerance > 0.0) {
    return {Solver::cd, "columns are few, and its Newton steps are exact on those"};
  }
  if (choice.solver == Solver::hogwild && kind.smooth && kind.weak && tolerance > 0.0 &&
      matrix.columns() > matrix.rows()) {
    return {Solver::cd, "the penalty is weak, and Newton steps do not feel that"};
  }
  return choice;
}

/// The solver for a problem and that gap. O(1). Any number of threads.
template <Loss L, Penalty P>
[[nodiscard]] SolverChoice choose_solver(const Problem<L, P>& problem, double tolerance) noexcept {
  bool weak = false;
  if constexpr (ElasticPenalty<P>) {
    weak = is_weak(problem.penalty.l2(), problem.matrix.rows());
  }
  return choose_solver({.smooth = L::smooth,
                        .sparse = is_sparse(problem.penalty),
                        .bounded = BoxedPenalty<P>,
                        .weak = weak},
                       problem.matrix, tolerance);
}

}  // namespace sounder
