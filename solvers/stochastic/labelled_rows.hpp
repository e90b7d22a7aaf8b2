// The parts of a problem that a stochastic step uses: packed rows, targets, weights and the loss.
#pragma once

#include <cstddef>
#include <span>

#include <sounder/engine/matrix/packed_rows.hpp>
#include <sounder/solvers/loss/loss.hpp>

namespace sounder {

/// A view. It leaves out the penalty, because a step gets its share of that as StepTerms.
template <Loss L>
struct LabelledRows {
  const PackedRows* rows;           ///< n rows, scaled
  std::span<const double> targets;  ///< y, n numbers
  std::span<const double> weights;  ///< s, or empty for all ones
  L loss;                           ///< loss of a row

  /// s_i.
  [[nodiscard]] double weight(Index i) const noexcept {
    return weights.empty() ? 1.0 : weights[static_cast<std::size_t>(i)];
  }
  /// loss'(y_i, z).
  [[nodiscard]] double slope(Index i, double z) const noexcept {
    return loss.derivative(targets[static_cast<std::size_t>(i)], z);
  }
};

}  // namespace sounder
