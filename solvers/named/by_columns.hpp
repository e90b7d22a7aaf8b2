// Every solver that goes by columns, for one loss; the twin of by_rows.hpp. One penalty type,
// Bounded, stands for all the others.
#pragma once

#include <stdexcept>
#include <string>
#include <type_traits>

#include <sounder/solvers/named/families.hpp>
#include <sounder/solvers/named/find_solver.hpp>
#include <sounder/solvers/penalty/bounded.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {
namespace detail {

template <Loss L>
[[nodiscard]] Problem<L, Bounded> bounded_problem(const SolveRequest& request, L loss) {
  const Bounded penalty{.l1_strength = request.lambda * request.l1_ratio,
                        .l2_strength = request.lambda * (1.0 - request.l1_ratio),
                        .lower = request.bounds.low,
                        .upper = request.bounds.high};
  return {request.matrix, request.targets, loss, penalty, request.intercept, request.weights};
}

[[noreturn]] inline void refuse_corner(const SolveRequest& request) {
  throw std::invalid_argument("the solver " + request.solver + " needs a smooth loss, which " +
                              request.loss + " is not");
}

}  // namespace detail

template <Loss L>
Result solve_by_columns(const SolveRequest& request, L loss, Trace& trace) {
  const Problem<L, Bounded> problem = detail::bounded_problem(request, loss);
  const CoordinateOptions options = request.coordinate_options();
  return with_solver(column_solvers, request, [&](const auto& run, auto update) -> Result {
    if constexpr (std::is_invocable_v<decltype(run), decltype(update), decltype(problem),
                                      decltype(options), Trace&>) {
      return run(update, problem, options, trace);
    } else {
      detail::refuse_corner(request);
    }
  });
}

template <Loss L>
VirtualRun simulate_by_columns(const SolveRequest& request, L loss, const VirtualWorkers& workers,
                               Trace& trace) {
  if constexpr (L::smooth) {
    const Problem<L, Bounded> problem = detail::bounded_problem(request, loss);
    return with_replay(column_solvers, request, [&](const auto& replay) {
      return replay(problem, request.coordinate_options(), workers, trace);
    });
  } else {
    detail::refuse_corner(request);
  }
}

}  // namespace sounder
