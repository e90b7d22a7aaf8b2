// Zipf's law, the distribution of words in text: a few are frequent, most are rare.
#pragma once

#include <sounder/engine/base/random.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace sounder {

/// Ranks 0, 1, ..., count - 1; rank r has a probability proportional to 1 / (r + 1)^s.
///
/// Rejection-inversion (Hoermann and Derflinger, "Rejection-inversion to generate variates from
/// monotone discrete distributions", 1996): O(1) a draw for any count, no table. Immutable.
class ZipfDistribution {
 public:
  /// @param count    number of ranks, at least 1
  /// @param exponent s >= 0; 0 is the uniform distribution
  /// @throws std::invalid_argument
  ZipfDistribution(Index count, double exponent) : count_(count), exponent_(exponent) {
    if (count < 1) {
      throw std::invalid_argument("ZipfDistribution: at least one rank is needed");
    }
    if (!(exponent >= 0.0 && exponent <= 100.0)) {
      throw std::invalid_argument("ZipfDistribution: the exponent must be in [0, 100]");
    }
    first_ = area(1.5) - 1.0;
    last_ = area(static_cast<double>(count) + 0.5);
    squeeze_ = 2.0 - inverse_area(area(2.5) - height(2.0));
  }

  /// Draws a rank in [0, count).
  Index operator()(RandomStream& random) const noexcept {
    while (true) {
      const double u = last_ + random.uniform() * (first_ - last_);
      const double x = inverse_area(u);
      const double k = std::clamp(std::floor(x + 0.5), 1.0, static_cast<double>(count_));
      if (k - x <= squeeze_ || u >= area(k + 0.5) - height(k)) {
        return static_cast<Index>(k) - 1;
      }
    }
  }

 private:
  /// x^-s, the function above the histogram of probabilities.
  [[nodiscard]] double height(double x) const noexcept { return std::pow(x, -exponent_); }

  /// The integral of height() from 1 to x, (x^(1-s) - 1) / (1 - s), without cancellation near s =
  /// 1.
  [[nodiscard]] double area(double x) const noexcept {
    const double log_x = std::log(x);
    const double power = (1.0 - exponent_) * log_x;
    return std::abs(power) < 1e-12 ? log_x : log_x * std::expm1(power) / power;
  }

  /// The x with area(x) = u: (1 + (1 - s) u)^(1 / (1 - s)).
  [[nodiscard]] double inverse_area(double u) const noexcept {
    const double power = 1.0 - exponent_;
    if (std::abs(power) > 0.01) {
      return std::exp(std::log(std::max(0.0, 1.0 + power * u)) / power);
    }
    return std::exp(std::abs(power) < 1e-12 ? u : std::log1p(power * u) / power);
  }

  Index count_;
  double exponent_;
  double first_ = 0.0;
  double last_ = 0.0;
  double squeeze_ = 0.0;
};

}  // namespace sounder
