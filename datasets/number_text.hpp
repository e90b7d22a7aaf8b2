// Parses decimal numbers, correctly rounded, independent of the locale.
#pragma once

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace sounder::detail {

/// Text for these functions must be followed by this many readable bytes.
inline constexpr std::size_t text_padding = 64;

/// Up to 8 decimal digits at the head of a text.
struct Digits {
  std::uint64_t value = 0;
  unsigned count = 0;
};

/// Reads eight bytes at once, and no branch depends on the number of digits: in sparse data the
/// branch predictor cannot guess the length of an index.
[[nodiscard]] inline Digits leading_digits(const char* text) noexcept {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, text, sizeof bytes);
  if constexpr (std::endian::native == std::endian::big) {
    bytes = __builtin_bswap64(bytes);
  }
  // Sets the top bit of each byte that is not a digit; carries only affect bytes after the first
  // one.
  const std::uint64_t other =
      ((bytes + 0x4646464646464646U) | (bytes - 0x3030303030303030U)) & 0x8080808080808080U;
  const auto bits = other == 0 ? 64U : static_cast<unsigned>(std::countr_zero(other)) & ~7U;
  if (bits == 0) {
    return {};
  }
  // Moves the digits to the top, with zeros in front; then joins pairs, fours and eights.
  std::uint64_t value = (bytes << (64U - bits)) & 0x0F0F0F0F0F0F0F0FU;
  value = (value * 10 + (value >> 8)) & 0x00FF00FF00FF00FFU;
  value = (value * 100 + (value >> 16)) & 0x0000FFFF0000FFFFU;
  value = (value * 10000 + (value >> 32)) & 0xFFFFFFFFU;
  return {value, bits / 8};
}

inline constexpr std::array<double, 23> powers_of_ten = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

inline constexpr std::array<std::uint64_t, 9> small_powers_of_ten = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};

/// Appends the digits at `text` to `mantissa`, at most 24 of them; returns their end.
inline const char* append_digits(const char* text, std::uint64_t& mantissa) noexcept {
  for (int block = 0; block < 3; ++block) {
    const Digits digits = leading_digits(text);
    mantissa = mantissa * small_powers_of_ten[digits.count] + digits.value;
    text += digits.count;
    if (digits.count < 8) {
      break;
    }
  }
  return text;
}

/// Whether a number that is out of range is too small (true) or too large (false), by the power of
/// ten of its first nonzero digit.
[[nodiscard]] inline bool is_tiny(const char* first, const char* last) noexcept {
  std::int64_t power = 0;
  bool point = false;
  bool significant = false;
  for (; first != last && *first != 'e' && *first != 'E'; ++first) {
    if (*first == '.') {
      point = true;
    } else if (*first >= '0' && *first <= '9') {
      significant = significant || *first != '0';
      power += (significant && !point ? 1 : 0) - (!significant && point ? 1 : 0);
    }
  }
  if (first != last) {
    first += first + 1 != last && first[1] == '+' ? 2 : 1;
    std::int64_t exponent = 0;
    if (std::from_chars(first, last, exponent).ec == std::errc::result_out_of_range) {
      return *first == '-';
    }
    power += exponent;
  }
  return power < 0;
}

/// Parses any number with the standard library. Too large becomes infinity, too small zero.
template <class Real>
const char* parse_any_number(const char* first, const char* last, Real& value) noexcept {
  if (first != last && *first == '+') {
    ++first;
    if (first != last && *first == '-') {
      return nullptr;
    }
  }
  const auto [end, error] = std::from_chars(first, last, value);
  if (error == std::errc::invalid_argument) {
    return nullptr;
  }
  if (error == std::errc::result_out_of_range) {
    value = is_tiny(first, end) ? Real{0} : std::numeric_limits<Real>::infinity();
    value = *first == '-' ? -value : value;
  }
  return end;
}

/// Reads a number in [first, last): digits, point, exponent, with or without a sign (`nan` and
/// `inf` are read too, and the caller refuses them). Correctly rounded.
/// @returns the end of the number, or nullptr if there is none.
template <class Real>
const char* parse_number(const char* first, const char* last, Real& value) noexcept {
  const char* text = first + ((*first == '-' || *first == '+') ? 1 : 0);
  std::uint64_t mantissa = 0;
  const char* end = append_digits(text, mantissa);
  auto digits = end - text;
  std::ptrdiff_t decimals = 0;
  if (*end == '.') {
    const char* const fraction = end + 1;
    end = append_digits(fraction, mantissa);
    decimals = end - fraction;
    digits += decimals;
  }
  // A quotient of two exactly represented doubles is correctly rounded (Clinger, "How to read
  // floating point numbers accurately", 1990).
  constexpr std::uint64_t exact = std::uint64_t{1} << 53;
  if (digits == 0 || digits > 19 || mantissa > exact || (*end | 0x20) == 'e' || end > last) {
    return parse_any_number(first, last, value);
  }
  const double quotient =
      static_cast<double>(mantissa) / powers_of_ten[static_cast<std::size_t>(decimals)];
  if constexpr (sizeof(Real) == sizeof(float)) {
    // Rounding again to float is correct, unless the double may be on the wrong side of a midpoint
    // between two floats, or the float is subnormal or too large.
    constexpr std::uint64_t below_float = (std::uint64_t{1} << 29) - 1;
    const bool midpoint =
        (std::bit_cast<std::uint64_t>(quotient) & below_float) == (below_float + 1) / 2;
    const bool normal = quotient >= std::numeric_limits<float>::min();
    if (midpoint || (!normal && mantissa != 0)) {
      return parse_any_number(first, last, value);
    }
  }
  value = static_cast<Real>(*first == '-' ? -quotient : quotient);
  return end;
}

}  // namespace sounder::detail
