// A long sum in several short ones.
#pragma once

#include <cstddef>

namespace sounder {

/// sum_k term(k), k in [0, count), in eight sums side by side: an addition that waits for the one
/// before takes longer than most terms. The same bits wherever it is called. O(count).
template <class Term>
[[nodiscard]] inline double lane_sum(std::size_t count, const Term& term) noexcept {
  constexpr std::size_t lanes = 8;
  double sums[lanes] = {};
  std::size_t k = 0;
  for (; k + lanes <= count; k += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      sums[lane] += term(k + lane);
    }
  }
  for (; k < count; ++k) {
    sums[0] += term(k);
  }
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

}  // namespace sounder
