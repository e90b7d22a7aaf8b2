// Counter-based random numbers: the k-th draw of a stream is a function of (seed, stream, k) alone,
// so a worker's draws never depend on those of another.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <utility>

namespace sounder {
namespace detail {

/// SplitMix64's increment, 2^64 divided by the golden ratio, and its finaliser. @{
inline constexpr std::uint64_t golden = 0x9E3779B97F4A7C15U;

[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t z) noexcept {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}
/// @}

}  // namespace detail

/// A hash of a number: the first output of SplitMix64 (see RandomStream) with that seed. One to
/// one. splitmix64(0) = 0xE220A8397B1DCDAF, splitmix64(1) = 0x910A2DEC89025CC1.
[[nodiscard]] constexpr std::uint64_t splitmix64(std::uint64_t number) noexcept {
  return detail::mix(number + detail::golden);
}

/// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014), by
/// counter. Cheap to make: 16 bytes, no warm-up. One thread an object; streams with different
/// numbers are independent for our purposes. Satisfies std::uniform_random_bit_generator.
class RandomStream {
 public:
  using result_type = std::uint64_t;  ///< type of a draw

  /// Stream number `stream` of a seed, at its first draw.
  explicit RandomStream(std::uint64_t seed, std::uint64_t stream = 0) noexcept
      : key_(detail::mix(splitmix64(seed) ^ (stream * 0xD1342543DE82EF95U + detail::golden))) {}

  /// Draw number `counter`, independent of earlier calls.
  [[nodiscard]] std::uint64_t at(std::uint64_t counter) const noexcept {
    return splitmix64(key_ + counter * detail::golden);
  }

  /// The next draw: 64 random bits.
  std::uint64_t operator()() noexcept { return at(counter_++); }

  /// The range of a draw. @{
  static constexpr std::uint64_t min() noexcept { return 0; }
  static constexpr std::uint64_t max() noexcept { return ~std::uint64_t{0}; }
  /// @}

  /// Uniform in [0, 1), 53 bits.
  double uniform() noexcept { return static_cast<double>((*this)() >> 11) * 0x1.0p-53; }

  /// Uniform integer in [0, bound), bound in [1, 2^32] (Lemire's multiplication; bias < 2^-32).
  std::uint64_t below(std::uint64_t bound) noexcept { return (((*this)() >> 32) * bound) >> 32; }

  /// Standard normal, by Box and Muller (two draws a call).
  double normal() noexcept {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
  }

 private:
  std::uint64_t key_;
  std::uint64_t counter_ = 0;
};

/// Shuffles the numbers uniformly (Fisher and Yates); fewer than 2^32 numbers. O(size).
template <class T>
void shuffle(std::span<T> numbers, RandomStream& random) noexcept {
  for (std::size_t k = numbers.size(); k > 1; --k) {
    std::swap(numbers[k - 1], numbers[random.below(k)]);
  }
}

/// Moves a uniform choice of `count` of the numbers to the front, at most all of them. O(count).
template <class T>
void shuffle_front(std::span<T> numbers, std::size_t count, RandomStream& random) noexcept {
  for (std::size_t k = 0; k < count; ++k) {
    std::swap(numbers[k], numbers[k + random.below(numbers.size() - k)]);
  }
}

}  // namespace sounder
