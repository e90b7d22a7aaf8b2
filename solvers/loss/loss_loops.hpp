// A loss over many rows at once: loops that are SIMD where the loss does not branch.
#pragma once

#include <cstddef>

#include <sounder/engine/base/multiversion.hpp>
#include <sounder/solvers/loss/loss.hpp>

namespace sounder {

namespace detail {

/// out[k] = function(y[k], z[k]): of arrays that do not overlap.
template <class Function>
inline void each_margin(std::size_t count, const double* __restrict y, const double* __restrict z,
                        double* __restrict out, const Function& function) noexcept {
  for (std::size_t k = 0; k < count; ++k) {
    out[k] = function(y[k], z[k]);
  }
}

}  // namespace detail

/// out[k] = loss(y[k], z[k] + shift), its derivative in z, or its curvature, for k in [0, count);
/// out must not overlap y and z. Compiled once a loss, not once a use. O(count). Any number of
/// threads. @{
template <Loss L>
[[gnu::noinline]] void loss_values(const L& loss, std::size_t count, const double* y,
                                   const double* z, double shift, double* out) noexcept {
  multiversion([&] {
    detail::each_margin(count, y, z, out, [&](double target, double margin) {
      return loss.value(target, margin + shift);
    });
  });
}
template <Loss L>
[[gnu::noinline]] void loss_slopes(const L& loss, std::size_t count, const double* y,
                                   const double* z, double shift, double* out) noexcept {
  multiversion([&] {
    detail::each_margin(count, y, z, out, [&](double target, double margin) {
      return loss.derivative(target, margin + shift);
    });
  });
}
template <Loss L>
[[gnu::noinline]] void loss_curvatures(const L& loss, std::size_t count, const double* y,
                                       const double* z, double shift, double* out) noexcept {
  detail::each_margin(count, y, z, out, [&](double target, double margin) {
    return loss.curvature(target, margin + shift);
  });
}
/// @}

/// out[k] = loss.dual_term(y[k], scale a[k]), likewise.
template <Loss L>
[[gnu::noinline]] void dual_terms(const L& loss, std::size_t count, const double* y,
                                  const double* a, double scale, double* out) noexcept {
  detail::each_margin(count, y, a, out, [&](double target, double dual) {
    return loss.dual_term(target, scale * dual);
  });
}

}  // namespace sounder
