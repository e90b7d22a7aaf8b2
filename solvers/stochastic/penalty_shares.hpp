// Splits penalty and drift over the rows that hold a column.
#pragma once

#include <cstddef>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/matrix/packed_rows.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/stochastic/step_terms.hpp>

namespace sounder {

/// A stochastic step touches only its row's columns, so at each of its `count` rows a column gets n
/// / count times the penalty and the drift, which over an epoch adds up to the whole. Hot columns
/// get them undivided when they are exchanged, once for many rows (see RowStepper).
///
/// In packed coordinates. One thread calls, the team works. Memory: 48 bytes a column.
class PenaltyShares {
 public:
  /// @param scales the coefficient is scale times its packed coordinate
  /// @param first_penalised columns before it (an intercept) have no penalty
  /// @param by_prox whether steps on l2 are proximal
  PenaltyShares(const PackedRows& rows, std::span<const float> scales, std::size_t first_penalised,
                double l1, double l2, bool by_prox, const Team& team)
      : hot_(static_cast<std::size_t>(rows.order().hot)), by_prox_(by_prox), team_(team),
        split_(rows.columns()), terms_(rows.columns()) {
    const double n = rows.rows();
    team_.for_each(split_.size(), [&](std::size_t j) {
      const bool free = j < first_penalised;
      const double share = j < hot_ ? 1.0 : n / rows.order().count_of[j];
      const auto scale = static_cast<double>(scales[j]);
      split_[j] = {share, free ? 0.0 : share * scale * scale * l2, free ? 0.0 : share * scale * l1};
    });
  }

  /// The terms of an epoch that begins with this step size.
  /// @param pull minus the mean gradient that variance reduction adds; empty without it
  [[nodiscard]] std::span<const StepTerms> at(double step, std::span<const double> pull) {
    team_.for_each(terms_.size(), [&](std::size_t j) {
      const StepTerms& split = split_[j];
      const double drift = pull.empty() ? 0.0 : -split.drift * pull[j];
      // A gradient step on a rare column's share of the penalty could overshoot zero, so it is
      // damped.
      const double damping = j < hot_ || by_prox_ ? 1.0 : 1.0 / (1.0 + step * split.shrink);
      terms_[j] = {damping * drift, damping * split.shrink, damping * split.threshold};
    });
    return terms_;
  }

 private:
  std::size_t hot_;
  bool by_prox_;
  const Team& team_;
  Array<StepTerms> split_;  ///< for a drift of 1, without damping; the same in all epochs
  Array<StepTerms> terms_;
};

}  // namespace sounder
