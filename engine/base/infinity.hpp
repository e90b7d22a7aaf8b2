// The number that losses and penalties are where they forbid something.
#pragma once

#include <limits>

namespace sounder {

inline constexpr double infinity = std::numeric_limits<double>::infinity();  ///< of a double

}  // namespace sounder
