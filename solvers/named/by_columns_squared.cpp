#include <sounder/solvers/named/by_columns.hpp>

template sounder::Result sounder::solve_coordinates(const SolveRequest&, Squared, Trace&);
template sounder::VirtualRun sounder::simulate_coordinates(const SolveRequest&, Squared,
                                                           const VirtualWorkers&, Trace&);
