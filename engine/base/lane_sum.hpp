// Long sums, added up fast.
#pragma once

#include <cstddef>

namespace sounder {

/// A sum kept as eight sums side by side, because an addition that waits for the one before takes
/// longer than computing most terms. The bits do not depend on how the terms come in parts, if all
/// parts but the last are multiples of `lanes`.
class LaneSum {
 public:
  /// The number of sums side by side.
  static constexpr std::size_t lanes = 8;

  /// Adds term(k), k in [0, count). O(count).
  template <class Term>
  void add(std::size_t count, const Term& term) noexcept {
    std::size_t k = 0;
    for (; k + lanes <= count; k += lanes) {
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        sums_[lane] += term(k + lane);
      }
    }
    for (; k < count; ++k) {
      sums_[0] += term(k);
    }
  }

  /// The sum of everything added.
  [[nodiscard]] double total() const noexcept {
    return ((sums_[0] + sums_[1]) + (sums_[2] + sums_[3])) +
           ((sums_[4] + sums_[5]) + (sums_[6] + sums_[7]));
  }

 private:
  double sums_[lanes] = {};
};

/// sum_k term(k), k in [0, count), added as in LaneSum. O(count).
template <class Term>
[[nodiscard]] inline double lane_sum(std::size_t count, const Term& term) noexcept {
  LaneSum sum;
  sum.add(count, term);
  return sum.total();
}

}  // namespace sounder
