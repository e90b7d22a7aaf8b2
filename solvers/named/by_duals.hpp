// Every solver of the dual, for one loss; as by_rows.hpp. The penalty is l2.
#pragma once

#include <stdexcept>
#include <string>

#include <sounder/solvers/dual_cd.hpp>
#include <sounder/solvers/named/families.hpp>
#include <sounder/solvers/named/find_solver.hpp>
#include <sounder/solvers/penalty/l2.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {

template <Loss L>
Result solve_by_duals(const SolveRequest& request, L loss, Trace& trace) {
  if constexpr (DualLoss<L>) {
    if (request.l1_ratio != 0.0 || !(request.lambda > 0.0)) {
      throw std::invalid_argument("the solver " + request.solver + " needs an l2 penalty");
    }
    const Problem<L, L2> problem{request.matrix,   request.targets,   loss,
                                 {request.lambda}, request.intercept, request.weights};
    return with_solver(dual_solvers, request, [&](const auto& run, auto update) {
      return run(update, problem, request.dual_options(), trace);
    });
  } else {
    throw std::invalid_argument("the solver " + request.solver + " does not know the dual of " +
                                request.loss);
  }
}

}  // namespace sounder
