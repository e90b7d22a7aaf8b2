// How good a model is on rows that it was not trained on.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <vector>

#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {

/// Scores of a model on unseen rows, weighted like the rows.
struct ValidationScore {
  double loss = 0.0;            ///< mean loss
  double standard_error = 0.0;  ///< standard error of `loss`, over folds or over rows
  double accuracy = 0.0;        ///< share of rows on the right side of 0; NaN for a regression
};

/// Collects the scores of rows, which one thread adds; rows of weight 0 are ignored. Keeps two
/// numbers a row.
template <Loss L>
class ValidationSums {
 public:
  /// Adds a row with this weight and target y, whose decision is z.
  void add(const L& loss, double weight, double y, double z) {
    if (weight > 0.0) {
      losses_.push_back(loss.value(y, z));
      weights_.push_back(weight);
      largest_ = std::max(largest_, weight);
      right_.push_back((z > 0.0) == (y > 0.0));
    }
  }
  /// Whether no row of positive weight was added.
  [[nodiscard]] bool empty() const noexcept { return losses_.empty(); }

  /// The scores. The standard error is that of a mean over rows, sqrt(sum s_i^2 (loss_i - mean)^2)
  /// / sum s_i.
  [[nodiscard]] ValidationScore score() const {
    // In two passes, because squares of losses far from zero would cancel, and with weights
    // relative to the largest, whose squares stay in range.
    double total = 0.0;
    double loss = 0.0;
    double right = 0.0;
    for (std::size_t i = 0; i < losses_.size(); ++i) {
      const double s = weights_[i] / largest_;
      total += s;
      loss += s * losses_[i];
      right += right_[i] ? s : 0.0;
    }
    const double mean = loss / total;
    double squares = 0.0;
    for (std::size_t i = 0; i < losses_.size(); ++i) {
      const double off = weights_[i] / largest_ * (losses_[i] - mean);
      squares += off * off;
    }
    return {mean, std::sqrt(squares) / total, L::classification ? right / total : std::nan("")};
  }

 private:
  std::vector<double> losses_;
  std::vector<double> weights_;
  std::vector<bool> right_;
  double largest_ = 0.0;
};

/// x_i.w + b; features from w.size() on are ignored. O(nonzeros of the row). Any number of threads.
[[nodiscard]] inline double decision(const SparseRow& row, std::span<const double> w,
                                     double b) noexcept {
  double z = b;
  row.for_each_double([&](Index column, double value) {
    const auto j = static_cast<std::size_t>(column);
    z += j < w.size() ? value * w[j] : 0.0;
  });
  return z;
}

/// The score of (w, b) on the rows of another problem. O(nnz), in the calling thread; any number of
/// threads may call.
/// @throws std::invalid_argument if no row has a weight above 0
template <Loss L, Penalty P>
[[nodiscard]] ValidationScore validate(const Problem<L, P>& rows, std::span<const double> w,
                                       double b) {
  ValidationSums<L> sums;
  for (Index i = 0; i < rows.matrix.rows(); ++i) {
    sums.add(rows.loss, rows.weight(i), rows.target(i), decision(rows.matrix.row(i), w, b));
  }
  if (sums.empty()) {
    throw std::invalid_argument("validate: no row has a weight above 0");
  }
  return sums.score();
}

}  // namespace sounder
