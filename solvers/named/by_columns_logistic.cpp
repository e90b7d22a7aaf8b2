#include "by_columns.hpp"

template sounder::Result sounder::cli::solve_coordinates(const SolveRequest&, Logistic, Trace&);
template sounder::VirtualRun sounder::cli::simulate_coordinates(const SolveRequest&, Logistic,
                                                                const VirtualWorkers&, Trace&);
