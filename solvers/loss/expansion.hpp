// A loss and its first two derivatives at one margin.
#pragma once

#include <cstddef>

#include <sounder/engine/base/multiversion.hpp>
#include <sounder/solvers/loss/loss.hpp>

namespace sounder {

/// The parabola that touches a loss at a margin.
struct Expansion {
  double value = 0.0;      ///< loss(y, z)
  double slope = 0.0;      ///< its derivative in z
  double curvature = 0.0;  ///< the derivative of that
};

/// The expansion of loss(y, .) at z. A loss whose three functions share an expensive one (an
/// exponential, say) may have a member `expansion(y, z)` that computes it once. O(1).
template <Loss L>
[[nodiscard]] inline Expansion expansion_at(const L& loss, double y, double z) noexcept {
  if constexpr (requires {
                  { loss.expansion(y, z) } -> std::same_as<Expansion>;
                }) {
    return loss.expansion(y, z);
  } else {
    return {loss.value(y, z), loss.derivative(y, z), loss.curvature(y, z)};
  }
}

namespace detail {

template <Loss L>
inline void expand_rows(const L& loss, std::size_t count, const double* __restrict y,
                        const double* __restrict weights, const double* __restrict z,
                        const double* __restrict along, double t, double* __restrict values,
                        double* __restrict slopes, double* __restrict curvatures) noexcept {
  for (std::size_t k = 0; k < count; ++k) {
    const Expansion at = expansion_at(loss, y[k], z[k] + t * along[k]);
    values[k] = weights[k] * at.value;
    slopes[k] = weights[k] * at.slope;
    curvatures[k] = weights[k] * at.curvature;
  }
}

}  // namespace detail

/// The expansions of `count` rows, weighted, at margins z + t along: one loop over arrays that must
/// not overlap, which is SIMD if the loss has no branches. O(count). Any number of threads.
template <Loss L>
[[gnu::noinline]] void expand_rows(const L& loss, std::size_t count, const double* y,
                                   const double* weights, const double* z, const double* along,
                                   double t, double* values, double* slopes,
                                   double* curvatures) noexcept {
  multiversion([&] {
    detail::expand_rows(loss, count, y, weights, z, along, t, values, slopes, curvatures);
  });
}

}  // namespace sounder
