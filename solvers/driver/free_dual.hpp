// A dual point for coefficients without a penalty, for which dual_bound.hpp only knows D = 0.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/cholesky.hpp>
#include <sounder/engine/matrix/centred_matrix.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/driver/objective.hpp>
#include <sounder/solvers/loss/loss_loops.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {

/// Lower bounds of min F for a penalty that is zero on at least one side of zero: no penalty, or
/// only bounds.
///
/// Then D requires X~^T (s a) = 0, X~ = [X, 1] with a free intercept, for every coefficient that is
/// not at a bound, and no multiple of a = -loss'(y, z) fulfils it. With W = diag(loss''(y_i, z_i))
/// and X~^T S W X~ d = X~^T (s a), the point a - W X~ d does: it is the dual point of the Newton
/// step. There is no bound if rounding leaves more of X~^T (s a) than some eps sum_i s_i |a_i x_ij|
/// in a column, or if a leaves the domain of the loss.
///
/// Solved by Cholesky, for up to `most_columns` free coefficients. One thread calls, the team
/// works.
template <Loss L, Penalty P>
class FreeDual {
 public:
  static constexpr std::size_t most_columns = 1024;  ///< most free coefficients; with more there is
                                                     ///< no bound

  /// Whether the penalty is zero on at least one side of zero.
  [[nodiscard]] static bool applies(const P& penalty) noexcept {
    const Interval domain = penalty.conjugate_domain();
    return domain.low == 0.0 || domain.high == 0.0;
  }

  /// Keeps references to problem and team, which must outlive it.
  FreeDual(const Problem<L, P>& problem, const Team& team) : problem_(problem), team_(team) {}

  /// D at the dual point of the Newton step from (w, z), where z has its best intercept and a is
  /// the dual candidate. -infinity if there is none, or if the step is so long that none can be
  /// expected. O(sum of squares of the rows' nonzeros + p^3) if the step is short.
  /// @param w p coefficients, in the order of the matrix
  [[nodiscard]] double bound(std::span<const double> w, std::span<const double> z,
                             std::span<const double> a, double objective) {
    find_free(w);
    const std::size_t m = free_.size() + offset();
    if (free_.size() > most_columns || m == 0) {
      return -infinity;
    }
    a_.assign(a);
    curvature_.resize(z.size());
    loss_curvatures(problem_.loss, z.size(), problem_.targets.data(), z.data(), 0.0,
                    curvature_.data());
    if (!is_near(objective)) {
      return -infinity;
    }
    step_.clear();
    for (int round = 0; round < most_rounds; ++round) {
      factorise();
      if (!project()) {
        return -infinity;
      }
      if (!free_violators()) {
        return dual_objective() - doubt(w, z);
      }
      if (free_.size() > most_columns) {
        break;
      }
    }
    return -infinity;
  }

 private:
  static constexpr int most_rounds = 5;
  static constexpr Index bound_to_zero = -1;

  [[nodiscard]] std::size_t offset() const noexcept { return problem_.intercept ? 1 : 0; }

  /// Finds the coefficients that can move both ways.
  void find_free(std::span<const double> w) {
    free_.clear();
    place_.assign(w.size(), bound_to_zero);
    for (std::size_t j = 0; j < w.size(); ++j) {
      const double room = 1e-12 * (1.0 + std::abs(w[j]));
      const P& penalty = problem_.penalty;
      if (penalty.prox(w[j] - room, 0.0) < w[j] && penalty.prox(w[j] + room, 0.0) > w[j]) {
        take(static_cast<Index>(j));
      }
    }
  }
  void take(Index j) {
    place_[static_cast<std::size_t>(j)] = static_cast<Index>(free_.size() + offset());
    free_.push_back(j);
  }

  /// Calls `visit(place, x)` for the entries of row i in free columns.
  template <class Visit>
  void for_each_free(Index i, Visit&& visit) const {
    if (problem_.intercept) {
      visit(std::size_t{0}, 1.0);
    }
    const SparseRow row = problem_.matrix.row(i);
    for (std::size_t k = 0; k < row.size(); ++k) {
      const Index place = place_[static_cast<std::size_t>(row.columns[k])];
      if (place != bound_to_zero) {
        visit(static_cast<std::size_t>(place), row.values[k]);
      }
    }
  }
  /// s_i / n.
  [[nodiscard]] double share(Index i) const noexcept {
    return problem_.weight(i) / problem_.matrix.rows();
  }

  /// Whether a Newton step promises little: sum_j g_j^2 / h_j is small compared with F.
  /// O(nonzeros).
  [[nodiscard]] bool is_near(double objective) {
    gather_residual();
    double decrement = 0.0;
    for (std::size_t k = 0; k < residual_.size(); ++k) {
      const double g = residual_[k];
      decrement += g != 0.0 && diagonal_[k] > 0.0 ? g * g / diagonal_[k] : 0.0;
    }
    return decrement < 0.1 * objective;
  }

  /// residual = X~^T (s a) / n, the rounding error it may have, and the diagonal of X~^T S W X~.
  void gather_residual() {
    const std::size_t m = free_.size() + offset();
    residual_.assign(m, 0.0);
    size_.assign(m, 0.0);
    diagonal_.assign(m, 0.0);
    for (Index i = 0; i < problem_.matrix.rows(); ++i) {
      const auto row = static_cast<std::size_t>(i);
      const double pull = share(i) * a_[row];
      const double bend = share(i) * curvature_[row];
      if (pull != 0.0 || bend != 0.0) {
        for_each_free(i, [&](std::size_t k, double x) {
          residual_[k] += pull * x;
          size_[k] += std::abs(pull * x);
          diagonal_[k] += bend * x * x;
        });
      }
    }
  }

  /// H = X~^T S W X~ on the free columns, scaled to a unit diagonal, and its Cholesky factor.
  void factorise() {
    gather_residual();
    const std::size_t m = residual_.size();
    scale_.resize(m);
    for (std::size_t k = 0; k < m; ++k) {
      scale_[k] = diagonal_[k] > 0.0 ? 1.0 / std::sqrt(diagonal_[k]) : 0.0;
    }
    factor_ = team_.reduce(
        problem_.matrix.rows(), Team::parts_of(problem_.matrix.nonzeros() * 8, m * m),
        Array<double>(m * m),
        [&](Range rows, Array<double>& sum) {
          for (std::int64_t i = rows.begin; i < rows.end; ++i) {
            const auto row = static_cast<Index>(i);
            const double bend = share(row) * curvature_[static_cast<std::size_t>(i)];
            if (bend == 0.0) {
              continue;
            }
            for_each_free(row, [&](std::size_t k, double x) {
              const double factor = bend * scale_[k] * x;
              double* const out = sum.data() + k * m;
              for_each_free(row, [&](std::size_t q, double v) {
                if (q <= k) {
                  out[q] += factor * scale_[q] * v;
                }
              });
            });
          }
        },
        [](Array<double>& sum, const Array<double>& part) {
          for (std::size_t k = 0; k < sum.size(); ++k) {
            sum[k] += part[k];
          }
        });
    Array<double> none(m);
    solve_cholesky(factor_, none, least_pivot);
  }

  /// b = H^-1 b, with the factor from factorise().
  void solve(Array<double>& b) const {
    const std::size_t m = b.size();
    for (std::size_t k = 0; k < m; ++k) {
      b[k] *= scale_[k];
      for (std::size_t q = 0; q < k; ++q) {
        b[k] -= factor_[k * m + q] * b[q];
      }
      b[k] /= factor_[k * m + k];
    }
    for (std::size_t k = m; k-- > 0;) {
      b[k] /= factor_[k * m + k];
      for (std::size_t q = 0; q < k; ++q) {
        b[q] -= factor_[k * m + q] * b[k];
      }
    }
    for (std::size_t k = 0; k < m; ++k) {
      b[k] *= scale_[k];
    }
  }

  /// a -= W X~ d, repeated until only rounding is left of the residual. False if that fails.
  [[nodiscard]] bool project() {
    constexpr int most_refinements = 6;
    for (int refinement = 0; refinement < most_refinements; ++refinement) {
      if (within_rounding()) {
        return true;
      }
      Array<double> d = residual_;
      solve(d);
      step_.resize(d.size());
      for (std::size_t k = 0; k < d.size(); ++k) {
        step_[k] += d[k];
      }
      for (Index i = 0; i < problem_.matrix.rows(); ++i) {
        const double bend = curvature_[static_cast<std::size_t>(i)];
        double along = 0.0;
        if (bend > 0.0) {
          for_each_free(i, [&](std::size_t k, double x) { along += d[k] * x; });
          a_[static_cast<std::size_t>(i)] -= bend * along;
        }
      }
      gather_residual();
    }
    return within_rounding();
  }
  [[nodiscard]] bool within_rounding() const noexcept {
    constexpr double rounding = 64.0 * std::numeric_limits<double>::epsilon();
    for (std::size_t k = 0; k < residual_.size(); ++k) {
      if (!(std::abs(residual_[k]) <= rounding * size_[k])) {
        return false;
      }
    }
    return true;
  }

  /// Frees the coefficients at a bound whose gradient pulls them off it. False if there are none.
  [[nodiscard]] bool free_violators() {
    const std::size_t columns = place_.size();
    if (free_.size() == columns) {
      pull_.clear();
      return false;
    }
    pull_.assign(columns, 0.0);
    Array<double> size(columns);
    for (Index i = 0; i < problem_.matrix.rows(); ++i) {
      const double pull = share(i) * a_[static_cast<std::size_t>(i)];
      const SparseRow row = problem_.matrix.row(i);
      for (std::size_t k = 0; k < row.size(); ++k) {
        const auto j = static_cast<std::size_t>(row.columns[k]);
        pull_[j] += pull * row.values[k];
        size[j] += std::abs(pull * row.values[k]);
      }
    }
    const Interval domain = problem_.penalty.conjugate_domain();
    bool found = false;
    for (std::size_t j = 0; j < columns; ++j) {
      const double rounding = 64.0 * std::numeric_limits<double>::epsilon() * size[j];
      if (place_[j] != bound_to_zero || std::abs(pull_[j]) <= rounding) {
        pull_[j] = 0.0;  // zero up to rounding
      } else if (pull_[j] < domain.low || pull_[j] > domain.high) {
        take(static_cast<Index>(j));
        found = true;
      }
    }
    return found;
  }

  /// How much the residual r that is left may have raised D: |r . w| at the optimum. w and the
  /// Newton step from it stand in for the optimum. The doubt is large if columns are nearly
  /// dependent: then the optimum may be far away, though F is hardly lower there.
  [[nodiscard]] double doubt(std::span<const double> w, std::span<const double> z) const noexcept {
    constexpr double rounding = 8.0 * std::numeric_limits<double>::epsilon();
    double largest = 0.0;  // stands in for the intercept
    for (const double margin : z) {
      largest = std::max(largest, std::abs(margin));
    }
    double sum = 0.0;
    for (std::size_t k = 0; k < residual_.size(); ++k) {
      const double coefficient =
          k < offset() ? largest : std::abs(w[static_cast<std::size_t>(free_[k - offset()])]);
      const double step = k < step_.size() ? std::abs(step_[k]) : 0.0;
      sum += (std::abs(residual_[k]) + rounding * size_[k]) * (coefficient + step);
    }
    return 4.0 * sum;
  }

  [[nodiscard]] double dual_objective() const {
    const double gain = mean_dual_term(problem_, a_, 1.0, team_);
    double cost = 0.0;
    for (const double pull : pull_) {
      cost += pull != 0.0 ? problem_.penalty.conjugate(pull) : 0.0;
    }
    const double bound = gain - cost;
    return std::isnan(bound) ? -infinity : bound;
  }

  static constexpr double least_pivot = 1e-13;

  const Problem<L, P>& problem_;
  const Team& team_;
  Array<Index> free_;   ///< columns that are free
  Array<Index> place_;  ///< place of each column in the system, after the intercept
  Array<double> a_;
  Array<double> curvature_;  ///< W
  Array<double> residual_;
  Array<double> size_;
  Array<double> diagonal_;
  Array<double> step_;  ///< the Newton step, in the system's places
  Array<double> scale_;
  Array<double> factor_;
  Array<double> pull_;  ///< X^T (s a) / n of columns at a bound
};

}  // namespace sounder
