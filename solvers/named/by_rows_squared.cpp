#include <sounder/solvers/named/by_rows.hpp>

template sounder::Result sounder::solve_loss(const SolveRequest&, Squared, Trace&);
template sounder::VirtualRun sounder::simulate_loss(const SolveRequest&, Squared,
                                                    const VirtualWorkers&, Trace&);
