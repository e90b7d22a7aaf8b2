// The coefficients that are free to move.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/solvers/newton/quadratic_model.hpp>
#include <sounder/solvers/penalty/penalty.hpp>

namespace sounder {

/// The coordinates where model + penalty is smooth (off zero unless there is no l1, strictly
/// between the bounds), and its gradient there.
struct Support {
  Array<std::size_t> positions;  ///< positions of the coordinates
  Array<double> gradient;        ///< one number each

  Support() = default;
  /// Looks at all coordinates of w. O(|W|).
  template <ElasticPenalty P>
  Support(const QuadraticModel& model, const P& penalty, std::span<const double> w) {
    for (std::size_t k = 0; k < w.size(); ++k) {
      add(model, penalty, k, w[k]);
    }
  }

  /// Adds coordinate k, of value w, if it is smooth there.
  template <ElasticPenalty P>
  [[gnu::noinline]] void add(const QuadraticModel& model, const P& penalty, std::size_t k,
                             double w) {
    const double room = 1e-12 * (1.0 + std::abs(w));
    const bool inside = penalty.prox(w - room, 0.0) < w && penalty.prox(w + room, 0.0) > w;
    if (inside && (w != 0.0 || penalty.l1() == 0.0) && model.diagonal(k) > 0.0) {
      positions.push_back(k);
      const double sign = w == 0.0 ? 0.0 : std::copysign(penalty.l1(), w);
      gradient.push_back(model.gradient(k) + sign + penalty.l2() * w);
    }
  }
  /// The number of coordinates.
  [[nodiscard]] std::size_t size() const noexcept { return positions.size(); }
};

}  // namespace sounder
