// Every solver that goes by the Hessian, for one loss; as by_rows.hpp. The penalty is l2.
#pragma once

#include <stdexcept>
#include <string>

#include <sounder/solvers/named/families.hpp>
#include <sounder/solvers/named/find_solver.hpp>
#include <sounder/solvers/penalty/l2.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {

template <Loss L>
Result solve_by_hessians(const SolveRequest& request, L loss, Trace& trace) {
  if constexpr (L::smooth || CornerLoss<L>) {
    if (request.l1_ratio != 0.0 || !(request.lambda > 0.0)) {
      throw std::invalid_argument("the solver " + request.solver + " needs an l2 penalty");
    }
    const Problem<L, L2> problem{request.matrix,   request.targets,   loss,
                                 {request.lambda}, request.intercept, request.weights};
    return with_solver(hessian_solvers, request, [&](const auto& run, auto update) {
      return run(update, problem, request.newton_options(), trace);
    });
  } else {
    throw std::invalid_argument("the solver " + request.solver + " cannot round the corner of " +
                                request.loss);
  }
}

}  // namespace sounder
