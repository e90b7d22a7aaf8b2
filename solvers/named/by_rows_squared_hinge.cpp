#include "by_rows.hpp"

template sounder::Result sounder::cli::solve_loss(const SolveRequest&, SquaredHinge, Trace&);
template sounder::VirtualRun sounder::cli::simulate_loss(const SolveRequest&, SquaredHinge,
                                                         const VirtualWorkers&, Trace&);
