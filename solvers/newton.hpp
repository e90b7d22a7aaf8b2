// Newton's method: l2 problems, above all those of few columns.
#pragma once

#include <sounder/engine/base/message.hpp>
#include <sounder/engine/run/result.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/driver/prepared_problem.hpp>
#include <sounder/solvers/multipliers/method_of_multipliers.hpp>
#include <sounder/solvers/multipliers/rounded_by_newton.hpp>
#include <sounder/solvers/problem/problem.hpp>
#include <sounder/solvers/truncated/newton_options.hpp>
#include <sounder/solvers/truncated/sampled_rows.hpp>
#include <sounder/solvers/truncated/truncated_newton.hpp>

namespace sounder {

/// Minimises an l2 problem by Newton's method, in steps as exact as they need to be.
///
/// A step is found by conjugate gradients on all rows (Lin, Weng, Keerthi, "Trust region Newton
/// method for large-scale logistic regression", JMLR 2008) and taken as far as the objective falls
/// along it. Where columns are few, the Hessian of a sample of the rows is their preconditioner
/// (Byrd, Chin, Neveitt, Nocedal, SIAM J. Optim. 2011), and the first steps are taken on samples
/// alone, each four times the last (Byrd, Chin, Nocedal, Wu, "Sample size selection in
/// optimization methods for machine learning", Math. Program. 2012).
///
/// A loss with a corner, the hinge, is rounded at the corner: see MethodOfMultipliers.
///
/// The same bits at any number of threads. Memory: a copy of the rows, 8 or 12 bytes a nonzero.
/// @throws std::invalid_argument if the problem or an option does not fit
template <Loss L, ElasticPenalty P>
requires(L::smooth || CornerLoss<L>) [[nodiscard]] Result
    newton(const Problem<L, P>& problem, const NewtonOptions& options, Trace& trace) {
  if (problem.penalty.l1() != 0.0 || !(problem.penalty.l2() > 0.0)) {
    refuse({"newton needs an l2 penalty, and no other"});
  }
  return solve_prepared(
      problem, options, trace, [](const auto& prepared, const NewtonOptions& inner, Trace& told) {
        using Q = Rescaled<P>;
        if constexpr (CornerLoss<L>) {
          return MethodOfMultipliers<L, Q, RoundedByNewton<L, Q>>(prepared, inner, told).run();
        } else {
          const Team team(SampledRows::useful_threads(prepared.matrix, inner.threads));
          return TruncatedNewton<L, Q>(prepared, nullptr, inner, team, told).run();
        }
      });
}

}  // namespace sounder
