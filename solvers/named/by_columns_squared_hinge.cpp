#include "by_columns.hpp"

template sounder::Result sounder::cli::solve_coordinates(const SolveRequest&, SquaredHinge, Trace&);
template sounder::VirtualRun sounder::cli::simulate_coordinates(const SolveRequest&, SquaredHinge,
                                                                const VirtualWorkers&, Trace&);
