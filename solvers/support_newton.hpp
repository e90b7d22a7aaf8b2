// Newton steps of a quadratic model on the coefficients that are free to move.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include <sounder/solvers/penalty/penalty.hpp>
#include <sounder/solvers/quadratic_model.hpp>

namespace sounder {

/// Coordinates where model + penalty is smooth (off zero unless there is no l1, strictly between
/// the bounds) and its gradient there.
struct Support {
  std::vector<std::size_t> positions;
  std::vector<double> gradient;

  template <class Model, Penalty P>
  Support(const Model& model, const P& penalty, std::span<const double> w) {
    for (std::size_t k = 0; k < w.size(); ++k) {
      const double room = 1e-12 * (1.0 + std::abs(w[k]));
      const bool inside =
          penalty.prox(w[k] - room, 0.0) < w[k] && penalty.prox(w[k] + room, 0.0) > w[k];
      if (inside && (w[k] != 0.0 || penalty.l1() == 0.0) && model.diagonal(k) > 0.0) {
        positions.push_back(k);
        const double sign = w[k] == 0.0 ? 0.0 : std::copysign(penalty.l1(), w[k]);
        gradient.push_back(model.gradient(k) + sign + penalty.l2() * w[k]);
      }
    }
  }
  [[nodiscard]] std::size_t size() const noexcept { return positions.size(); }
};

namespace detail {

/// w -> w + x on the support, cut off where a sign would change or a bound would be crossed;
/// halved until the model says that the objective falls. The model must be focused on the support.
/// @return whether a step was taken
template <class Model, Penalty P>
bool projected_step(Model& model, const P& penalty, const Support& support,
                    std::span<const double> x, std::span<double> w, int most_tries) {
  std::vector<double> change(x.size());
  std::vector<double> values(x.size());
  double alpha = 1.0;
  for (int attempt = 0; attempt < most_tries; ++attempt, alpha *= 0.5) {
    double linear = 0.0;
    double squares = 0.0;
    for (std::size_t a = 0; a < x.size(); ++a) {
      const double old = w[support.positions[a]];
      double value = penalty.prox(old + alpha * x[a], 0.0);
      value = penalty.l1() > 0.0 && value * old < 0.0 ? 0.0 : value;
      values[a] = value;
      change[a] = value - old;
      linear += support.gradient[a] * change[a];
      squares += change[a] * change[a];
    }
    if (linear + 0.5 * (model.curvature(change) + penalty.l2() * squares) < 0.0) {
      model.commit(1.0);
      for (std::size_t a = 0; a < x.size(); ++a) {
        w[support.positions[a]] = values[a];
      }
      return true;
    }
  }
  return false;
}

}  // namespace detail

/// One Newton step on the support by conjugate gradients with H's diagonal as preconditioner, to a
/// tenth of the gradient, then a projected line search. O(most_steps) products with H_SS.
template <class Model, Penalty P>
bool newton_by_gradients(Model& model, const P& penalty, std::span<double> w, int most_steps) {
  const Support support(model, penalty, w);
  const std::size_t s = support.size();
  if (s == 0) {
    return false;
  }
  model.focus(support.positions);
  const auto scaled = [&](std::span<const double> r, std::vector<double>& out) {
    double sum = 0.0;
    for (std::size_t a = 0; a < s; ++a) {
      out[a] = r[a] / (model.diagonal(support.positions[a]) + penalty.l2());
      sum += r[a] * out[a];
    }
    return sum;
  };
  std::vector<double> x(s);
  std::vector<double> rest(s);
  std::vector<double> preconditioned(s);
  std::vector<double> image(s);
  for (std::size_t a = 0; a < s; ++a) {
    rest[a] = -support.gradient[a];
  }
  double square = scaled(rest, preconditioned);
  const double enough = 0.01 * square;
  std::vector<double> direction = preconditioned;
  for (int step = 0; step < most_steps && square > enough; ++step) {
    model.multiply(direction, image);
    double bend = 0.0;
    for (std::size_t a = 0; a < s; ++a) {
      image[a] += penalty.l2() * direction[a];
      bend += direction[a] * image[a];
    }
    if (!(bend > 1e-12 * square)) {
      break;  // H is singular along it
    }
    const double length = square / bend;
    for (std::size_t a = 0; a < s; ++a) {
      x[a] += length * direction[a];
      rest[a] -= length * image[a];
    }
    const double next = scaled(rest, preconditioned);
    for (std::size_t a = 0; a < s; ++a) {
      direction[a] = preconditioned[a] + next / square * direction[a];
    }
    square = next;
  }
  return detail::projected_step(model, penalty, support, x, w, 6);
}

namespace detail {

/// Cholesky factor in place (row-major, lower triangle). A pivot that rounding swallowed is made
/// huge, which keeps its coordinate where it is.
inline void factorise(std::vector<double>& a, std::size_t s) noexcept {
  for (std::size_t i = 0; i < s; ++i) {
    double* const row = a.data() + i * s;
    const double diagonal = row[i];
    for (std::size_t j = 0; j <= i; ++j) {
      const double* const other = a.data() + j * s;
      double sums[4] = {};
      std::size_t q = 0;
      for (; q + 3 < j; q += 4) {
        for (std::size_t lane = 0; lane < 4; ++lane) {
          sums[lane] += row[q + lane] * other[q + lane];
        }
      }
      for (; q < j; ++q) {
        sums[0] += row[q] * other[q];
      }
      const double rest = row[j] - (sums[0] + sums[1] + (sums[2] + sums[3]));
      if (j < i) {
        row[j] = rest / other[j];
      } else {
        row[i] = rest > 1e-7 * diagonal ? std::sqrt(rest) : std::numeric_limits<double>::max();
      }
    }
  }
}

/// b = A^-1 b from that factor.
inline void solve_factorised(const std::vector<double>& a, std::span<double> b) noexcept {
  const std::size_t s = b.size();
  for (std::size_t i = 0; i < s; ++i) {
    for (std::size_t q = 0; q < i; ++q) {
      b[i] -= a[i * s + q] * b[q];
    }
    b[i] /= a[i * s + i];
  }
  for (std::size_t i = s; i-- > 0;) {
    b[i] /= a[i * s + i];
    for (std::size_t q = 0; q < i; ++q) {
      b[q] -= a[i * s + q] * b[i];
    }
  }
}

/// Where the ray w + t x meets a kink of the penalty.
struct Kink {
  double t;
  std::size_t at;     ///< on the support
  double value;       ///< of the coefficient there
  double slope_rise;  ///< of the objective along the ray
};

template <Penalty P>
std::vector<Kink> kinks_along(const P& penalty, const Support& support, std::span<const double> x,
                              std::span<const double> w) {
  std::vector<Kink> kinks;
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
  std::sort(kinks.begin(), kinks.end(),
            [](const Kink& one, const Kink& other) { return one.t < other.t; });
  return kinks;
}

}  // namespace detail

/// Newton steps on the support by Cholesky, each to the exact minimum along its ray (kinks and
/// all), until one is free of kinks: the feature-sign search of Lee, Battle, Raina, Ng, "Efficient
/// sparse coding algorithms", NIPS 2006. O(s^3) a step. A ridge of 1e-6 of the diagonal bridges
/// what float has lost.
template <Penalty P>
void newton_by_cholesky(GramModel& model, const P& penalty, std::span<double> w, int most_steps) {
  for (int step = 0; step < most_steps; ++step) {
    const Support support(model, penalty, w);
    const std::size_t s = support.size();
    if (s == 0) {
      return;
    }
    model.focus(support.positions);
    std::vector<double> h(model.block().begin(), model.block().end());
    std::vector<double> x(s);
    for (std::size_t a = 0; a < s; ++a) {
      h[a * s + a] += 1e-6 * h[a * s + a] + penalty.l2();
      x[a] = -support.gradient[a];
    }
    detail::factorise(h, s);
    detail::solve_factorised(h, x);
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
    const std::vector<detail::Kink> kinks = detail::kinks_along(penalty, support, x, w);
    const detail::Kink* stop = nullptr;
    double t = -1.0;
    for (const detail::Kink& kink : kinks) {
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
    if (kinks.empty()) {
      return;
    }
  }
}

}  // namespace sounder
