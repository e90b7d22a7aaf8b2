// What a stochastic step adds to a coordinate beside the row's own loss.
#pragma once

#include <sounder/solvers/penalty/penalty.hpp>

namespace sounder {

/// The terms of a step beside the loss, as the driver computes them.
struct StepTerms {
  double drift;      ///< mean gradient of variance reduction
  double shrink;     ///< l2: its product with the coefficient is a gradient
  double threshold;  ///< l1: its product with the step is a soft threshold
};

/// The terms beside the loss that a coordinate gets at every row that holds it. The drift is the
/// mean gradient of variance reduction, 0 without it. A change is computed in float (a relative
/// error of 6e-8 does not matter to a stochastic step) and added in double.
struct SmoothTerms {
  struct Source {};  ///< nothing in addition to the driver's terms
  float drift;       ///< as in StepTerms
  float shrink;      ///< as in StepTerms

  /// Rounds the terms to the nearest floats.
  static SmoothTerms from(const StepTerms& terms, Source /*none*/) noexcept {
    return {static_cast<float>(terms.drift), static_cast<float>(terms.shrink)};
  }
  /// x after a pull (the loss's part of the step) and a step on the terms.
  [[nodiscard]] double moved(double x, float pull, float step) const noexcept {
    return x - static_cast<double>(pull + step * (drift + shrink * static_cast<float>(x)));
  }
  /// The proximal step on the penalty alone.
  [[nodiscard]] double prox(double x, double step) const noexcept {
    return x / (1.0 + step * static_cast<double>(shrink));
  }
};

/// The same with the soft threshold of an l1 penalty.
struct SparseTerms {
  float drift;           ///< as in StepTerms
  float shrink;          ///< as in StepTerms
  float threshold;       ///< as in StepTerms
  float padding = 0.0F;  ///< makes 16 bytes, for one aligned load

  /// Like those of SmoothTerms, with the soft threshold. @{
  using Source = SmoothTerms::Source;
  static SparseTerms from(const StepTerms& terms, Source /*none*/) noexcept {
    return {static_cast<float>(terms.drift), static_cast<float>(terms.shrink),
            static_cast<float>(terms.threshold)};
  }
  [[nodiscard]] double moved(double x, float pull, float step) const noexcept {
    const float change = pull + step * (drift + shrink * static_cast<float>(x));
    return soft_threshold(x - static_cast<double>(change), static_cast<double>(step * threshold));
  }
  [[nodiscard]] double prox(double x, double step) const noexcept {
    return soft_threshold(x, step * static_cast<double>(threshold)) /
           (1.0 + step * static_cast<double>(shrink));
  }
  /// @}
};

/// The same for any penalty, by its prox. The driver computes its terms for |w| + w^2 / 2: a
/// threshold of share x scale and a shrink of share x scale^2, where the coefficient is scale times
/// its coordinate and share is the part of its penalty that a row applies.
template <Penalty P>
struct ProxTerms {
  using Source = const P*;  ///< the penalty, which the caller keeps
  Source penalty;           ///< penalty of a coefficient
  float drift;              ///< as in StepTerms
  float step_ratio;  ///< ratio of a coefficient's proximal step to the coordinate's; 0: unpenalised
  float scale;       ///< a power of two

  /// Like those of SmoothTerms. @{
  static ProxTerms from(const StepTerms& terms, Source penalty) noexcept {
    const double scale = terms.shrink > 0.0 ? terms.shrink / terms.threshold : 1.0;
    return {penalty, static_cast<float>(terms.drift), static_cast<float>(terms.shrink),
            static_cast<float>(scale)};
  }
  [[nodiscard]] double moved(double x, float pull, float step) const noexcept {
    return prox(x - static_cast<double>(pull + step * drift), static_cast<double>(step));
  }
  [[nodiscard]] double prox(double x, double step) const noexcept {
    if (!(step_ratio > 0.0F)) {
      return x;
    }
    const auto by = static_cast<double>(scale);
    return penalty->prox(by * x, step * static_cast<double>(step_ratio)) / by;
  }
  /// @}
};

}  // namespace sounder
