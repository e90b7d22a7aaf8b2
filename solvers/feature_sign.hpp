// Newton steps on the support of a small model by Cholesky: feature-sign search.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>

#include <sounder/engine/array.hpp>
#include <sounder/solvers/cholesky.hpp>
#include <sounder/solvers/gram_matrix.hpp>
#include <sounder/solvers/penalty/penalty.hpp>
#include <sounder/solvers/quadratic_model.hpp>
#include <sounder/solvers/support_newton.hpp>

namespace sounder {
namespace detail {

/// Where the ray w + t x meets a kink of the penalty.
struct Kink {
  double t;
  std::size_t at;     ///< on the support
  double value;       ///< of the coefficient there
  double slope_rise;  ///< of the objective along the ray
};

/// In no order.
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

/// Brings the first kink on the way to the back: few are passed, so they need no sort.
inline const Kink& first_to_back(Array<Kink>& kinks) {
  std::size_t first = 0;
  for (std::size_t k = 1; k < kinks.size(); ++k) {
    first = kinks[k].t < kinks[first].t ? k : first;
  }
  std::swap(kinks[first], kinks.back());
  return kinks.back();
}

/// -H^-1 gradient on the support by Cholesky, for H (row-major): a ridge of a small share of the
/// diagonal bridges what it lost where it was kept so. O(s^3).
inline Array<double> newton_direction(Array<double> h, const Support& support, double l2,
                                      GramPrecision kept) {
  const double ridge = kept == GramPrecision::full ? 1e-13 : 1e-6;
  const std::size_t s = support.size();
  Array<double> x(s);
  for (std::size_t a = 0; a < s; ++a) {
    h[a * s + a] += ridge * h[a * s + a] + l2;
    x[a] = -support.gradient[a];
  }
  solve_cholesky(h, x, 0.1 * ridge);
  return x;
}

}  // namespace detail

/// Newton steps on the support by Cholesky, each to the exact minimum along its ray (kinks and
/// all), until one is free of kinks: the feature-sign search of Lee, Battle, Raina, Ng, "Efficient
/// sparse coding algorithms", NIPS 2006. O(s^3) a step.
template <ElasticPenalty P>
void newton_by_cholesky(GramModel& model, const P& penalty, std::span<double> w, int most_steps) {
  for (int step = 0; step < most_steps; ++step) {
    const Support support(model, penalty, w);
    const std::size_t s = support.size();
    if (s == 0) {
      return;
    }
    model.focus(support.positions);
    Array<double> block(model.block().size());
    std::copy(model.block().begin(), model.block().end(), block.begin());
    const Array<double> x = detail::newton_direction(std::move(block), support, penalty.l2(), model.precision());
    double slope = 0.0;
    double squares = 0.0;
    for (std::size_t a = 0; a < s; ++a) {
      slope += support.gradient[a] * x[a];
      squares += x[a] * x[a];
    }
    const double bend = model.curvature(x) + penalty.l2() * squares;
    if (!(slope < 0.0)) {
      return;
    }
    // The slope along the ray is slope + t bend + the rises passed; stop where it is zero.
    Array<detail::Kink> kinks = detail::kinks_along(penalty, support, x, w);
    const bool free = kinks.empty();
    const detail::Kink* stop = nullptr;
    double t = -1.0;
    for (; !kinks.empty(); kinks.pop_back()) {
      const detail::Kink& kink = detail::first_to_back(kinks);
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
    for (std::size_t a = 0; a < s; ++a) {
      w[support.positions[a]] += t * x[a];
    }
    if (stop != nullptr) {
      double& value = w[support.positions[stop->at]];
      const double change = stop->value - value;
      value = stop->value;
      model.move(support.positions[stop->at], change);
    }
    if (free) {
      return;
    }
  }
}

}  // namespace sounder
