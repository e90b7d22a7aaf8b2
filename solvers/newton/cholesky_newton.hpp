// Newton steps on the support of a small model by Cholesky, as in feature-sign search.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/cholesky.hpp>
#include <sounder/engine/base/lane_sum.hpp>
#include <sounder/solvers/newton/gram_matrix.hpp>
#include <sounder/solvers/newton/quadratic_model.hpp>
#include <sounder/solvers/newton/ray_step.hpp>
#include <sounder/solvers/newton/support_newton.hpp>
#include <sounder/solvers/penalty/penalty.hpp>

namespace sounder {
namespace detail {

/// -H^-1 gradient on the support by Cholesky, H row-major. A ridge, a small share of the diagonal,
/// makes up for the precision that H lost if it was kept in floats. O(s^3).
[[gnu::noinline]] inline Array<double> newton_direction(Array<double> h, const Support& support,
                                                        double l2, GramPrecision kept) {
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

namespace detail {

/// A Cholesky factor of H on as many independent columns of the support as there are, taken in
/// order.
struct IndependentColumns {
  Array<std::size_t> members;  ///< positions on the support
  Array<double> factor;        ///< lower triangle, rows of `stride` numbers
  std::size_t stride = 0;

  /// O(s r^2) for r independent columns of s.
  IndependentColumns(std::span<const double> h, std::size_t s, std::size_t most)
      : factor(most * most), stride(most) {
    constexpr double least = 1e-11;  // share of the diagonal; what a dependent column leaves
    for (std::size_t a = 0; a < s && members.size() < most; ++a) {
      double* const row = factor.data() + members.size() * stride;
      const double left = h[a * s + a] - reduce(h, s, a, row);
      if (left > least * h[a * s + a]) {
        row[members.size()] = std::sqrt(left);
        members.push_back(a);
      }
    }
  }
  /// The combination of members that equals column a; O(r^2).
  [[nodiscard]] Array<double> combination(std::span<const double> h, std::size_t s,
                                          std::size_t a) const {
    Array<double> c(members.size());
    static_cast<void>(reduce(h, s, a, c.data()));
    for (std::size_t k = members.size(); k-- > 0;) {
      c[k] /= factor[k * stride + k];
      for (std::size_t q = 0; q < k; ++q) {
        c[q] -= factor[k * stride + q] * c[k];
      }
    }
    return c;
  }

 private:
  /// row = L^-1 h_a, and its squared norm.
  double reduce(std::span<const double> h, std::size_t s, std::size_t a, double* row) const {
    double squares = 0.0;
    for (std::size_t k = 0; k < members.size(); ++k) {
      const double* const other = factor.data() + k * stride;
      const double rest =
          h[a * s + members[k]] - lane_sum(k, [&](std::size_t q) { return row[q] * other[q]; });
      row[k] = rest / other[k];
      squares += row[k] * row[k];
    }
    return squares;
  }
};

}  // namespace detail

/// Sets coefficients to zero until the columns of the others are independent. Moves along the
/// combinations that do not change the loss, in the direction in which the l1 norm does not rise,
/// until the first coefficient reaches zero. If an l1 penalty is nearly zero, more columns than
/// rows are in use, and without this each Newton step would remove only one of them. O(s r^2) a
/// removed column that was independent, O(r^2 + r |W|) for any other. For l1 alone.
/// @param most columns that can be independent: the number of rows
template <ElasticPenalty P>
void shed_dependent(GramModel& model, const P& penalty, std::span<double> w, std::size_t most) {
  // Multiplications a call. A few columns too many are left to the next call; but if most are too
  // many, the following Newton steps would be wasted on them.
  const double affordable =
      w.size() - static_cast<std::size_t>(std::count(w.begin(), w.end(), 0.0)) > 2 * most ? 3e9
                                                                                          : 1e8;
  double spent = 0.0;
  while (spent < affordable) {
    const Support support(model, penalty, w);
    const std::size_t s = support.size();
    if (s <= most) {
      return;
    }
    spent += static_cast<double>(s) * static_cast<double>(most) * static_cast<double>(most);
    model.focus(support.positions);
    const Array<double> h = model.hessian();
    const detail::IndependentColumns basis(h, s, most);
    Array<char> within(s);
    for (const std::size_t a : basis.members) {
      within[a] = 1;
    }
    bool changed = false;  // the set of independent columns has changed
    for (std::size_t a = 0; a < s && !changed; ++a) {
      if (within[a] != 0) {
        continue;
      }
      const Array<double> c = basis.combination(h, s, a);
      double& value = w[support.positions[a]];
      double rise = std::copysign(1.0, value);  // rise of the l1 norm with w_a
      for (std::size_t k = 0; k < c.size(); ++k) {
        rise -= c[k] * std::copysign(1.0, w[support.positions[basis.members[k]]]);
      }
      // w_a moves by t and the members by -t c, until one of them is zero.
      const double sense = rise > 0.0 || (rise == 0.0 && value > 0.0) ? -1.0 : 1.0;
      double t = sense * value < 0.0 ? std::abs(value) : infinity;
      std::size_t first = s;
      for (std::size_t k = 0; k < c.size(); ++k) {
        const double member = w[support.positions[basis.members[k]]];
        const double speed = -sense * c[k];
        if (speed * member < 0.0 && std::abs(member / speed) < t) {
          t = std::abs(member / speed);
          first = k;
        }
      }
      if (!(t < infinity)) {
        continue;
      }
      const auto move = [&](std::size_t position, double change, bool to_zero) {
        const double end = to_zero ? 0.0 : w[position] + change;
        model.move(position, end - w[position]);
        w[position] = end;
      };
      for (std::size_t k = 0; k < c.size(); ++k) {
        move(support.positions[basis.members[k]], -sense * t * c[k], k == first);
      }
      move(support.positions[a], sense * t, first == s);
      changed = first != s;
    }
    if (!changed) {
      return;
    }
  }
}

/// Newton steps on the support by Cholesky, each to the exact minimum along its ray (over all
/// kinks), until a ray meets no kink: the feature-sign search of Lee, Battle, Raina, Ng, "Efficient
/// sparse coding algorithms", NIPS 2006. O(s^3) a step.
template <ElasticPenalty P>
void newton_by_cholesky(GramModel& model, const P& penalty, std::span<double> w, int most_steps) {
  for (int k = 0; k < most_steps; ++k) {
    const Support support(model, penalty, w);
    const std::size_t s = support.size();
    if (s == 0) {
      return;
    }
    model.focus(support.positions);
    const Array<double> x =
        detail::newton_direction(model.hessian(), support, penalty.l2(), model.precision());
    const detail::RayStep step = detail::step_along_ray(model, penalty, support, x, w);
    if (!step.taken) {
      return;
    }
    if (step.at_kink) {
      model.move(support.positions[step.at], step.left);
    }
    if (step.free) {
      return;
    }
  }
}

}  // namespace sounder
