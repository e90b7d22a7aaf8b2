#include <sounder/solvers/named/by_rows.hpp>

template sounder::Result sounder::solve_loss(const SolveRequest&, Logistic, Trace&);
template sounder::VirtualRun sounder::simulate_loss(const SolveRequest&, Logistic,
                                                    const VirtualWorkers&, Trace&);
