#include <sounder/solvers/named/by_rows.hpp>

template sounder::Result sounder::solve_loss(const SolveRequest&, SquaredHinge, Trace&);
template sounder::VirtualRun sounder::simulate_loss(const SolveRequest&, SquaredHinge,
                                                    const VirtualWorkers&, Trace&);
