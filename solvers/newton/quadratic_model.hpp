// A quadratic model of the loss on a working set, and its form by the Gram matrix for small sets.
// margin_model.hpp has the form for large sets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/call.hpp>
#include <sounder/engine/base/lane_sum.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/newton/gram_matrix.hpp>
#include <sounder/solvers/penalty/penalty.hpp>

namespace sounder {

/// Gradient g and Hessian H = X_W^T diag(d) X_W of the mean loss on the columns W at a point. A
/// free intercept is eliminated by subtracting shift shift^T / total from H.
struct QuadraticTerms {
  Array<float> d;          ///< s_i loss''(y_i, z_i) / n, one number a row
  Array<double> gradient;  ///< g at the point
  Array<double> diagonal;  ///< diagonal of H; 0 for a column that must not move
  Array<double> shift;     ///< X_W^T d; empty without an intercept
  double total = 0.0;      ///< sum_i d_i
};

/// The proximal step from value w of coordinate k. A coordinate that must not move stays.
template <class Model, Penalty P>
[[nodiscard]] double stepped(const Model& model, const P& penalty, std::size_t k, double w) {
  const double h = model.diagonal(k);
  return h > 0.0 ? penalty.prox(w - model.gradient(k) / h, 1.0 / h) : w;
}

/// What steps on many coordinates need from a model, so that they are compiled once for both forms.
/// Loops over single coordinates use the form itself.
class QuadraticModel {
 public:
  QuadraticModel() = default;
  QuadraticModel(const QuadraticModel&) = delete;
  QuadraticModel& operator=(const QuadraticModel&) = delete;

  /// H_kk.
  [[nodiscard]] virtual double diagonal(std::size_t k) const noexcept = 0;
  /// Gradient of the model along k, after the moves so far.
  [[nodiscard]] virtual double gradient(std::size_t k) const noexcept = 0;

  /// Sets the coordinates `support` that multiply() and curvature() refer to.
  virtual void focus(std::span<const std::size_t> support) = 0;
  /// out = H_SS x.
  virtual void multiply(std::span<const double> x, std::span<double> out) = 0;
  /// What multiply() costs, in multiplications on numbers in the nearest cache. O(1).
  [[nodiscard]] virtual double product_work() = 0;
  /// H_SS, row-major, as precise as it is kept. Only GramModel fills in what is above the diagonal.
  [[nodiscard]] virtual Array<double> hessian() const = 0;
  /// curvature(x) returns x^T H_SS x; commit(t) then moves the support by t x. @{
  [[nodiscard]] virtual double curvature(std::span<const double> x) = 0;
  virtual void commit(double t) noexcept = 0;
  /// @}

 protected:
  ~QuadraticModel() = default;  // never destroyed through this type
};

/// The model with H itself: a move costs |W| additions, reading a gradient is free.
class GramModel final : public QuadraticModel {
 public:
  /// Keeps references to all three, which must outlive it. O(|W|).
  GramModel(const QuadraticTerms& terms, const GramMatrix& gram, const Team& team)
      : terms_(terms), gram_(gram), team_(team), gradient_(terms.gradient) {}

  /// |W|.
  [[nodiscard]] std::size_t size() const noexcept { return gradient_.size(); }
  /// H_kk.
  [[nodiscard]] double diagonal(std::size_t k) const noexcept override {
    return terms_.diagonal[k];
  }
  /// Gradient of the model along k, after the moves so far. O(1).
  [[nodiscard]] double gradient(std::size_t k) const noexcept override { return gradient_[k]; }
  /// Replaces w_k by w_k + change. O(|W|).
  void move(std::size_t k, double change) noexcept {
    add_row(k, change, gradient_, Range{0, static_cast<std::int64_t>(size())});
  }

  void focus(std::span<const std::size_t> support) override { support_.assign(support); }
  /// See GramMatrix.
  [[nodiscard]] GramPrecision precision() const noexcept { return gram_.precision(); }

  /// out = H_SS x. O(s^2 / threads).
  void multiply(std::span<const double> x, std::span<double> out) override {
    const std::size_t* const place = support_.data();
    share_out(x.size() * x.size(), x.size(), [&](Range share) {
      for (auto a = static_cast<std::size_t>(share.begin); a < static_cast<std::size_t>(share.end);
           ++a) {
        out[a] =
            lane_sum(x.size(), [&](std::size_t b) { return gram_.at(place[a], place[b]) * x[b]; });
      }
    });
  }
  [[nodiscard]] double product_work() noexcept override {
    const auto s = static_cast<double>(support_.size());
    return (precision() == GramPrecision::full ? 3.0 : 2.0) * s * s;
  }
  [[nodiscard, gnu::noinline]] Array<double> hessian() const override {
    const std::size_t s = support_.size();
    Array<double> block(s * s);
    for (std::size_t a = 0; a < s; ++a) {
      for (std::size_t b = 0; b < s; ++b) {
        block[a * s + b] = gram_.at(support_[a], support_[b]);
      }
    }
    return block;
  }
  /// curvature(x) returns x^T H_SS x; commit(t) then moves the support by t x. O(|W| x support). @{
  [[nodiscard]] double curvature(std::span<const double> x) override {
    image_.assign(size(), 0.0);
    share_out(size() * x.size(), size(), [&](Range share) {
      for (std::size_t a = 0; a < x.size(); ++a) {
        if (x[a] != 0.0) {
          add_row(support_[a], x[a], image_, share);
        }
      }
    });
    double sum = 0.0;
    for (std::size_t a = 0; a < x.size(); ++a) {
      sum += x[a] * image_[support_[a]];
    }
    return sum;
  }
  void commit(double t) noexcept override {
    for (std::size_t k = 0; k < size(); ++k) {
      gradient_[k] += t * image_[k];
    }
  }
  /// @}

 private:
  /// Calls work(Range) over shares of [0, count), by the team if there are many numbers.
  void share_out(std::size_t numbers, std::size_t count, Call<void(Range)> work) const {
    constexpr std::size_t many = 100'000;
    const auto end = static_cast<std::int64_t>(count);
    team_.for_shares(end, work, numbers < many ? end + 1 : 2);
  }

  void add_row(std::size_t k, double factor, Array<double>& sums, Range share) const noexcept {
    gram_.with_row(k, [&](const auto* row) {
      double* const out = sums.data();
      for (auto q = static_cast<std::size_t>(share.begin); q < static_cast<std::size_t>(share.end);
           ++q) {
        out[q] += factor * static_cast<double>(row[q]);
      }
    });
  }

  const QuadraticTerms& terms_;
  const GramMatrix& gram_;
  const Team& team_;
  Array<double> gradient_;
  Array<std::size_t> support_;
  Array<double> image_;
};

}  // namespace sounder
