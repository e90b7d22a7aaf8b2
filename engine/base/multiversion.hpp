// Function multiversioning: a loop compiled twice, for any x86-64 and for AVX2.
#pragma once

namespace sounder {

namespace detail {

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__AVX2__)
template <class Loop>
[[gnu::target("avx2"), gnu::flatten, gnu::noinline]] auto compiled_for_avx2(const Loop& loop) {
  return loop();
}
[[nodiscard]] inline bool has_avx2() noexcept {
  return __builtin_cpu_supports("avx2") != 0;
}
#endif

}  // namespace detail

/// Returns loop(), in a copy of it that is compiled for AVX2 (with all that it calls, as far as it
/// is inline) if the processor has that; GCC and Clang on x86-64. Four doubles at a time instead of
/// two, and instructions that SSE2 lacks. AVX2 has no fused multiply-add, so the copies' bits are
/// the same, as long as nothing in the loop asks the compiler to reorder sums.
///
/// Pays for loops over hundreds of numbers whose bodies compute (an exponential, say): a call costs
/// some nanoseconds. Gathers and scatters gain nothing. Thread-safe if the loop is.
template <class Loop>
inline auto multiversion(const Loop& loop) {
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__AVX2__)
  if (detail::has_avx2()) {
    return detail::compiled_for_avx2(loop);
  }
#endif
  return loop();
}

}  // namespace sounder
