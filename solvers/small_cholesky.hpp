// Small dense systems, solved without a library so that the solvers' headers need none.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>

namespace sounder {

/// Solves A x = b for a symmetric positive definite A of size k x k (row-major, lower triangle
/// read, overwritten by its Cholesky factor); b is overwritten by x. O(k^3).
/// @return false, with b undefined, if A is not numerically positive definite
inline bool solve_cholesky(std::span<double> a, std::span<double> b) noexcept {
  const std::size_t k = b.size();
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = a[i * k + j];
      for (std::size_t m = 0; m < j; ++m) {
        sum -= a[i * k + m] * a[j * k + m];
      }
      if (i != j) {
        a[i * k + j] = sum / a[j * k + j];
      } else if (sum > 0.0) {
        a[i * k + i] = std::sqrt(sum);
      } else {
        return false;  // NaN too
      }
    }
  }
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t m = 0; m < i; ++m) {
      b[i] -= a[i * k + m] * b[m];
    }
    b[i] /= a[i * k + i];
  }
  for (std::size_t i = k; i-- > 0;) {
    for (std::size_t m = i + 1; m < k; ++m) {
      b[i] -= a[m * k + i] * b[m];
    }
    b[i] /= a[i * k + i];
  }
  return true;
}

}  // namespace sounder
