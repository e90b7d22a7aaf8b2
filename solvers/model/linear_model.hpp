// LinearModel: the result of training, and what prediction needs.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/threads/team.hpp>

namespace sounder {

/// Weights of a linear decision, and the meaning of the decisions.
///
/// A regression (no labels) and a model of two classes have one output: the predicted number, or a
/// decision that means labels[0] if it is > 0 and labels[1] otherwise. With more classes each has
/// an output, and the largest wins. Any number of threads may read one.
struct LinearModel {
  /// LIBLINEAR's name for the loss and penalty that the model was trained with.
  std::string solver_type = "L2R_LR";
  std::vector<double> labels;      ///< the classes; empty: a regression
  Index features = 0;              ///< p
  Index outputs = 1;               ///< k
  std::vector<double> weights;     ///< p x k, the k weights of a feature side by side
  std::vector<double> intercepts;  ///< k numbers, or empty: no intercept
  /// 0, or B from 1 to 30: features are the p = 2^B columns to which hash_feature() maps indices.
  /// Data for predictions must be read with ReadOptions{.hash_bits = hash_bits}, like the training
  /// data. After fit() on such data the caller sets it.
  int hash_bits = 0;

  /// Whether decisions are the predicted numbers themselves.
  [[nodiscard]] bool regression() const noexcept { return labels.empty(); }

  /// Whether decisions are log-odds, so that probabilities exist.
  [[nodiscard]] bool probabilistic() const noexcept {
    return solver_type == "L2R_LR" || solver_type == "L1R_LR" || solver_type == "L2R_LR_DUAL";
  }

  /// Turns the sign of every decision, for weights that were found with labels[1] as +1.
  void turn() noexcept {
    for (std::vector<double>* const numbers : {&weights, &intercepts}) {
      for (double& number : *numbers) {
        number = 0.0 - number;  // avoids -0
      }
    }
  }

  /// @throws std::invalid_argument with one sentence if the sizes do not fit together.
  void validate() const {
    const auto k = static_cast<std::size_t>(outputs);
    if (features < 0 || outputs < 1 || weights.size() != static_cast<std::size_t>(features) * k ||
        (!intercepts.empty() && intercepts.size() != k)) {
      throw std::invalid_argument("a model's weights do not fit its features and outputs");
    }
    if (hash_bits != 0 && (hash_bits < 1 || hash_bits > 30 || features != Index{1} << hash_bits)) {
      throw std::invalid_argument(
          "a model's features are not 2^hash_bits, or hash_bits not 1 to 30");
    }
    const bool fits = labels.size() == k || (k == 1 && (labels.empty() || labels.size() == 2));
    if (!fits) {
      throw std::invalid_argument("a model's labels do not fit its outputs");
    }
  }
};

/// Decisions of every row, n x k: x_i.w + b. Features that the model does not know are ignored. For
/// a hashed model the rows must be hashed too: ReadOptions{.hash_bits = model.hash_bits}.
///
/// Added in the order of the features, the intercept last, with the matrix's doubles if it holds
/// doubles, like LIBLINEAR; the same bits for any number of threads. O(k nnz / threads). May be
/// called from several threads at once.
[[nodiscard]] inline std::vector<double> decisions(const LinearModel& model,
                                                   const CsrMatrix& matrix, const Team& team) {
  const auto k = static_cast<std::size_t>(model.outputs);
  std::vector<double> values(static_cast<std::size_t>(matrix.rows()) * k);
  team.for_shares(matrix.rows(), [&](Range rows) {
    for (std::int64_t i = rows.begin; i < rows.end; ++i) {
      double* const decision = values.data() + static_cast<std::size_t>(i) * k;
      matrix.row(static_cast<Index>(i)).for_each_double([&](Index column, double value) {
        if (column < model.features) {
          const double* const w = model.weights.data() + static_cast<std::size_t>(column) * k;
          for (std::size_t output = 0; output < k; ++output) {
            decision[output] += w[output] * value;
          }
        }
      });
      for (std::size_t output = 0; output < model.intercepts.size(); ++output) {
        decision[output] += model.intercepts[output];
      }
    }
  });
  return values;
}

/// The meaning of the k decisions of one row: a label, or a number if the model is a regression. A
/// decision of exactly 0 means the second of two labels. Any number of threads.
[[nodiscard]] inline double prediction(const LinearModel& model,
                                       std::span<const double> decision) noexcept {
  if (model.regression()) {
    return decision[0];
  }
  if (model.labels.size() == 2) {
    return model.labels[decision[0] > 0.0 ? 0 : 1];
  }
  const auto best = std::max_element(decision.begin(), decision.end()) - decision.begin();
  return model.labels[static_cast<std::size_t>(best)];
}

/// Predictions for every row: n labels, or numbers if the model is a regression. For a hashed model
/// the rows must be hashed too: ReadOptions{.hash_bits = model.hash_bits}. O(k nnz / threads). May
/// be called from several threads at once.
[[nodiscard]] inline std::vector<double> predictions(const LinearModel& model,
                                                     const CsrMatrix& matrix, const Team& team) {
  const std::vector<double> all = decisions(model, matrix, team);
  const auto k = static_cast<std::size_t>(model.outputs);
  std::vector<double> values(static_cast<std::size_t>(matrix.rows()));
  team.for_each(values.size(), [&](std::size_t i) {
    values[i] = prediction(model, {all.data() + i * k, k});
  });
  return values;
}

/// Probability of every label, given the k decisions of one row; they add up to 1. With more than
/// two classes they are those of one class against the rest, scaled (like LIBLINEAR). Meaningless
/// unless model.probabilistic(). Any number of threads.
[[nodiscard]] inline std::vector<double> probabilities(const LinearModel& model,
                                                       std::span<const double> decision) {
  std::vector<double> values(model.labels.size());
  double total = 0.0;
  for (std::size_t output = 0; output < decision.size(); ++output) {
    values[output] = 1.0 / (1.0 + std::exp(-decision[output]));
    total += values[output];
  }
  if (decision.size() == 1 && values.size() == 2) {
    values[1] = 1.0 - values[0];
    return values;
  }
  for (double& value : values) {
    value /= total;
  }
  return values;
}

}  // namespace sounder
