// Intervals and infinity. Losses and penalties are infinite where they forbid a value.
#pragma once

#include <limits>

namespace sounder {

inline constexpr double infinity = std::numeric_limits<double>::infinity();  ///< of type double

/// A closed interval, perhaps unbounded.
struct Interval {
  double low;   ///< -infinity: no lower end
  double high;  ///< infinity: no upper end
};

/// All numbers.
inline constexpr Interval everywhere{-infinity, infinity};

}  // namespace sounder
