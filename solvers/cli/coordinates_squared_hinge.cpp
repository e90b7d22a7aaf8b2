#include "solve_coordinates.hpp"

template sounder::Result sounder::cli::solve_coordinates(const SolveRequest&, SquaredHinge, Trace&);
