// Sums that do not depend on the order of their terms.
#pragma once

#include <cmath>

namespace sounder {

/// Rounds terms to whole multiples of one power of two, so that adding them is exact, in whatever
/// order, by however many workers (Demmel, Nguyen, "Parallel reproducible summation", IEEE Trans.
/// Computers 2015, with one bin). Holds for terms and sums of absolute value below the window.
///
/// Two additions a term; compiled without contraction of products and sums.
class OrderFree {
 public:
  /// For sums of absolute value up to `window` > 0: what is lost is 2^-51 of the next power of two.
  explicit OrderFree(double window = 1.0) noexcept
      : exponent_(std::ilogb(window) + 2), shift_(1.5 * std::scalbn(1.0, exponent_)) {}

  /// The nearest multiple.
  [[nodiscard]] double rounded(double term) const noexcept { return (term + shift_) - shift_; }
  /// Whether sums of that size are still exact.
  [[nodiscard]] bool holds(double window) const noexcept {
    return window < std::scalbn(1.0, exponent_ - 1);
  }

 private:
  int exponent_;
  double shift_;
};

}  // namespace sounder
