// Every coordinate solver for one loss. Each loss has a source file of its own
// (coordinates_LOSS.cpp) that instantiates this. One penalty, Bounded, is all the others.
#pragma once

#include <sounder/solvers/block_cd.hpp>
#include <sounder/solvers/block_greedy.hpp>
#include <sounder/solvers/cd.hpp>
#include <sounder/solvers/newton/newton_epochs.hpp>
#include <sounder/solvers/penalty/bounded.hpp>
#include <sounder/solvers/problem/problem.hpp>
#include <sounder/solvers/shotgun.hpp>
#include <sounder/solvers/virtual_cores.hpp>

#include <sounder/solvers/named/names.hpp>
#include <sounder/solvers/named/solve.hpp>

namespace sounder {

/// The request's problem with this loss.
template <Loss L>
[[nodiscard]] Problem<L, Bounded> bounded_problem(const SolveRequest& request, L loss) {
  const Bounded penalty{.l1_strength = request.lambda * request.l1_ratio,
                        .l2_strength = request.lambda * (1.0 - request.l1_ratio),
                        .lower = request.bounds.low,
                        .upper = request.bounds.high};
  return {request.matrix, request.targets, loss, penalty, request.intercept, request.weights};
}

/// Trains with this loss and the penalty, solver and update policy that the request names.
template <Loss L>
Result solve_coordinates(const SolveRequest& request, L loss, Trace& trace) {
  const Problem<L, Bounded> problem = bounded_problem(request, loss);
  if (request.solver == "cd") {
    return cd(problem, request.coordinate, trace);
  }
  return with_update(CoordinateUpdates{}, request.update, request.counted, [&](auto type) {
    using Update = typename decltype(type)::type;
    if (request.solver == "block-greedy") {
      return block_greedy<Update>(problem, request.coordinate, trace, newton_ending);
    }
    if (request.solver == "block-cd") {
      return block_cd<Update>(problem, request.coordinate, trace, newton_ending);
    }
    return shotgun<Update>(problem, request.coordinate, trace, newton_ending);
  });
}

/// The same on virtual cores: Shotgun and block-greedy.
template <Loss L>
VirtualRun simulate_coordinates(const SolveRequest& request, L loss, const VirtualWorkers& workers,
                                Trace& trace) {
  const Problem<L, Bounded> problem = bounded_problem(request, loss);
  return request.solver == "block-greedy"
             ? virtual_block_greedy(problem, request.coordinate, workers, trace)
             : virtual_shotgun(problem, request.coordinate, workers, trace);
}

}  // namespace sounder
