// Dual coordinate ascent: l2 problems, the same bits at any number of threads.
#pragma once

#include <sounder/engine/base/message.hpp>
#include <sounder/engine/run/result.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/solvers/driver/prepared_problem.hpp>
#include <sounder/solvers/dual/dual_ascent.hpp>
#include <sounder/solvers/dual/dual_options.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {

/// Minimises an l2 problem by coordinate ascent on its dual, one sample's variable after another. A
/// free intercept goes by the method of multipliers: see ProximalStep.
///
/// Hsieh, Chang, Lin, Keerthi, Sundararajan, ICML 2008; logistic: Yu, Huang, Lin, Machine Learning
/// 2011; Shalev-Shwartz, Zhang, JMLR 2013. In parallel without conflicts: see ExactPasses.
/// @throws std::invalid_argument if the problem or an option does not fit
template <DualLoss L, ElasticPenalty P>
[[nodiscard]] Result dual_cd(const Problem<L, P>& problem, const DualOptions& options,
                             Trace& trace) {
  if (problem.penalty.l1() != 0.0 || !(problem.penalty.l2() > 0.0)) {
    refuse({"dual_cd needs an l2 penalty, and no other"});
  }
  const double strongest = 1.0 / (problem.matrix.rows() * problem.penalty.l2());
  if (problem.matrix.rows() > 0 && !(strongest < 1e290)) {
    refuse({"the penalty is too weak for dual_cd"});
  }
  return solve_prepared(problem, options, trace,
                        [](const auto& prepared, const DualOptions& inner, Trace& told) {
                          using Q = Rescaled<P>;
                          return DualAscent<L, Q>(prepared, inner, told).run();
                        });
}

}  // namespace sounder
