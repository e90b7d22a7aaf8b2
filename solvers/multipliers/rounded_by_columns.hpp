// Rounded problems by coordinate descent.
#pragma once

#include <span>

#include <sounder/engine/matrix/csc_matrix.hpp>
#include <sounder/engine/run/result.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/coordinate/coordinate_evaluator.hpp>
#include <sounder/solvers/coordinate/coordinate_options.hpp>
#include <sounder/solvers/multipliers/rounded_hinge.hpp>
#include <sounder/solvers/newton/working_set_descent.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {

/// What MethodOfMultipliers needs, by columns: coordinate descent on working sets, and the
/// evaluator of the coordinate solvers. Any penalty, bounds and a free intercept.
template <CornerLoss L, Penalty P>
class RoundedByColumns {
 public:
  using Options = CoordinateOptions;  ///< of a solve()

  /// Keeps a reference to the problem.
  /// @param columns the columns of problem.matrix, or null: then they are made here
  RoundedByColumns(const Problem<L, P>& problem, const Options& options, const CscMatrix* columns)
      : team_(useful_threads(problem.matrix, options.threads)),
        columns_(columns != nullptr ? *columns : CscMatrix(problem.matrix, team_)),
        point_(problem, columns_, team_) {}

  /// The threads that work.
  [[nodiscard]] const Team& team() const noexcept { return team_; }

  /// Minimises a rounded problem.
  template <Loss R, Penalty Q>
  [[nodiscard]] Result solve(const Problem<R, Q>& rounded, const Options& options,
                             Trace& trace) const {
    return CoordinateDescent<R, Q>(rounded, &columns_, options, trace).run();
  }

  /// See CoordinateEvaluator. @{
  void margins(std::span<const double> w, double b, std::span<double> z) const {
    point_.margins(w, b, z);
  }
  [[nodiscard]] Certificate certify_with(std::span<const double> a, std::span<const double> w,
                                         std::span<const double> z) {
    return point_.certify_with(a, w, z);
  }
  [[nodiscard]] double highest_dual() const noexcept { return point_.highest_dual(); }
  [[nodiscard]] double relative_gap(double objective) const noexcept {
    return point_.relative_gap(objective);
  }
  /// @}

 private:
  Team team_;
  CscMatrix columns_;
  CoordinateEvaluator<L, P> point_;
};

}  // namespace sounder
