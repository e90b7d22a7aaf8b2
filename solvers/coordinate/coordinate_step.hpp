// The step that every coordinate solver takes: one coordinate, from shared margins.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/matrix/csc_matrix.hpp>
#include <sounder/engine/matrix/products.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {

/// Margins (or coefficients) that only one worker uses. It has the functions of a SharedVector,
/// which several workers use.
struct LoneVector {
  using View = LoneVector;   ///< as in SharedVector
  std::span<double> values;  ///< views memory of the caller

  /// Like those of SharedVector and its View. @{
  void begin_step() const noexcept {}
  void end_step() const noexcept {}
  void hand_in() const noexcept {}
  [[nodiscard]] double get(std::size_t i) const noexcept { return values[i]; }
  void add(std::size_t i, double d) const noexcept { values[i] += d; }
  void set(std::size_t i, double value) const noexcept { values[i] = value; }
  /// @}
};

/// A change of one coefficient: value is the old value plus change, up to rounding.
struct CoordinateMove {
  Index column = 0;     ///< j
  double value = 0.0;   ///< new value of w_j
  double change = 0.0;  ///< change of w_j
};

/// Proximal coordinate steps with a fixed curvature: h_j = bound sum_i s_i x_ij^2 / n bounds the
/// second derivative along coordinate j, so a single step never raises the objective.
///
/// Keeps references to the problem and the columns, which must outlive it. Immutable; any number of
/// workers.
template <Loss L, Penalty P>
class CoordinateStep {
  static_assert(L::smooth, "this solver needs a smooth loss: take SquaredHinge for Hinge, or cd()");

 public:
  /// O(nnz / threads); 8 bytes a column.
  CoordinateStep(const Problem<L, P>& problem, const CscMatrix& columns, const Team& team)
      : problem_(&problem), columns_(&columns),
        curvature_(static_cast<std::size_t>(columns.columns())), mean_(1.0 / columns.rows()) {
    each_column(columns, team, [&](std::size_t j, const SparseColumn& column) {
      double squares = 0.0;
      for (std::size_t k = 0; k < column.size(); ++k) {
        const auto x = static_cast<double>(column.values[k]);
        squares += problem.weight(column.rows[k]) * x * x;
      }
      curvature_[j] = L::curvature_bound * squares * mean_;
    });
  }

  /// The constructor's arguments. @{
  [[nodiscard]] const Problem<L, P>& problem() const noexcept { return *problem_; }
  [[nodiscard]] const CscMatrix& columns() const noexcept { return *columns_; }
  /// @}
  /// h_j; 0 for a column that does not affect the loss, whose coefficient never moves.
  [[nodiscard]] std::span<const double> curvature() const noexcept { return curvature_; }

  /// Writes the start of a run: `initial` (p numbers, or empty for zeros) moved into the bounds.
  /// Penalised coefficients that do not affect the loss become zero, because no step would move
  /// them there.
  void start(std::span<const double> initial, std::span<double> w) const noexcept {
    const P& penalty = problem_->penalty;
    bool penalised = true;
    if constexpr (ElasticPenalty<P>) {
      penalised = penalty.l1() + penalty.l2() > 0.0;
    }
    for (std::size_t j = 0; j < w.size(); ++j) {
      const bool dead = curvature_[j] == 0.0 && penalised;
      w[j] = dead ? 0.0 : penalty.prox(initial.empty() ? 0.0 : initial[j], 0.0);
    }
  }

  /// (1/n) sum_i s_i x_ij loss'(y_i, z_i). O(nonzeros of the column), as is apply().
  template <class Margins>
  [[nodiscard]] double gradient(Index j, Margins& z) const noexcept {
    const SparseColumn column = columns_->column(j);
    const double* const y = problem_->targets.data();
    const bool weighted = !problem_->weights.empty();
    double sum = 0.0;
    column.for_each([&](Index row, double x) {
      const auto i = static_cast<std::size_t>(row);
      double slope = x * problem_->loss.derivative(y[i], z.get(i));
      if (weighted) {
        slope *= problem_->weights[i];
      }
      sum += slope;
    });
    return sum * mean_;
  }

  /// The proximal step from w on coordinate j with this gradient.
  [[nodiscard]] CoordinateMove move(Index j, double w, double gradient) const noexcept {
    const double h = curvature_[static_cast<std::size_t>(j)];
    const double value = h > 0.0 ? problem_->penalty.prox(w - gradient / h, 1.0 / h) : w;
    return {j, value, value - w};
  }

  /// The decrease of the objective that this step guarantees: that of the quadratic bound.
  [[nodiscard]] double descent(const CoordinateMove& move, double w,
                               double gradient) const noexcept {
    const P& penalty = problem_->penalty;
    const double h = curvature_[static_cast<std::size_t>(move.column)];
    double rise = 0.0;
    if constexpr (ElasticPenalty<P>) {
      // Uses the slope if the sign stays, because a difference of values would lose a small change.
      const double mean = 0.5 * (w + move.value);
      const bool stays = w * move.value >= 0.0;
      rise = stays ? std::copysign(penalty.l1(), mean) * move.change
                   : penalty.l1() * (std::abs(move.value) - std::abs(w));
      rise += move.change * penalty.l2() * mean;
    } else {
      rise = penalty.value(move.value) - penalty.value(w);
    }
    return -(rise + move.change * (gradient + 0.5 * h * move.change));
  }

  /// z += change x_j.
  template <class Margins>
  void apply(const CoordinateMove& move, Margins& z) const noexcept {
    columns_->column(move.column).for_each([&](Index row, double x) {
      z.add(static_cast<std::size_t>(row), move.change * x);
    });
  }

 private:
  const Problem<L, P>* problem_;
  const CscMatrix* columns_;
  Array<double> curvature_;
  double mean_;
};

}  // namespace sounder
