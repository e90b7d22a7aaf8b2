// Dense systems of some hundred equations. Needs no library, so neither do the solvers' headers.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

#include <sounder/engine/base/blocked_cholesky.hpp>
#include <sounder/engine/base/call.hpp>
#include <sounder/engine/base/lane_sum.hpp>

namespace sounder {

namespace detail {

/// factor_cholesky() row by row, for small systems.
[[gnu::noinline]] inline bool factor_by_rows(std::span<double> a, std::size_t s,
                                             double least_pivot) noexcept {
  bool definite = true;
  for (std::size_t i = 0; i < s; ++i) {
    double* const row = a.data() + i * s;
    const double diagonal = row[i];
    for (std::size_t j = 0; j <= i; ++j) {
      const double* const other = a.data() + j * s;
      double rest = row[j];
      for (std::size_t q = 0; q < j; ++q) {
        rest -= row[q] * other[q];
      }
      if (j < i) {
        row[j] = rest / other[j];
      } else {
        const bool positive = rest > least_pivot * diagonal;  // false for NaN
        row[i] = positive ? std::sqrt(rest) : std::numeric_limits<double>::max();
        definite = definite && positive;
      }
    }
  }
  return definite;
}

}  // namespace detail

/// Overwrites the lower triangle of a symmetric positive semidefinite A of size s x s (row-major)
/// by its Cholesky factor; does not read above the diagonal. O(s^3). See team_cholesky.hpp for
/// large systems.
/// @param least_pivot as a share of the diagonal: a pivot no larger than this is due to rounding
///        and is made huge, so that its coordinate of a solution is zero
/// @return whether there was no such pivot
/// @throws std::bad_alloc if s is large
[[gnu::noinline]] inline bool factor_cholesky(std::span<double> a, std::size_t s,
                                              double least_pivot = 0.0) {
  constexpr std::size_t few = 24;
  if (s <= few) {
    return detail::factor_by_rows(a, s, least_pivot);
  }
  return BlockedCholesky(a, s, least_pivot)
      .factor([](std::size_t first, std::size_t last, Call<void(std::size_t)> work) {
        for (std::size_t k = first; k < last; ++k) {
          work(k);
        }
      });
}

/// Overwrites b by the x of L x = b, L the factor in the lower triangle. O(s^2).
[[gnu::noinline]] inline void solve_lower(std::span<const double> factor,
                                          std::span<double> b) noexcept {
  const std::size_t s = b.size();
  for (std::size_t i = 0; i < s; ++i) {
    const double* const row = factor.data() + i * s;
    b[i] = (b[i] - lane_sum(i, [&](std::size_t q) { return row[q] * b[q]; })) / row[i];
  }
}
/// Overwrites b by the x of L^T x = b. O(s^2).
[[gnu::noinline]] inline void solve_upper(std::span<const double> factor,
                                          std::span<double> b) noexcept {
  for (std::size_t s = b.size(), i = s; i-- > 0;) {
    const double* const row = factor.data() + i * s;
    const double x = b[i] / row[i];
    b[i] = x;
    for (std::size_t q = 0; q < i; ++q) {
      b[q] -= row[q] * x;
    }
  }
}
/// Overwrites b by the x of L L^T x = b. O(s^2).
inline void solve_factored(std::span<const double> factor, std::span<double> b) noexcept {
  solve_lower(factor, b);
  solve_upper(factor, b);
}

/// Solves A x = b for a symmetric positive semidefinite A of size s x s, as factor_cholesky() has
/// it; overwritten by the factor. b is overwritten by x. O(s^3).
/// @return whether there was no pivot due to rounding
inline bool solve_cholesky(std::span<double> a, std::span<double> b, double least_pivot = 0.0) {
  const bool definite = factor_cholesky(a, b.size(), least_pivot);
  solve_factored(a, b);
  return definite;
}

}  // namespace sounder
