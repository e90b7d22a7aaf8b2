#include "by_columns.hpp"

template sounder::Result sounder::cli::solve_coordinates(const SolveRequest&, Squared, Trace&);
template sounder::VirtualRun sounder::cli::simulate_coordinates(const SolveRequest&, Squared,
                                                                const VirtualWorkers&, Trace&);
