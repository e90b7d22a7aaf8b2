#include "solve_loss.hpp"

template sounder::Result sounder::cli::solve_loss(const SolveRequest&, Squared, Trace&);
