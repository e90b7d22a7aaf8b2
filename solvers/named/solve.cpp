#include <sounder/solvers/named/solve.hpp>

#include <sounder/solvers/path/lambda_max.hpp>

#include <sounder/solvers/named/by_columns.hpp>
#include <sounder/solvers/named/by_rows.hpp>
#include <sounder/solvers/named/names.hpp>

namespace sounder {

extern template Result solve_loss(const SolveRequest&, Logistic, Trace&);
extern template VirtualRun simulate_loss(const SolveRequest&, Logistic, const VirtualWorkers&,
                                         Trace&);
extern template Result solve_loss(const SolveRequest&, Squared, Trace&);
extern template VirtualRun simulate_loss(const SolveRequest&, Squared, const VirtualWorkers&,
                                         Trace&);
extern template Result solve_loss(const SolveRequest&, SquaredHinge, Trace&);
extern template VirtualRun simulate_loss(const SolveRequest&, SquaredHinge, const VirtualWorkers&,
                                         Trace&);
extern template Result solve_loss(const SolveRequest&, Hinge, Trace&);
extern template VirtualRun simulate_loss(const SolveRequest&, Hinge, const VirtualWorkers&, Trace&);

extern template Result solve_coordinates(const SolveRequest&, Logistic, Trace&);
extern template VirtualRun simulate_coordinates(const SolveRequest&, Logistic,
                                                const VirtualWorkers&, Trace&);
extern template Result solve_coordinates(const SolveRequest&, Squared, Trace&);
extern template VirtualRun simulate_coordinates(const SolveRequest&, Squared, const VirtualWorkers&,
                                                Trace&);
extern template Result solve_coordinates(const SolveRequest&, SquaredHinge, Trace&);
extern template VirtualRun simulate_coordinates(const SolveRequest&, SquaredHinge,
                                                const VirtualWorkers&, Trace&);

Result solve(const SolveRequest& request, Trace& trace) {
  return with_loss(request.loss, [&](auto loss) {
    if constexpr (decltype(loss)::smooth) {
      if (is_coordinate_solver(request.solver)) {
        return solve_coordinates(request, loss, trace);
      }
    }
    return solve_loss(request, loss, trace);
  });
}

VirtualRun simulate(const SolveRequest& request, const VirtualWorkers& workers, Trace& trace) {
  return with_loss(request.loss, [&](auto loss) {
    if constexpr (decltype(loss)::smooth) {
      if (is_coordinate_solver(request.solver)) {
        return simulate_coordinates(request, loss, workers, trace);
      }
    }
    return simulate_loss(request, loss, workers, trace);
  });
}

double strongest_penalty(const SolveRequest& request, int threads) {
  return with_loss(request.loss, [&](auto loss) {
    const Problem<decltype(loss), NoPenalty> problem{request.matrix,    request.targets, loss, {},
                                                     request.intercept, request.weights};
    return lambda_max(problem, request.l1_ratio, Team(threads));
  });
}

}  // namespace sounder
