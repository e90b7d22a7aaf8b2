#include "by_rows.hpp"

template sounder::Result sounder::cli::solve_loss(const SolveRequest&, Logistic, Trace&);
template sounder::VirtualRun sounder::cli::simulate_loss(const SolveRequest&, Logistic,
                                                         const VirtualWorkers&, Trace&);
