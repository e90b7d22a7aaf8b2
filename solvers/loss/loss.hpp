// What a loss is: a convex function of the margin z = x.w + b for a target y.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <string_view>

namespace sounder {

/// A loss states its value and derivative in z, the term of the dual objective, and how curved it
/// is. Every function is called by many threads at once.
///
/// - `value(y, z)`: loss(y, z) >= 0
/// - `derivative(y, z)`: d loss / d z, any subgradient at a kink
/// - `curvature(y, z)`: d^2 loss / d z^2; where `smooth` is false, of a smoothed version
/// - `dual_term(y, a)`: -loss*(-a), -infinity outside the domain
/// - `curvature_bound`: upper bound of the curvature; where `smooth` is false, the scale that damps
///   a step (a hinge's corner is one unit of margin wide)
/// - `smooth`: the derivative is Lipschitz with constant `curvature_bound`
/// - `classification`: targets are +1 and -1, else any real number
template <class L>
concept Loss = requires(const L loss, double y, double z) {
  { loss.value(y, z) } -> std::same_as<double>;
  { loss.derivative(y, z) } -> std::same_as<double>;
  { loss.curvature(y, z) } -> std::same_as<double>;
  { loss.dual_term(y, z) } -> std::same_as<double>;
  { L::curvature_bound } -> std::convertible_to<double>;
  { L::smooth } -> std::convertible_to<bool>;
  { L::classification } -> std::convertible_to<bool>;
  { L::name } -> std::convertible_to<std::string_view>;
};

inline constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace sounder
