// What comes out of a run on virtual cores.
#pragma once

#include <sounder/engine/run/result.hpp>

namespace sounder {

/// What a simulated run came to. `result.threads` is the number of virtual workers, its counts are
/// there, and its seconds are those of the simulation, which predict nothing.
struct VirtualRun {
  Result result;         ///< the solver's
  double balance = 1.0;  ///< as Replay::balance
};

}  // namespace sounder
