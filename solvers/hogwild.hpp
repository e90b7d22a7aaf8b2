// Hogwild!: stochastic gradient descent by many workers on one shared vector, without waiting.
#pragma once

#include <sounder/solvers/stochastic/stochastic_gradient.hpp>

namespace sounder {

/// Minimises the problem with `options.threads` workers that update one shared vector.
///
/// Niu, Recht, Re, Wright, "Hogwild!: A Lock-Free Approach to Parallelizing Stochastic Gradient
/// Descent", NIPS 2011, with the variance reduction, preconditioning and extrapolation that
/// SgdOptions describes. `variance_reduction = false, extrapolation = 0, newton = false,
/// hot_columns = 0` comes closest to the paper's method. It is not quite the same: the diagonal
/// preconditioner and the damping of steps have no switch and stay on.
///
/// @tparam Update how workers meet on a coordinate: Relaxed, Atomic, or Locked (in locked.hpp)
/// @throws std::invalid_argument if the problem or an option does not fit
///
/// Cost: O(nnz) an epoch, and as much again for variance reduction. With one thread the same seed
/// gives the same bits; with more, runs differ. May be called from several threads at once.
template <class Update = Relaxed, Loss L, Penalty P>
[[nodiscard]] Result hogwild(const Problem<L, P>& problem, const SgdOptions& options,
                             Trace& trace) {
  return stochastic_gradient<Update>(problem, options, trace);
}

}  // namespace sounder
