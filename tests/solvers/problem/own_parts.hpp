// A loss and a penalty as a user would write them. They are on the lists of
// losses_and_penalties.hpp, so that the properties of the library's own are tested with them too.
#pragma once

#include <sounder/solvers/loss/loss.hpp>
#include <sounder/solvers/penalty/penalty.hpp>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace mine {

/// (z - y)^2 / 2 up to a distance of delta, a straight line beyond, so outliers pull no harder.
struct Huber {
  static constexpr std::string_view name = "huber";
  static constexpr double curvature_bound = 1.0;
  static constexpr bool smooth = true;
  static constexpr bool classification = false;
  double delta = 1.0;

  double value(double y, double z) const {
    const double r = std::abs(z - y);
    return r <= delta ? 0.5 * r * r : delta * (r - 0.5 * delta);
  }
  double derivative(double y, double z) const { return std::clamp(z - y, -delta, delta); }
  double curvature(double y, double z) const { return std::abs(z - y) <= delta ? 1.0 : 0.0; }
  double dual_term(double y, double a) const {
    return std::abs(a) <= delta ? a * y - 0.5 * a * a : -sounder::infinity;
  }
};
static_assert(sounder::Loss<Huber>);

/// The reverse of Huber's loss: |w| up to a knee, a parabola beyond. It sets coefficients to zero
/// like the lasso and limits large ones like ridge (Owen, "A robust hybrid of lasso and ridge
/// regression", 2007, who pairs the two).
struct Berhu {
  static constexpr std::string_view name = "berhu";
  double lambda = 1.0;
  double knee = 0.5;

  double value(double w) const {
    const double r = std::abs(w);
    return lambda * (r <= knee ? r : (r * r + knee * knee) / (2.0 * knee));
  }
  double prox(double w, double step) const {
    const double v = sounder::soft_threshold(w, step * lambda);
    return std::abs(v) <= knee ? v : w / (1.0 + step * lambda / knee);
  }
  double conjugate(double u) const {
    const double slope = std::abs(u) / lambda;
    return slope <= 1.0 ? 0.0 : 0.5 * lambda * knee * (slope * slope - 1.0);
  }
  sounder::Interval conjugate_domain() const { return sounder::everywhere; }
};
static_assert(sounder::Penalty<Berhu>);

/// Minus the logarithm of a prior, over n rows: coefficients are Laplace(scale) times N(0,
/// sigma^2). It has the form of an ElasticPenalty.
struct Prior {
  static constexpr std::string_view name = "prior";
  double rows = 1.0;
  double scale = 1.0;
  double sigma = 1.0;

  double l1() const { return 1.0 / (rows * scale); }
  double l2() const { return 1.0 / (rows * sigma * sigma); }
  double value(double w) const { return l1() * std::abs(w) + 0.5 * l2() * w * w; }
  double prox(double w, double step) const {
    return sounder::soft_threshold(w, step * l1()) / (1.0 + step * l2());
  }
  double distance(double w, double gradient) const {
    const double slope = gradient + l2() * w;
    return w == 0.0 ? std::abs(sounder::soft_threshold(slope, l1()))
                    : std::abs(slope + std::copysign(l1(), w));
  }
  double conjugate(double u) const {
    const double excess = sounder::soft_threshold(u, l1());
    return 0.5 * excess * excess / l2();
  }
  sounder::Interval conjugate_domain() const { return sounder::everywhere; }
};
static_assert(sounder::ElasticPenalty<Prior>);

}  // namespace mine
