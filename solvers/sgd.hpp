// Stochastic gradient descent in the serial order: the same bits at any number of threads.
#pragma once

#include <sounder/engine/run/result.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/solvers/driver/prepared_problem.hpp>
#include <sounder/solvers/problem/problem.hpp>
#include <sounder/solvers/stochastic/exact_sgd_pass.hpp>
#include <sounder/solvers/stochastic/sgd_options.hpp>
#include <sounder/solvers/stochastic/stochastic_gradient.hpp>

namespace sounder {

/// The steps of `hogwild`, one after another. On large data workers that own columns take them in
/// batches, so that they are those of one worker to the bit, and the model does not depend on the
/// number of threads; on small data one worker takes them. See ExactPasses.
/// `options.row_block` applies to the latter alone.
///
/// @throws std::invalid_argument if the problem or an option does not fit
///
/// Cost: O(nnz) an epoch, and as much again for variance reduction. The same seed gives the same
/// bits. May be called from several threads at once.
template <Loss L, Penalty P>
[[nodiscard]] Result sgd(const Problem<L, P>& problem, const SgdOptions& options, Trace& trace) {
  return solve_prepared(
      problem, options, trace, [](const auto& prepared, SgdOptions inner, Trace& told) {
        using Q = Rescaled<P>;
        settle_batches(prepared.matrix, inner);
        const ExactSgdPassMaker<L, Q> pass(prepared.penalty, inner.batch, inner.seed);
        const PassMaker<Plain, L, Q> trial(prepared.penalty);
        return stochastic_gradient<L, Q>(prepared, inner,
                                         {.pass = pass, .trial = trial, .repeatable = true}, told);
      });
}

}  // namespace sounder
