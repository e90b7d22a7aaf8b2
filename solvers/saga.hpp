// SAGA: stochastic gradient descent that remembers every row's last derivative.
#pragma once

#include <sounder/engine/base/message.hpp>
#include <sounder/engine/run/result.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/solvers/driver/prepared_problem.hpp>
#include <sounder/solvers/problem/problem.hpp>
#include <sounder/solvers/stochastic/exact_saga_pass.hpp>
#include <sounder/solvers/stochastic/sgd_options.hpp>
#include <sounder/solvers/stochastic/stochastic_gradient.hpp>

namespace sounder {

/// Minimises the problem by SAGA (Defazio, Bach, Lacoste-Julien, NIPS 2014) in its sparse, proximal
/// form. With Exact the steps are serial ones and the bits do not depend on the number of threads,
/// as those of sgd(); with another policy workers share the vectors without waiting: ProxASAGA
/// (Pedregosa, Leblond, Lacoste-Julien, NIPS 2017).
///
/// `options.variance_reduction` and `adagrad` do not apply: SAGA is a way of reducing variance.
/// @tparam Update Exact, or Relaxed, Atomic, or Locked (in locked.hpp)
/// @throws std::invalid_argument if the problem or an option does not fit
///
/// Cost: O(nnz) an epoch; 8 bytes a row and 16 a column more than sgd(). May be called from several
/// threads at once.
template <class Update = Exact, Loss L, Penalty P>
[[nodiscard]] Result saga(const Problem<L, P>& problem, SgdOptions options, Trace& trace) {
  if (options.adagrad) {
    refuse({"saga has no AdaGrad steps"});
  }
  options.variance_reduction = true;
  if constexpr (!std::is_same_v<Update, Exact>) {
    options.hot_columns = 0;  // the mean gradient is in shared memory
  }
  return solve_prepared(
      problem, options, trace, [](const auto& prepared, SgdOptions inner, Trace& told) {
        using Q = Rescaled<P>;
        settle_batches(prepared.matrix, inner);
        if (inner.batch == 1) {
          inner.hot_columns = 0;
        }
        const SagaPassMaker<Update, L, Q> pass(prepared.penalty, inner.batch, inner.seed);
        const PassMaker<Plain, L, Q> trial(prepared.penalty);
        return stochastic_gradient<L, Q>(prepared, inner,
                                         {.pass = pass,
                                          .trial = trial,
                                          .repeatable = std::is_same_v<Update, Exact>,
                                          .saga = true},
                                         told);
      });
}

}  // namespace sounder
