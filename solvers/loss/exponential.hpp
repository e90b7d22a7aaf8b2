// exp and log1p as the logistic loss needs them: without branches or tables, so that loops over
// rows become SIMD, and with the same bits on every processor (the C library's differ).
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace sounder {

/// 1 where x > 0 or +0, 0 where it is less: a choice between a and b is then the exact
/// k a + (1 - k) b, where a condition would be a jump. O(1).
[[nodiscard]] inline double is_positive(double x) noexcept {
  return 0.5 + std::copysign(0.5, x);
}

/// exp(x) for x <= 0, to 1 ulp; 0 below -708. NaN for infinity, which a margin must not be. O(1).
///
/// x = n log 2 + r, |r| <= log(2) / 2, and Taylor's series of degree 13 in r, added in pairs
/// (Estrin's scheme), so that a single one does not wait long.
[[nodiscard]] inline double exp_of_negative(double x) noexcept {
  constexpr double log2e = 1.4426950408889634;
  constexpr double log2_high = 0x1.62e42fefa3800p-1;  // n times this is exact
  constexpr double log2_low = 0x1.ef35793c76730p-45;
  constexpr double round = 0x1.8p52;  // adding it leaves the nearest integer in the low bits
  // std::max(x, -708) would do, but compilers make a path of their own for the constant: a jump.
  const double within = is_positive(x + 708.0);
  const double bounded = within * x - (1.0 - within) * 708.0;
  const double shifted = bounded * log2e + round;
  const double n = shifted - round;
  const double r = (bounded - n * log2_high) - n * log2_low;
  const double r2 = r * r;
  const double r4 = r2 * r2;
  const double r8 = r4 * r4;
  const double p23 = 1.0 / 2 + r * (1.0 / 6);
  const double p45 = 1.0 / 24 + r * (1.0 / 120);
  const double p67 = 1.0 / 720 + r * (1.0 / 5040);
  const double p89 = 1.0 / 40320 + r * (1.0 / 362880);
  const double pab = 1.0 / 3628800 + r * (1.0 / 39916800);
  const double pcd = 1.0 / 479001600 + r * (1.0 / 6227020800.0);
  const double rest = (p23 + r2 * p45) + r4 * (p67 + r2 * p89) + r8 * (pab + r2 * pcd);
  const double sum = 1.0 + (r + r2 * rest);
  const std::uint64_t power = (std::bit_cast<std::uint64_t>(shifted) + 1023) << 52;
  return within * (sum * std::bit_cast<double>(power));
}

namespace detail {

/// log(1 + f), f in [-0.293, 0.415]: 2 artanh(f / (2 + f)) by its series up to the power 21.
[[nodiscard]] inline double log1p_near_zero(double f) noexcept {
  const double s = f / (2.0 + f);
  const double t = s * s;
  const double t2 = t * t;
  const double t4 = t2 * t2;
  const double p01 = 1.0 / 3 + t * (1.0 / 5);
  const double p23 = 1.0 / 7 + t * (1.0 / 9);
  const double p45 = 1.0 / 11 + t * (1.0 / 13);
  const double p67 = 1.0 / 15 + t * (1.0 / 17);
  const double p89 = 1.0 / 19 + t * (1.0 / 21);
  const double series = (p01 + t2 * p23) + t4 * ((p45 + t2 * p67) + t4 * p89);
  return 2.0 * (s + s * (t * series));
}

inline constexpr double log_of_two = 0.6931471805599453;

}  // namespace detail

/// log(1 + e) for e in [0, 1], to 2 ulp. NaN stays. O(1).
///
/// 1 + e = 2^k (1 + f), k = 0 or 1.
[[nodiscard]] inline double log1p_of_unit(double e) noexcept {
  const double upper = is_positive(e - 0.41421356237309503);
  const double f = (1.0 - upper) * e + upper * (0.5 * (e - 1.0));
  return upper * detail::log_of_two + detail::log1p_near_zero(f);
}

/// log(x) for x in (0, 1], to 2 ulp; some finite number below -700 for 0 and for numbers below
/// 1e-307. O(1).
///
/// x = 2^k (1 + f), with k and f from the bits of x.
[[nodiscard]] inline double log_of_unit(double x) noexcept {
  constexpr std::uint64_t root_half = 0x3fe6a09e667f3bcd;  // the bits of sqrt(1/2)
  constexpr std::uint64_t above = std::uint64_t{1024} << 52;
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const std::uint64_t power = (bits + (above - root_half)) >> 52;  // k + 1024
  // In the low bits of 2^52 it is a double without a conversion.
  const double k =
      std::bit_cast<double>(power | std::bit_cast<std::uint64_t>(0x1p52)) - (0x1p52 + 1024.0);
  const double f = std::bit_cast<double>(bits - (power << 52) + above) - 1.0;
  return k * detail::log_of_two + detail::log1p_near_zero(f);
}

/// The entropy -u log u - (1 - u) log(1 - u) for u in [0, 1], to a few ulp. O(1).
[[nodiscard]] inline double binary_entropy(double u) noexcept {
  const double rest = 1.0 - u;
  // What rounding took from the rest: for u = 1e-10 it is half of log(1 - u)'s digits.
  const double lost = (1.0 - rest) - u;
  return -u * log_of_unit(u) - (rest * log_of_unit(rest) + lost);
}

}  // namespace sounder
