#include <sounder/solvers/named/by_columns.hpp>

template sounder::Result sounder::solve_coordinates(const SolveRequest&, Logistic, Trace&);
template sounder::VirtualRun sounder::simulate_coordinates(const SolveRequest&, Logistic,
                                                           const VirtualWorkers&, Trace&);
