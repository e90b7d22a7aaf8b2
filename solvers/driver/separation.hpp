// Separable classes without a penalty: the least loss is zero, or there is no minimum.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/loss/loss_loops.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {

/// Whether there is no penalty, apart from bounds.
template <Penalty P>
[[nodiscard]] bool is_unpenalised(const P& penalty) noexcept {
  if constexpr (ElasticPenalty<P>) {
    return penalty.l1() == 0.0 && penalty.l2() == 0.0;
  } else {
    const Interval domain = penalty.conjugate_domain();
    return domain.low == 0.0 && domain.high == 0.0;
  }
}

/// The least y_i z_i over the rows of positive weight. O(n).
template <Loss L, Penalty P>
[[nodiscard]] double least_margin(const Problem<L, P>& problem,
                                  std::span<const double> z) noexcept {
  double least = infinity;
  for (std::size_t i = 0; i < z.size(); ++i) {
    if (problem.weight(static_cast<Index>(i)) > 0.0) {
      least = std::min(least, problem.targets[i] * z[i]);
    }
  }
  return least;
}

/// The factor by which to multiply a point so that its least margin is 1, if that ends a run;
/// otherwise 0. It ends a run if all margins are positive, there is no penalty, and the loss never
/// rises as a margin grows. Beyond this point the loss then only falls: the hinges are zero here,
/// which is an optimum; logistic loss approaches its infimum but has no optimum. O(n + p).
template <Loss L, Penalty P>
[[nodiscard]] double separating_factor(const Problem<L, P>& problem, std::span<const double> w,
                                       std::span<const double> z) noexcept {
  if constexpr (L::classification && may_be_free<P>) {
    if (!is_unpenalised(problem.penalty)) {
      return 0.0;
    }
    const double margin = least_margin(problem, z);
    if (!(margin > 0.0) || !(margin < infinity)) {
      return 0.0;
    }
    constexpr std::array ones{1.0, 1.0, 1.0, 1.0, 1.0};
    constexpr std::array margins{1.0, 2.0, 10.0, 100.0, 1e4};
    std::array<double, margins.size()> slopes{};
    loss_slopes(problem.loss, slopes.size(), ones.data(), margins.data(), 0.0, slopes.data());
    if (std::any_of(slopes.begin(), slopes.end(), [](double slope) { return slope > 0.0; })) {
      return 0.0;
    }
    // Finite bounds somewhere on the ray make an optimum.
    constexpr double far = 1e100;
    for (const double value : w) {
      if (problem.penalty.prox(far * value, 0.0) != far * value) {
        return 0.0;
      }
    }
    const double factor = (1.0 + 1e-15) / margin;  // rounding must not leave a margin below 1
    return factor < infinity ? factor : 0.0;
  }
  return 0.0;
}

/// Multiplies every number by the factor. O(n).
inline void scale_all(double factor, std::span<double> numbers) noexcept {
  for (double& number : numbers) {
    number *= factor;
  }
}

/// If the classes prove separable and nothing is penalised, scales the point to margins of 1.
/// Returns whether it did. O(n + p).
/// @param objective F of the point
/// @param again     again(factor), called after w was multiplied: has to scale the intercept, if w
///        does not hold it, and update everything that depends on the point
template <Loss L, Penalty P, class Again>
bool scale_to_margins_of_one(const Problem<L, P>& problem, double objective, std::span<double> w,
                             std::span<const double> z, Again&& again) {
  const double factor = objective > 0.0 ? separating_factor(problem, w, z) : 0.0;
  if (factor > 0.0) {
    scale_all(factor, w);
    again(factor);
  }
  return factor > 0.0;
}

}  // namespace sounder
