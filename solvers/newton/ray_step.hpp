// The exact minimum of a quadratic model + penalty along a ray.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>

#include <sounder/engine/base/array.hpp>
#include <sounder/solvers/newton/quadratic_model.hpp>
#include <sounder/solvers/newton/support.hpp>
#include <sounder/solvers/penalty/penalty.hpp>

namespace sounder::detail {

/// A point where the ray w + t x meets a kink of the penalty.
struct Kink {
  double t;
  std::size_t at;     ///< position on the support
  double value;       ///< value of the coefficient there
  double slope_rise;  ///< rise of the objective's slope along the ray
};

/// All kinks on the ray, in no order.
template <ElasticPenalty P>
Array<Kink> kinks_along(const P& penalty, const Support& support, std::span<const double> x,
                        std::span<const double> w) {
  Array<Kink> kinks;
  const auto add = [&](std::size_t a, double value, double rise) {
    const double t = (value - w[support.positions[a]]) / x[a];
    if (t >= 0.0 && t <= 1.0) {
      kinks.push_back({t, a, value, rise});
    }
  };
  for (std::size_t a = 0; a < x.size(); ++a) {
    const double old = w[support.positions[a]];
    const double end = old + x[a];
    if (penalty.l1() > 0.0 && old * end < 0.0) {
      add(a, 0.0, 2.0 * penalty.l1() * std::abs(x[a]));
    }
    if (const double bound = penalty.prox(end, 0.0); bound != end) {
      add(a, bound, std::numeric_limits<double>::infinity());
    }
  }
  return kinks;
}

/// Moves the first kink on the way to the back. Few kinks are passed, so they are not sorted.
inline const Kink& first_to_back(Array<Kink>& kinks) {
  std::size_t first = 0;
  for (std::size_t k = 1; k < kinks.size(); ++k) {
    first = kinks[k].t < kinks[first].t ? k : first;
  }
  std::swap(kinks[first], kinks.back());
  return kinks.back();
}

/// Where step_along_ray() went.
struct RayStep {
  bool taken = false;    ///< whether the ray went downhill
  bool free = false;     ///< whether there was no kink on the ray
  bool at_kink = false;  ///< whether it ended at a kink
  std::size_t at = 0;    ///< then the position on the support of the coefficient that meets it,
  double left = 0.0;     ///< and what rounding left of the way, by which w moved but not the model
};

/// w -> w + t x on the support, t in [0, 1] the minimiser over all kinks on the way. The model must
/// be focused on the support. O(1) products with H, and the support times the kinks passed.
template <ElasticPenalty P>
[[gnu::noinline]] RayStep step_along_ray(QuadraticModel& model, const P& penalty,
                                         const Support& support, std::span<const double> x,
                                         std::span<double> w) {
  double slope = 0.0;
  double squares = 0.0;
  for (std::size_t a = 0; a < x.size(); ++a) {
    slope += support.gradient[a] * x[a];
    squares += x[a] * x[a];
  }
  if (!(slope < 0.0)) {
    return {};
  }
  const double bend = model.curvature(x) + penalty.l2() * squares;
  // The slope along the ray is slope + t bend + the rises passed; stop where it is zero.
  Array<Kink> kinks = kinks_along(penalty, support, x, w);
  RayStep step{.taken = true, .free = kinks.empty()};
  const Kink* stop = nullptr;
  double t = -1.0;
  for (; !kinks.empty(); kinks.pop_back()) {
    const Kink& kink = first_to_back(kinks);
    if (slope + kink.t * bend >= 0.0) {
      break;
    }
    slope += kink.slope_rise;
    if (slope + kink.t * bend >= 0.0) {
      stop = &kink;
      t = kink.t;
      break;
    }
  }
  if (stop == nullptr) {
    t = bend > 0.0 ? std::min(-slope / bend, 1.0) : 1.0;
  }
  model.commit(t);
  for (std::size_t a = 0; a < x.size(); ++a) {
    w[support.positions[a]] += t * x[a];
  }
  if (stop != nullptr) {
    double& value = w[support.positions[stop->at]];
    step.at_kink = true;
    step.at = stop->at;
    step.left = stop->value - value;
    value = stop->value;
  }
  return step;
}

}  // namespace sounder::detail
