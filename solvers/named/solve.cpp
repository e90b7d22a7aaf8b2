#include <sounder/solvers/named/solve.hpp>

#include <sounder/solvers/named/families.hpp>
#include <sounder/solvers/named/names.hpp>
#include <sounder/solvers/named/solver_row.hpp>
#include <sounder/solvers/path/lambda_max.hpp>

#include <stdexcept>

namespace sounder {

Result solve(const SolveRequest& request, Trace& trace) {
  const Family family = solver_row(request.solver).family;
  return with_loss(request.loss, request.loss_parameter, [&](auto loss) {
    return family == Family::columns    ? solve_by_columns(request, loss, trace)
           : family == Family::duals    ? solve_by_duals(request, loss, trace)
           : family == Family::hessians ? solve_by_hessians(request, loss, trace)
                                        : solve_by_rows(request, loss, trace);
  });
}

VirtualRun simulate(const SolveRequest& request, const VirtualWorkers& workers, Trace& trace) {
  const SolverRow& row = solver_row(request.solver);
  if (!row.on_virtual_cores) {
    throw std::invalid_argument("the solver " + request.solver + " has no virtual cores");
  }
  return with_loss(request.loss, request.loss_parameter, [&](auto loss) {
    return row.family == Family::columns ? simulate_by_columns(request, loss, workers, trace)
                                         : simulate_by_rows(request, loss, workers, trace);
  });
}

double strongest_penalty(const SolveRequest& request, int threads) {
  return with_loss(request.loss, request.loss_parameter, [&](auto loss) {
    const Problem<decltype(loss), NoPenalty> problem{request.matrix,    request.targets, loss, {},
                                                     request.intercept, request.weights};
    return lambda_max(problem, request.l1_ratio, Team(threads));
  });
}

}  // namespace sounder
