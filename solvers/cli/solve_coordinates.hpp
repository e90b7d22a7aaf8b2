// Every coordinate solver for one loss. Each loss has a source file of its own
// (coordinates_LOSS.cpp) that instantiates this. One penalty, Bounded, is all the others.
#pragma once

#include <sounder/solvers/block_cd.hpp>
#include <sounder/solvers/block_greedy.hpp>
#include <sounder/solvers/cd.hpp>
#include <sounder/solvers/penalty/bounded.hpp>
#include <sounder/solvers/problem.hpp>
#include <sounder/solvers/shotgun.hpp>

#include "dispatch.hpp"
#include "solve.hpp"

namespace sounder::cli {

/// Trains with this loss and the penalty, solver and update policy that the request names.
template <Loss L>
Result solve_coordinates(const SolveRequest& request, L loss, Trace& trace) {
  const Bounded penalty{.l1_strength = request.lambda * request.l1_ratio,
                        .l2_strength = request.lambda * (1.0 - request.l1_ratio),
                        .lower = request.bounds.low,
                        .upper = request.bounds.high};
  const Problem<L, Bounded> problem{request.matrix, request.targets,   loss,
                                    penalty,        request.intercept, request.weights};
  if (request.solver == "cd") {
    return cd(problem, request.coordinate, trace);
  }
  return with_type(CoordinateUpdates{}, request.update, [&](auto type) {
    using Update = typename decltype(type)::type;
    if (request.solver == "block-greedy") {
      return block_greedy<Update>(problem, request.coordinate, trace);
    }
    if (request.solver == "block-cd") {
      return block_cd<Update>(problem, request.coordinate, trace);
    }
    return shotgun<Update>(problem, request.coordinate, trace);
  });
}

}  // namespace sounder::cli
