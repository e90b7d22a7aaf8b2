// The evaluator of the stochastic solvers: objective, certificate and full gradient of a point in
// packed, scaled coordinates.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/matrix/packed_rows.hpp>
#include <sounder/engine/run/result.hpp>
#include <sounder/engine/threads/schedule.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/driver/certificate.hpp>
#include <sounder/solvers/driver/free_dual.hpp>
#include <sounder/solvers/driver/intercept.hpp>
#include <sounder/solvers/problem/problem.hpp>
#include <sounder/solvers/stochastic/preconditioner.hpp>
#include <sounder/solvers/stochastic/row_pass.hpp>

namespace sounder {

/// The problem's rows, packed and scaled, and the values at one point w.
///
/// Packed coordinates: label k stands for column order().original_of[k], whose coefficient is w_k
/// scales()[k]; label 0 is the intercept if the problem has one. One thread calls, the team works.
/// Memory: 8 bytes a nonzero; 8 (parts + 3) a column, where the pass has no
/// layout of its own for products; 24 a row.
template <Loss L, Penalty P>
class PackedEvaluator {
 public:
  /// @param hot_columns as in order_columns
  /// @param precondition whether to scale by the preconditioner
  /// @param repeatable  the same bits for any number of threads
  PackedEvaluator(const Problem<L, P>& problem, int hot_columns, bool precondition,
                  const Team& team, bool repeatable = false)
      : problem_(problem), team_(team), at_zero_(objective_at_zero(problem, team)),
        null_(null_objective(problem, team)),
        parts_(repeatable ? Team::parts_of(problem.matrix.nonzeros(),
                                           static_cast<std::size_t>(problem.matrix.columns()))
                          : team.size()),
        rows_(pack(problem, hot_columns, precondition, team, parts_, scales_)),
        z_(static_cast<std::size_t>(rows_.rows())), a_(z_.size()), weighted_(z_.size()),
        u_(rows_.columns()), w_(rows_.columns() - first_penalised()), dual_(w_.size()),
        free_(problem, team) {}

  PackedEvaluator(const PackedEvaluator&) = delete;
  PackedEvaluator& operator=(const PackedEvaluator&) = delete;

  /// The problem's rows, packed and scaled.
  [[nodiscard]] const PackedRows& rows() const noexcept { return rows_; }
  /// One factor a label.
  [[nodiscard]] std::span<const float> scales() const noexcept { return scales_; }
  /// The first label after the intercept, if there is one.
  [[nodiscard]] std::size_t first_penalised() const noexcept { return problem_.intercept ? 1 : 0; }
  /// F(0, 0).
  [[nodiscard]] double at_zero() const noexcept { return at_zero_; }

  /// z_i = x_i.w + b at the point last seen by objective(); extrapolation may write them.
  [[nodiscard]] std::span<double> margins() noexcept { return z_; }
  /// a_i = -loss'(y_i, z_i) at the point last certified.
  [[nodiscard]] std::span<const double> anchors() const noexcept { return a_; }
  /// X^T (s a) / n at the point last certified, in packed, scaled coordinates.
  [[nodiscard]] std::span<const double> pull() const noexcept { return u_; }

  /// |grad F|^2 at the point last certified, without the frequent columns.
  [[nodiscard]] double rest_of_gradient() const {
    const std::size_t first = rows_.frequent() - std::min(rows_.frequent(), first_penalised());
    const double l2 = problem_.penalty.l2();
    return team_.sum(static_cast<std::int64_t>(w_.size() - first), [&](Range columns) {
      double sum = 0.0;
      for (std::int64_t k = columns.begin; k < columns.end; ++k) {
        const std::size_t j = first + static_cast<std::size_t>(k);
        const double slope = l2 * w_[j] - dual_[j];
        sum += slope * slope;
      }
      return sum;
    });
  }

  /// Computes F(w) and the margins. One pass over the data.
  [[nodiscard]] double objective(std::span<const double> w) {
    rows_.margins(w, z_, team_);
    return objective_here(w);
  }
  /// F(w), whose margins are known. O(n + p).
  [[nodiscard]] double objective_here(std::span<const double> w) {
    unscale(w);
    return mean_loss(problem_, z_, team_) + penalty_value(problem_.penalty, w_, team_);
  }

  /// F(w) on the first `size` rows of a sample alone; keeps nothing. `sample` must have blocks of
  /// one row.
  [[nodiscard]] double objective(std::span<const double> w, const Schedule& sample,
                                 std::int64_t size) const {
    double loss = 0.0;
    for (std::int64_t k = 0; k < size; ++k) {
      const auto i = static_cast<Index>(sample.rows_at(k).begin);
      const double z = packed_dot(rows_.row(i), [w](std::size_t j) { return w[j]; });
      loss += problem_.weight(i) * problem_.loss.value(problem_.target(i), z);
    }
    double penalty = 0.0;
    for (std::size_t k = first_penalised(); k < w.size(); ++k) {
      penalty += problem_.penalty.value(w[k] * static_cast<double>(scales_[k]));
    }
    return loss / static_cast<double>(size) + penalty;
  }

  /// The certificate of w, whose margins must be known; first moves the intercept to its best
  /// value. One pass over the data. Its dual objective is the highest so far, because every dual
  /// objective is a lower bound.
  /// @param settle false: leave the intercept as it is
  [[nodiscard]] Certificate certify_point(std::span<double> w, bool settle = true) {
    if (problem_.intercept && settle) {
      const double shift = best_shift(problem_, z_, team_);
      w[0] += shift / static_cast<double>(scales_[0]);
      for (double& margin : z_) {
        margin += shift;
      }
    }
    dual_candidate(problem_, z_, a_, team_);
    const double n = rows_.rows();
    team_.for_each(a_.size(), [&](std::size_t i) {
      weighted_[i] = a_[i] * problem_.weight(static_cast<Index>(i)) / n;
    });
    transpose();
    unscale(w);
    const std::size_t first = first_penalised();
    team_.for_each(dual_.size(), [&](std::size_t k) {
      dual_[k] = u_[k + first] / static_cast<double>(scales_[k + first]);
    });
    const double here = mean_loss(problem_, z_, team_) + penalty_value(problem_.penalty, w_, team_);
    highest_dual_ = std::max(highest_dual_, dual_point(problem_, a_, dual_, here, team_).objective);
    if constexpr (may_be_free<P>) {
      if (FreeDual<L, P>::applies(problem_.penalty)) {
        Result point;
        unload(w, point);
        highest_dual_ = std::max(highest_dual_, free_.bound(point.w, z_, a_, here));
      }
    }
    return certify(w_, here, highest_dual_, null_);
  }

  /// Leaves products with X^T to a pass that can do them. It must outlive this.
  void leave_products_to(RowPass& pass) noexcept { pass_ = &pass; }

  /// See sounder::relative_gap().
  [[nodiscard]] double relative_gap(double objective, double dual_objective) const noexcept {
    return sounder::relative_gap(objective, dual_objective, null_);
  }

  /// Writes the packed coordinates of coefficients (p, or empty for zeros) and intercept.
  void load(std::span<const double> coefficients, double intercept, std::span<double> w) const {
    for (std::size_t k = 0; k < w.size(); ++k) {
      const Index column = rows_.order().original_of[k];
      double value = 0.0;
      if (column == ColumnOrder::none) {
        value = intercept;
      } else if (!coefficients.empty()) {
        value = coefficients[static_cast<std::size_t>(column)];
      }
      w[k] = value / static_cast<double>(scales_[k]);
    }
  }

  /// The reverse of load(): p coefficients, zero for empty columns, and the intercept.
  void unload(std::span<const double> w, Result& result) const {
    result.w.assign(static_cast<std::size_t>(problem_.matrix.columns()), 0.0);
    for (std::size_t k = 0; k < w.size(); ++k) {
      const double value = w[k] * static_cast<double>(scales_[k]);
      const Index column = rows_.order().original_of[k];
      (column == ColumnOrder::none ? result.intercept
                                   : result.w[static_cast<std::size_t>(column)]) = value;
    }
  }

 private:
  static PackedRows pack(const Problem<L, P>& problem, int hot_columns, bool precondition,
                         const Team& team, int parts, Array<float>& scales) {
    const ColumnMoments moments = column_moments(problem, parts, team);
    ColumnOrder order =
        order_columns(moments.counts, problem.matrix.rows(), problem.intercept, hot_columns);
    if (precondition) {
      scales = preconditioner(problem, order, moments.mean_squares, team);
    } else {
      scales.assign(order.size(), 1.0F);
    }
    return PackedRows(problem.matrix, std::move(order), scales, problem.intercept, team);
  }

  void transpose() {
    if (pass_ != nullptr && pass_->transpose(weighted_, u_)) {
      return;
    }
    if (!transpose_) {
      transpose_.emplace(rows_, team_, parts_);
    }
    (*transpose_)(weighted_, u_);
  }

  void unscale(std::span<const double> w) {
    const std::size_t first = first_penalised();
    team_.for_each(w_.size(), [&](std::size_t k) {
      w_[k] = w[k + first] * static_cast<double>(scales_[k + first]);
    });
  }

  const Problem<L, P>& problem_;
  const Team& team_;
  double at_zero_;
  double null_;
  Array<float> scales_;
  int parts_;  ///< of sums over rows
  PackedRows rows_;
  std::optional<TransposeProduct> transpose_;
  RowPass* pass_ = nullptr;
  Array<double> z_;
  Array<double> a_;
  Array<double> weighted_;  ///< s_i a_i / n
  Array<double> u_;
  Array<double> w_;     ///< coefficients in packed order, unscaled, without the intercept
  Array<double> dual_;  ///< u in the same form
  double highest_dual_ = -infinity;
  FreeDual<L, P> free_;
};

}  // namespace sounder
