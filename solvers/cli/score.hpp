// How right predictions are.
#pragma once

#include <cstdint>

namespace sounder::cli {

/// Compares truth with prediction, row by row. Every mean is NaN before the first row.
class Score {
 public:
  void add(double truth, double prediction) noexcept {
    ++rows_;
    correct_ += truth == prediction ? 1 : 0;
    squares_ += (truth - prediction) * (truth - prediction);
    // Welford's means: no cancellation, however far from zero the numbers are.
    const auto n = static_cast<double>(rows_);
    const double dt = truth - mean_truth_;
    const double dp = prediction - mean_prediction_;
    mean_truth_ += dt / n;
    mean_prediction_ += dp / n;
    truth_squares_ += dt * (truth - mean_truth_);
    prediction_squares_ += dp * (prediction - mean_prediction_);
    products_ += dt * (prediction - mean_prediction_);
  }

  [[nodiscard]] std::int64_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::int64_t correct() const noexcept { return correct_; }
  [[nodiscard]] double accuracy() const noexcept {
    return static_cast<double>(correct_) / static_cast<double>(rows_);
  }
  [[nodiscard]] double mean_squared_error() const noexcept {
    return squares_ / static_cast<double>(rows_);
  }
  /// NaN when the truth or the prediction never changes.
  [[nodiscard]] double squared_correlation() const noexcept {
    return products_ * products_ / (truth_squares_ * prediction_squares_);
  }

 private:
  std::int64_t rows_ = 0;
  std::int64_t correct_ = 0;
  double squares_ = 0.0;
  double mean_truth_ = 0.0;
  double mean_prediction_ = 0.0;
  double truth_squares_ = 0.0;
  double prediction_squares_ = 0.0;
  double products_ = 0.0;
};

}  // namespace sounder::cli
