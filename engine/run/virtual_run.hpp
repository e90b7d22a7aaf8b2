// The outcome of a run on virtual cores.
#pragma once

#include <sounder/engine/run/result.hpp>

namespace sounder {

/// The outcome of a simulated run. `result.threads` is the number of virtual workers,
/// `result.counts` is filled in, and the seconds are those of the simulation, not a prediction.
struct VirtualRun {
  Result result;         ///< the solver's result
  double balance = 1.0;  ///< see Replay::balance
};

}  // namespace sounder
