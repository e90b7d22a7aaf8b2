// Proximal Newton steps: the model of the loss at a point, and the line search towards its
// minimiser.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/matrix/csc_matrix.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/driver/certificate.hpp>
#include <sounder/solvers/loss/loss_loops.hpp>
#include <sounder/solvers/newton/quadratic_model.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {

/// The small curvature that each row keeps where the loss has none (at large margins), so that
/// every column has some. It is less for longer rows: for a row of 1e20 even a small curvature
/// would hold its column fast. O(nonzeros).
/// @param bound bound of the loss's curvature
[[nodiscard]] inline Array<float> curvature_floors(const CscMatrix& columns, double bound) {
  Array<double> squares(static_cast<std::size_t>(columns.rows()));
  for (Index j = 0; j < columns.columns(); ++j) {
    const SparseColumn column = columns.column(j);
    for (std::size_t q = 0; q < column.size(); ++q) {
      const auto x = static_cast<double>(column.values[q]);
      squares[static_cast<std::size_t>(column.rows[q])] += x * x;
    }
  }
  double logarithms = 0.0;  // geometric mean, a typical row whatever a few rows hold
  double count = 0.0;
  for (const double square : squares) {
    logarithms += square > 0.0 ? std::log(square) : 0.0;
    count += square > 0.0 ? 1.0 : 0.0;
  }
  const double typical = std::exp(logarithms / std::max(count, 1.0));
  Array<float> floors(squares.size());
  for (std::size_t i = 0; i < floors.size(); ++i) {
    floors[i] = static_cast<float>(1e-12 * bound / std::max(1.0, squares[i] / typical));
  }
  return floors;
}

/// The model of the mean loss at margins z on the columns `list`, whose gradients -pull[j] are
/// known. For squared loss it is the loss itself. O(n + nonzeros of the columns that are not
/// known).
/// @param floors the least curvature of each row, or empty for none: see curvature_floors()
/// @param known this many positions at the head of the list are unchanged: their diagonal and shift
///        are kept, and d too unless known is 0
template <Loss L, Penalty P>
void quadratic_terms(const Problem<L, P>& problem, const CscMatrix& columns,
                     std::span<const Index> list, std::size_t known, std::span<const double> z,
                     std::span<const double> pull, std::span<const float> floors, const Team& team,
                     QuadraticTerms& terms) {
  if (known == 0) {
    const double mean = 1.0 / columns.rows();
    terms.d.resize(z.size());
    team.for_shares(
        columns.rows(),
        [&](Range rows) {
          constexpr std::int64_t block = 256;
          double bends[block];
          for (std::int64_t first = rows.begin; first < rows.end; first += block) {
            const auto at = static_cast<std::size_t>(first);
            const auto count = static_cast<std::size_t>(std::min(block, rows.end - first));
            loss_curvatures(problem.loss, count, problem.targets.data() + at, z.data() + at, 0.0,
                            bends);
            for (std::size_t k = at; k < at + count; ++k) {
              const double bend =
                  std::max(bends[k - at], floors.empty() ? 0.0 : static_cast<double>(floors[k]));
              terms.d[k] = static_cast<float>(problem.weight(static_cast<Index>(k)) * bend * mean);
            }
          }
        },
        Team::few_numbers);
    terms.total = 0.0;
    for (const float d : terms.d) {
      terms.total += static_cast<double>(d);
    }
  }
  const std::size_t m = list.size();
  terms.gradient.resize(m);
  terms.diagonal.resize(m);
  terms.shift.resize(problem.intercept ? m : 0);
  for (std::size_t k = 0; k < m; ++k) {
    terms.gradient[k] = -pull[static_cast<std::size_t>(list[k])];
  }
  team.for_shares(static_cast<std::int64_t>(m - known), [&](Range share) {
    for (auto k = known + static_cast<std::size_t>(share.begin);
         k < known + static_cast<std::size_t>(share.end); ++k) {
      const SparseColumn column = columns.column(list[k]);
      double first = 0.0;
      double second = 0.0;
      column.for_each([&](Index row, double x) {
        const double dx = x * static_cast<double>(terms.d[static_cast<std::size_t>(row)]);
        first += dx;
        second += dx * x;
      });
      terms.diagonal[k] = second;
      if (problem.intercept) {
        terms.shift[k] = first;
        const double left = second - first * first / terms.total;
        terms.diagonal[k] = left > 1e-10 * second ? left : 0.0;  // a constant column duplicates the
                                                                 // intercept
      }
    }
  });
}

/// A step in coefficients and margins.
struct NewtonStep {
  Array<double> change;    ///< change of w on the working set
  Array<double> margins;   ///< X_W change + the change of b
  double intercept = 0.0;  ///< change of b
};

/// Computes margins and intercept from step.change. O(n + nonzeros of the columns).
template <Loss L, Penalty P>
void complete_step(const Problem<L, P>& problem, const CscMatrix& columns,
                   std::span<const Index> list, const QuadraticTerms& terms, NewtonStep& step) {
  step.margins.assign(static_cast<std::size_t>(columns.rows()), 0.0);
  step.intercept = 0.0;
  for (std::size_t k = 0; k < list.size(); ++k) {
    if (step.change[k] == 0.0) {
      continue;
    }
    columns.column(list[k]).for_each([&](Index row, double x) {
      step.margins[static_cast<std::size_t>(row)] += step.change[k] * x;
    });
    if (problem.intercept) {
      step.intercept -= terms.shift[k] * step.change[k] / terms.total;
    }
  }
  if (problem.intercept) {
    for (double& margin : step.margins) {
      margin += step.intercept;
    }
  }
}

/// Takes the longest part of the step, by halving, that lowers the objective by a hundredth of what
/// slope and penalty promise (Armijo; Tseng and Yun 2009); moves w and z. O(n) a try.
/// @param objective F at w
/// @return the share of the step that was taken; 0: no share helps
template <Loss L, Penalty P>
double search_along(const Problem<L, P>& problem, std::span<const Index> list,
                    const QuadraticTerms& terms, const NewtonStep& step, double objective,
                    std::span<double> w, std::span<double> z, const Team& team) {
  const P& penalty = problem.penalty;
  double slope = 0.0;
  double before = 0.0;
  double after = 0.0;
  for (std::size_t k = 0; k < list.size(); ++k) {
    const double old = w[static_cast<std::size_t>(list[k])];
    slope += terms.gradient[k] * step.change[k];
    before += penalty.value(old);
    after += penalty.value(penalty.prox(old + step.change[k], 0.0));
  }
  const double promise = std::min(slope + after - before, 0.0);
  const double rest = objective - mean_loss(problem, z, team) - before;  // penalty off the list
  const Array<double> old_z(z);
  // Near the optimum the objective falls by the square of what the gap falls by. If that is below
  // the objective's rounding error, the step is accepted.
  constexpr double rounding = 1e-12;
  const auto value_at = [&](double alpha) {
    for (std::size_t i = 0; i < z.size(); ++i) {
      z[i] = old_z[i] + alpha * step.margins[i];
    }
    double value = mean_loss(problem, z, team) + rest;
    for (std::size_t k = 0; k < list.size(); ++k) {
      value += penalty.value(
          penalty.prox(w[static_cast<std::size_t>(list[k])] + alpha * step.change[k], 0.0));
    }
    return value;
  };
  double alpha = 1.0;
  double value = value_at(alpha);
  // Negated, so that NaN also halves the step.
  while (!(value <= objective + 0.01 * alpha * promise + rounding * std::abs(objective))) {
    alpha *= 0.5;
    if (!(alpha > 1e-9)) {
      std::copy(old_z.begin(), old_z.end(), z.begin());
      return 0.0;
    }
    value = value_at(alpha);
  }
  for (std::size_t k = 0; k < list.size(); ++k) {
    double& coefficient = w[static_cast<std::size_t>(list[k])];
    coefficient = penalty.prox(coefficient + alpha * step.change[k], 0.0);
  }
  return alpha;
}

}  // namespace sounder
