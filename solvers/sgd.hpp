// Serial stochastic gradient descent: the steps of Hogwild! by one worker on ordinary memory.
#pragma once

#include <sounder/solvers/stochastic/stochastic_gradient.hpp>

namespace sounder {

/// `hogwild` with one thread, whatever `options.threads` says: the baseline of speedups. The same
/// seed gives the same bits. May be called from several threads at once.
template <Loss L, Penalty P>
[[nodiscard]] Result sgd(const Problem<L, P>& problem, SgdOptions options, Trace& trace) {
  options.threads = 1;
  return stochastic_gradient<Plain>(problem, options, trace);
}

}  // namespace sounder
