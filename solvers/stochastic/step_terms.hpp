// What a stochastic step does to a coordinate beside following the row's own loss.
#pragma once

#include <sounder/solvers/penalty/penalty.hpp>

namespace sounder {

/// The parts of a step that a coordinate feels beside the loss, as the driver computes them.
struct StepTerms {
  double drift;      ///< mean gradient of variance reduction
  double shrink;     ///< l2: times the coefficient, a gradient
  double threshold;  ///< l1: times the step, a soft threshold
};

/// What a coordinate feels beside the loss at every row that holds it. The drift is the mean
/// gradient of variance reduction, 0 without it. A change is computed in float (its own relative
/// error of 6e-8 is nothing to a stochastic step) and added in double.
struct SmoothTerms {
  struct Source {};  ///< what from() asks for beside the driver's terms: nothing
  float drift;       ///< as in StepTerms
  float shrink;      ///< likewise

  /// The nearest floats.
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

/// The same with an l1 penalty's soft threshold.
struct SparseTerms {
  float drift;           ///< as in StepTerms
  float shrink;          ///< likewise
  float threshold;       ///< likewise
  float padding = 0.0F;  ///< to 16 bytes: one aligned load

  /// As SmoothTerms has them, the soft threshold included. @{
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

/// The same with a penalty of any form, by its prox. The driver's terms are those of
/// |w| + w^2 / 2: a threshold of share x scale and a shrink of share x scale^2, where a coefficient
/// is scale times its coordinate, of whose penalty a row feels that share.
template <Penalty P>
struct ProxTerms {
  using Source = const P*;  ///< the penalty, which the caller keeps
  Source penalty;           ///< of a coefficient
  float drift;              ///< as in StepTerms
  float step_ratio;  ///< of a coefficient's proximal step to the coordinate's; 0: unpenalised
  float scale;       ///< a power of two

  /// As SmoothTerms has them. @{
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
