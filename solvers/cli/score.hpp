// Scores predictions.
#pragma once

#include <cstdint>

namespace sounder::cli {

/// Compares truth with prediction, row by row, weighted; rows of weight 0 do not count. Every mean
/// is NaN before the first row that counts.
class Score {
 public:
  void add(double truth, double prediction, double weight) noexcept {
    if (weight == 0.0) {
      return;
    }
    ++rows_;
    correct_ += truth == prediction ? 1 : 0;
    weights_ += weight;
    right_ += truth == prediction ? weight : 0.0;
    squares_ += weight * (truth - prediction) * (truth - prediction);
    // Welford's means avoid cancellation for numbers far from zero.
    const double share = weight / weights_;
    const double dt = truth - mean_truth_;
    const double dp = prediction - mean_prediction_;
    mean_truth_ += dt * share;
    mean_prediction_ += dp * share;
    truth_squares_ += weight * dt * (truth - mean_truth_);
    prediction_squares_ += weight * dp * (prediction - mean_prediction_);
    products_ += weight * dt * (prediction - mean_prediction_);
  }

  /// Rows that count, and how many of them were predicted correctly.
  [[nodiscard]] std::int64_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::int64_t correct() const noexcept { return correct_; }
  /// The weight of correctly predicted rows, as a share of all.
  [[nodiscard]] double accuracy() const noexcept { return right_ / weights_; }
  [[nodiscard]] double mean_squared_error() const noexcept { return squares_ / weights_; }
  /// NaN if the truth or the prediction is constant.
  [[nodiscard]] double squared_correlation() const noexcept {
    return products_ * products_ / (truth_squares_ * prediction_squares_);
  }

 private:
  std::int64_t rows_ = 0;
  std::int64_t correct_ = 0;
  double weights_ = 0.0;
  double right_ = 0.0;
  double squares_ = 0.0;
  double mean_truth_ = 0.0;
  double mean_prediction_ = 0.0;
  double truth_squares_ = 0.0;
  double prediction_squares_ = 0.0;
  double products_ = 0.0;
};

}  // namespace sounder::cli
