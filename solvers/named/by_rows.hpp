// Every solver for one loss. Each loss has a source file of its own (solve_LOSS.cpp) that
// instantiates this: it is what takes the time to compile.
#pragma once

#include <sounder/solvers/hogwild.hpp>
#include <sounder/solvers/problem/problem.hpp>
#include <sounder/solvers/sgd.hpp>
#include <sounder/solvers/virtual_cores.hpp>

#include <sounder/solvers/named/names.hpp>
#include <sounder/solvers/named/solve.hpp>

namespace sounder {

/// Calls `use(problem)` with the request's problem, this loss, and the penalty that it names.
template <Loss L, class Use>
decltype(auto) with_problem(const SolveRequest& request, L loss, Use&& use) {
  return with_penalty(request.penalty, request.lambda, request.l1_ratio, [&](auto penalty) {
    return use(Problem<L, decltype(penalty)>{request.matrix, request.targets, loss, penalty,
                                             request.intercept, request.weights});
  });
}

/// Trains with this loss and the penalty, solver and update policy that the request names.
template <Loss L>
Result solve_loss(const SolveRequest& request, L loss, Trace& trace) {
  return with_problem(request, loss, [&](const auto& problem) {
    if (request.solver == "sgd") {
      return sgd(problem, request.sgd, trace);
    }
    return with_update(Updates{}, request.update, request.counted, [&](auto update) {
      return hogwild<typename decltype(update)::type>(problem, request.sgd, trace);
    });
  });
}

/// The same on virtual cores.
template <Loss L>
VirtualRun simulate_loss(const SolveRequest& request, L loss, const VirtualWorkers& workers,
                         Trace& trace) {
  return with_problem(request, loss, [&](const auto& problem) {
    return virtual_hogwild(problem, request.sgd, workers, trace);
  });
}

}  // namespace sounder
