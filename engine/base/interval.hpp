// Infinity, which losses and penalties are where they forbid something, and intervals.
#pragma once

#include <limits>

namespace sounder {

inline constexpr double infinity = std::numeric_limits<double>::infinity();  ///< of a double

/// A closed interval, perhaps without an end.
struct Interval {
  double low;   ///< -infinity where there is no lower end
  double high;  ///< infinity where there is no upper end
};

/// All numbers.
inline constexpr Interval everywhere{-infinity, infinity};

}  // namespace sounder
