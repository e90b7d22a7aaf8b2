// Chooses the solver that suits a problem: the meaning of "automatic".
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <sounder/engine/base/random.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/solvers/dual/dual_step.hpp>
#include <sounder/solvers/multipliers/rounded_hinge.hpp>
#include <sounder/solvers/problem/problem.hpp>
#include <sounder/solvers/truncated/sampled_factor.hpp>

namespace sounder {

/// The solvers that the automatic choice picks from.
enum class Solver : std::uint8_t { automatic, hogwild, cd, dual_cd, newton };

/// The name of the solver. Any number of threads.
[[nodiscard]] constexpr std::string_view to_string(Solver solver) noexcept {
  switch (solver) {
    case Solver::automatic:
      return "auto";
    case Solver::hogwild:
      return "hogwild";
    case Solver::cd:
      return "cd";
    case Solver::dual_cd:
      return "dual-cd";
    case Solver::newton:
      return "newton";
  }
  return "unknown";
}

/// A solver, and a clause that tells the user why it was chosen.
struct SolverChoice {
  Solver solver = Solver::automatic;  ///< from choose_solver(): hogwild, cd, dual_cd or newton
  std::string_view why;               ///< points to static storage
};

/// The properties of a problem that decide which solver suits it.
struct ProblemKind {
  bool smooth = true;    ///< the loss is smooth
  bool rounded = false;  ///< it has a corner that cd and newton know how to round: a CornerLoss
  bool hinge = false;    ///< the loss is zero beyond a margin
  bool sparse = false;   ///< the penalty has an l1 part
  bool bounded = false;  ///< the coefficients have bounds
  double c = 1.0;        ///< LIBLINEAR's C, 1 / (n l2); infinity without an l2 part
  /// Newton's method takes it: an l2 penalty alone, and a loss that is smooth or can be rounded.
  bool ridge = false;
  /// Its dual can be climbed by coordinates: an l2 penalty alone, a DualLoss.
  bool dual = false;
};

/// LIBLINEAR's C of an l2 strength. O(1).
[[nodiscard]] constexpr double c_of(double l2, Index rows) noexcept {
  return l2 > 0.0 ? 1.0 / (l2 * rows) : infinity;
}

/// The mean squared cosine between two rows, of a thousand pairs drawn at random: one over the
/// number of directions in which rows point, so to speak. 0 where there are no two rows. A few
/// passes over the data at most, and less where rows are many. Any number of threads.
[[nodiscard]] inline double mean_squared_cosine(const CsrMatrix& matrix) {
  const int pairs = static_cast<int>(std::min<Index>(1000, matrix.rows() - 1));
  RandomStream random(1);
  const auto draw = [&](Index count) {
    return static_cast<Index>(random.below(static_cast<std::uint64_t>(count)));
  };
  const auto square = [](const SparseRow& row) {
    double sum = 0.0;
    row.for_each_double([&](Index, double x) { sum += x * x; });
    return sum;
  };
  double sum = 0.0;
  int counted = 0;
  for (int k = 0; k < pairs; ++k) {
    const Index first = draw(matrix.rows());
    const Index second = draw(matrix.rows() - 1);  // of the others
    const SparseRow a = matrix.row(first);
    const SparseRow b = matrix.row(second < first ? second : second + 1);
    double product = 0.0;
    std::size_t at = 0;
    a.for_each_double([&](Index column, double x) {
      while (at < b.size() && b.columns[at] < column) {
        ++at;
      }
      product += at < b.size() && b.columns[at] == column ? x * b.values[at] : 0.0;
    });
    const double cosine = product / std::sqrt(square(a)) / std::sqrt(square(b));
    if (std::isfinite(cosine)) {
      sum += cosine * cosine;
      ++counted;
    }
  }
  return counted > 0 ? sum / counted : 0.0;
}

/// The choice as far as the kind of problem decides it. Any number of threads.
[[nodiscard]] constexpr SolverChoice choose_solver(const ProblemKind& kind) noexcept {
  if (kind.bounded) {
    return {Solver::cd, "coefficients are bounded"};
  }
  if (kind.sparse && (kind.smooth || kind.rounded)) {
    return {Solver::cd, "an l1 penalty leaves few coefficients, and it works on those"};
  }
  if (kind.dual && !kind.smooth) {
    return {Solver::dual_cd, "the loss has a corner, and its dual has none"};
  }
  if (kind.rounded) {
    return {Solver::cd, "it rounds the loss's corner, and needs no step sizes"};
  }
  return {Solver::hogwild, "it uses every thread, without locks"};
}

/// The choice with the shape of the data and the relative duality gap to reach (0: none) taken into
/// account. O(1), or the cost of mean_squared_cosine(). Any number of threads.
[[nodiscard]] inline SolverChoice choose_solver(const ProblemKind& kind, const CsrMatrix& matrix,
                                                double tolerance) noexcept {
  // So few columns that a Newton step costs less than the epochs it saves, if there is a gap to
  // reach.
  constexpr Index few_columns = 1024;
  const bool few = matrix.columns() <= few_columns && matrix.columns() <= matrix.rows();
  const bool weak = kind.c >= 10.0;
  const bool strong = kind.c < 0.1;
  const SolverChoice choice = choose_solver(kind);
  const bool newton = kind.ridge && !kind.bounded && tolerance > 0.0 && few &&
                      SampledFactor::pays(matrix, static_cast<std::size_t>(matrix.columns()) + 1);
  if (newton && kind.smooth) {
    return {Solver::newton, "columns are few, and a Newton step costs little more than a gradient"};
  }
  if (newton && (!strong || !kind.dual)) {
    return {Solver::newton, "columns are few, and Newton steps round the loss's corner"};
  }
  if (choice.solver == Solver::dual_cd && weak && few) {
    return {Solver::cd, "the penalty is weak and columns are few: Newton steps do not mind either"};
  }
  if (choice.solver == Solver::hogwild && kind.dual && !few && tolerance > 0.0) {
    if (weak && kind.hinge) {
      return {Solver::dual_cd,
              "the penalty is weak, and rows beyond the margin drop out of the dual"};
    }
    // Many rows in few directions would push each other to and fro.
    constexpr double small = 0.05;
    constexpr double neighbours = 1000.0;
    const double cosine = weak ? 1.0 : mean_squared_cosine(matrix);
    if (cosine <= small && cosine * matrix.rows() <= neighbours) {
      return {Solver::dual_cd, "rows are nearly orthogonal, and so are the steps of its dual"};
    }
  }
  if (choice.solver == Solver::hogwild && kind.smooth && few && tolerance > 0.0) {
    return {Solver::cd, "columns are few, and its Newton steps are exact on those"};
  }
  if (choice.solver == Solver::hogwild && kind.smooth && weak && tolerance > 0.0 &&
      matrix.columns() > matrix.rows()) {
    return {Solver::cd, "the penalty is weak, and Newton steps do not feel that"};
  }
  return choice;
}

/// The choice where the same model must come out again: a solver whose bits do not depend on how
/// threads meet, in place of hogwild. O(1). Any number of threads.
/// @param dual the problem suits dual_cd
[[nodiscard]] constexpr SolverChoice repeatable(SolverChoice choice, bool dual) noexcept {
  if (choice.solver != Solver::hogwild) {
    return choice;
  }
  return {dual ? Solver::dual_cd : Solver::cd, "its bits do not depend on the threads"};
}

/// The solver for this problem and this relative duality gap. O(1), or as above. Any number of
/// threads.
template <Loss L, Penalty P>
[[nodiscard]] SolverChoice choose_solver(const Problem<L, P>& problem, double tolerance) noexcept {
  double c = infinity;
  if constexpr (ElasticPenalty<P>) {
    c = c_of(problem.penalty.l2(), problem.matrix.rows());
  }
  const bool ridge = is_ridge(problem.penalty);
  return choose_solver({.smooth = L::smooth,
                        .rounded = CornerLoss<L>,
                        .hinge = is_hinge<L>,
                        .sparse = is_sparse(problem.penalty),
                        .bounded = BoxedPenalty<P>,
                        .c = c,
                        .ridge = ridge && (L::smooth || CornerLoss<L>),
                        .dual = ridge && DualLoss<L>},
                       problem.matrix, tolerance);
}

}  // namespace sounder
