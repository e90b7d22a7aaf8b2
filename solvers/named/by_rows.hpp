// Every solver that goes by rows, for one loss. Included by the sources that CMake makes, one a
// loss, because compiling it takes long.
#pragma once

#include <sounder/solvers/named/families.hpp>
#include <sounder/solvers/named/find_solver.hpp>
#include <sounder/solvers/named/names.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {
namespace detail {

/// Calls `use(problem)` with the request's problem, this loss, and the penalty that the request
/// names.
template <Loss L, class Use>
decltype(auto) with_problem(const SolveRequest& request, L loss, Use&& use) {
  return with_penalty(request.penalty, request.lambda, request.l1_ratio, [&](auto penalty) {
    return use(Problem<L, decltype(penalty)>{request.matrix, request.targets, loss, penalty,
                                             request.intercept, request.weights});
  });
}

}  // namespace detail

template <Loss L>
Result solve_by_rows(const SolveRequest& request, L loss, Trace& trace) {
  return detail::with_problem(request, loss, [&](const auto& problem) {
    return with_solver(row_solvers, request, [&](const auto& run, auto update) {
      return run(update, problem, request.sgd_options(), trace);
    });
  });
}

template <Loss L>
VirtualRun simulate_by_rows(const SolveRequest& request, L loss, const VirtualWorkers& workers,
                            Trace& trace) {
  return detail::with_problem(request, loss, [&](const auto& problem) {
    return with_replay(row_solvers, request, [&](const auto& replay) {
      return replay(problem, request.sgd_options(), workers, trace);
    });
  });
}

}  // namespace sounder
