// Problem: the data and the function that a solver minimises. Solvers get nothing else.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>

#include <sounder/engine/base/message.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/solvers/loss/loss.hpp>
#include <sounder/solvers/penalty/penalty.hpp>

namespace sounder {

/// F(w, b) = (1/n) sum_i s_i loss(y_i, x_i.w + b) + P(w).
///
/// The matrix and the spans are views: the caller keeps them alive. Immutable, so any number of
/// solvers may work on one problem at once.
template <class LossType, class PenaltyType>
struct Problem {
  // Checked before the concepts, so that the compiler's error is a sentence for the author of the
  // class.
  static_assert(detail::is_explained_loss<LossType>());
  static_assert(detail::is_explained_penalty<PenaltyType>());

  CsrMatrix matrix;                      ///< X, n x p
  std::span<const double> targets;       ///< y, n values; +1 or -1 for a classification loss
  LossType loss;                         ///< with its parameters, if it has any
  PenaltyType penalty;                   ///< with its strength
  bool intercept = false;                ///< fit b; it is never penalised
  std::span<const double> weights = {};  ///< s, n values >= 0, or empty for all ones

  /// s_i and y_i, i in [0, n). O(1). @{
  [[nodiscard]] double weight(Index i) const noexcept {
    return weights.empty() ? 1.0 : weights[static_cast<std::size_t>(i)];
  }
  [[nodiscard]] double target(Index i) const noexcept {
    return targets[static_cast<std::size_t>(i)];
  }
  /// @}

  /// @throws std::invalid_argument with one sentence if shapes, targets or weights do not fit.
  void validate() const {
    const auto rows = static_cast<std::size_t>(matrix.rows());
    if (rows == 0) {
      refuse({"the problem has no rows"});
    }
    if (targets.size() != rows || (!weights.empty() && weights.size() != rows)) {
      refuse({"targets and weights must hold one number a row"});
    }
    for (const double y : targets) {
      if (LossType::classification ? (y != 1.0 && y != -1.0) : !std::isfinite(y)) {
        refuse({"a target does not suit the ", std::string_view(LossType::name), " loss"});
      }
    }
    validate_penalty();
    double total = weights.empty() ? 1.0 : 0.0;
    for (const double s : weights) {
      if (!(s >= 0.0) || !std::isfinite(s)) {
        refuse({"sample weights must be finite and not negative"});
      }
      total += s;
    }
    if (total <= 0.0) {
      refuse({"all sample weights are zero"});
    }
  }

  /// @throws std::invalid_argument unless `initial` is empty or holds p numbers
  void validate_initial(std::span<const double> initial) const {
    if (!initial.empty() && initial.size() != static_cast<std::size_t>(matrix.columns())) {
      refuse({"initial must hold one coefficient a column"});
    }
  }

 private:
  /// @param sentence what follows the penalty's name
  [[noreturn]] static void refuse_penalty(const char* sentence) {
    refuse({"the ", std::string_view(PenaltyType::name), " penalty", sentence});
  }

  void validate_penalty() const {
    bool in_range = penalty.value(0.0) == 0.0 && penalty.conjugate(0.0) == 0.0;
    if constexpr (ElasticPenalty<PenaltyType>) {
      const double l1 = penalty.l1();
      const double l2 = penalty.l2();
      in_range = in_range && l1 >= 0.0 && l2 >= 0.0 && !std::isinf(l1 + l2);
    }
    if (!in_range) {
      refuse_penalty("'s strength, l1 ratio or bounds are out of range");
    }
    if constexpr (ElasticPenalty<PenaltyType>) {
      validate_mix(penalty.l1(), penalty.l2());
    } else {
      validate_pair();
    }
  }

  /// Checks that prox, value and conjugate belong to the same convex penalty: v = prox(x, t) and u
  /// = (x - v) / t, a slope of value at v, must reach equality in Fenchel's inequality.
  void validate_pair() const {
    for (const double step : {0.25, 1.0, 4.0}) {
      for (const double x : {-100.0, -3.0, -1.0, -0.3, -0.01, 0.01, 0.3, 1.0, 3.0, 100.0}) {
        const double v = penalty.prox(x, step);
        const double u = (x - v) / step;
        const double sum =
            penalty.value(v) + penalty.conjugate(within_domain(u, 1e-14 * std::abs(x) / step));
        if (!(std::abs(sum - u * v) <= 1e-9 * (1.0 + std::abs(u * v)))) {
          refuse_penalty("'s value, prox and conjugate do not fit together, or it is not convex");
        }
      }
    }
  }
  /// Moves u into the conjugate's domain if only rounding carried it out.
  [[nodiscard]] double within_domain(double u, double rounding) const {
    const Interval domain = penalty.conjugate_domain();
    const double near = std::clamp(u, domain.low, domain.high);
    return std::abs(u - near) <= rounding ? near : u;
  }

  /// Checks that l1 and l2 describe the whole penalty, because the solvers use nothing else of it.
  void validate_mix(double l1, double l2) const {
    for (const double w : {-1.0, -0.125, 0.125, 1.0}) {
      const double value = penalty.value(w);
      if (std::isinf(value) && BoxedPenalty<PenaltyType>) {
        continue;
      }
      const double mix = l1 * std::abs(w) + 0.5 * l2 * w * w;
      if (!(std::abs(value - mix) <= 1e-9 * mix + 1e-300)) {
        refuse_penalty(" is not l1() |w| + l2() / 2 w^2, which the solvers take it for");
      }
    }
  }
};

}  // namespace sounder
