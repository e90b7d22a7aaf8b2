// Every solver for one loss. Each loss has a source file of its own (solve_LOSS.cpp) that
// instantiates this: it is what takes the time to compile.
#pragma once

#include <sounder/solvers/hogwild.hpp>
#include <sounder/solvers/problem.hpp>
#include <sounder/solvers/sgd.hpp>

#include "dispatch.hpp"
#include "solve.hpp"

namespace sounder::cli {

/// Trains with this loss and the penalty, solver and update policy that the request names.
template <Loss L>
Result solve_loss(const SolveRequest& request, L loss, Trace& trace) {
  return with_penalty(request.penalty, request.lambda, request.l1_ratio, [&](auto penalty) {
    const Problem<L, decltype(penalty)> problem{request.matrix, request.targets,   loss,
                                                penalty,        request.intercept, request.weights};
    if (request.solver == "sgd") {
      return sgd(problem, request.sgd, trace);
    }
    return with_update(request.update, [&](auto update) {
      return hogwild<typename decltype(update)::type>(problem, request.sgd, trace);
    });
  });
}

}  // namespace sounder::cli
