// Every solver of a family for one loss: declared here, defined in by_rows.hpp, by_columns.hpp,
// by_duals.hpp and by_hessians.hpp. Each pair of a loss and a family is compiled in a file of its
// own.
#pragma once

#include <sounder/engine/run/result.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/engine/run/virtual_run.hpp>
#include <sounder/engine/shared/replay.hpp>
#include <sounder/solvers/loss/loss.hpp>
#include <sounder/solvers/named/solve.hpp>

namespace sounder {

/// Trains with this loss and the penalty, solver and update policy that the request names. @{
template <Loss L>
Result solve_by_rows(const SolveRequest& request, L loss, Trace& trace);
template <Loss L>
Result solve_by_columns(const SolveRequest& request, L loss, Trace& trace);
template <Loss L>
Result solve_by_duals(const SolveRequest& request, L loss, Trace& trace);
template <Loss L>
Result solve_by_hessians(const SolveRequest& request, L loss, Trace& trace);
/// @}

/// The same on virtual cores. @{
template <Loss L>
VirtualRun simulate_by_rows(const SolveRequest& request, L loss, const VirtualWorkers& workers,
                            Trace& trace);
template <Loss L>
VirtualRun simulate_by_columns(const SolveRequest& request, L loss, const VirtualWorkers& workers,
                               Trace& trace);
/// @}

}  // namespace sounder
