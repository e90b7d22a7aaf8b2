// Sums that do not depend on the order of their terms.
#pragma once

#ifdef __FAST_MATH__
#error "-ffast-math would take the rounding away on which the same bits rest"
#endif

#include <algorithm>
#include <bit>
#include <cstdint>

namespace sounder {

/// Rounds terms to whole multiples of one power of two, so that adding them is exact, in whatever
/// order, by however many workers (Demmel, Nguyen, "Parallel reproducible summation", IEEE Trans.
/// Computers 2015, with one bin). Holds for terms and sums of absolute value below the window.
///
/// Two additions a term; compiled without contraction of products and sums.
class OrderFree {
 public:
  /// For sums of absolute values up to `window` >= 0: what is lost of a term is 2^-51 of it.
  explicit OrderFree(double window) noexcept {
    constexpr std::uint64_t mantissa = 52;
    constexpr std::uint64_t least = 60;   // exponents as they are stored: no subnormal quantum,
    constexpr std::uint64_t most = 2040;  // and no infinite shift
    const std::uint64_t exponent = std::bit_cast<std::uint64_t>(window) >> mantissa & 0x7FFU;
    const std::uint64_t above = std::clamp(exponent + 2, least, most);
    shift_ = 1.5 * std::bit_cast<double>(above << mantissa);
  }

  /// The nearest multiple of the quantum.
  [[nodiscard]] double rounded(double term) const noexcept { return (term + shift_) - shift_; }

 private:
  double shift_;
};

}  // namespace sounder
