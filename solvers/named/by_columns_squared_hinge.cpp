#include <sounder/solvers/named/by_columns.hpp>

template sounder::Result sounder::solve_coordinates(const SolveRequest&, SquaredHinge, Trace&);
template sounder::VirtualRun sounder::simulate_coordinates(const SolveRequest&, SquaredHinge,
                                                           const VirtualWorkers&, Trace&);
