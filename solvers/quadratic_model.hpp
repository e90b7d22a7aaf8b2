// A quadratic model of the loss on a working set, in two forms: by its Gram matrix, where the set
// is small, or by margins.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <sounder/engine/csc_matrix.hpp>
#include <sounder/engine/nonzero_share.hpp>
#include <sounder/engine/team.hpp>
#include <sounder/solvers/gram_matrix.hpp>

namespace sounder {

/// Around a point: gradient g and Hessian H = X_W^T diag(d) X_W of the mean loss on the columns W,
/// a free intercept eliminated: H loses shift shift^T / total.
struct QuadraticTerms {
  std::vector<float> d;          ///< s_i loss''(y_i, z_i) / n, a number a row
  std::vector<double> gradient;  ///< at the point
  std::vector<double> diagonal;  ///< of H; 0 for a column that must not move
  std::vector<double> shift;     ///< X_W^T d; empty without an intercept
  double total = 0.0;            ///< sum_i d_i
};

/// The model by H itself, in float: every move costs |W| additions, a look at a gradient nothing.
class GramModel {
 public:
  GramModel(const QuadraticTerms& terms, const GramMatrix& gram)
      : terms_(terms), gram_(gram), gradient_(terms.gradient) {}

  [[nodiscard]] std::size_t size() const noexcept { return gradient_.size(); }
  [[nodiscard]] double diagonal(std::size_t k) const noexcept { return terms_.diagonal[k]; }
  [[nodiscard]] double gradient(std::size_t k) const noexcept { return gradient_[k]; }
  void move(std::size_t k, double change) noexcept { add_row(k, change, gradient_); }

  /// What multiply() and curvature() speak of: coordinates `support`.
  void focus(std::span<const std::size_t> support) {
    support_.assign(support.begin(), support.end());
    const std::size_t s = support_.size();
    block_.resize(s * s);
    for (std::size_t a = 0; a < s; ++a) {
      const float* const row = gram_.row(support_[a]);
      for (std::size_t b = 0; b < s; ++b) {
        block_[a * s + b] = row[support_[b]];
      }
    }
  }
  /// H_SS, row-major.
  [[nodiscard]] std::span<const float> block() const noexcept { return block_; }

  /// out = H_SS x.
  void multiply(std::span<const double> x, std::span<double> out) const noexcept {
    const std::size_t s = x.size();
    for (std::size_t a = 0; a < s; ++a) {
      const float* const row = block_.data() + a * s;
      double sums[4] = {};
      std::size_t b = 0;
      for (; b + 3 < s; b += 4) {
        for (std::size_t lane = 0; lane < 4; ++lane) {
          sums[lane] += static_cast<double>(row[b + lane]) * x[b + lane];
        }
      }
      for (; b < s; ++b) {
        sums[0] += static_cast<double>(row[b]) * x[b];
      }
      out[a] = sums[0] + sums[1] + (sums[2] + sums[3]);
    }
  }
  /// x^T H_SS x; commit(t) then moves the support by t x.
  [[nodiscard]] double curvature(std::span<const double> x) {
    image_.assign(size(), 0.0);
    for (std::size_t a = 0; a < x.size(); ++a) {
      if (x[a] != 0.0) {
        add_row(support_[a], x[a], image_);
      }
    }
    double sum = 0.0;
    for (std::size_t a = 0; a < x.size(); ++a) {
      sum += x[a] * image_[support_[a]];
    }
    return sum;
  }
  void commit(double t) noexcept {
    for (std::size_t k = 0; k < size(); ++k) {
      gradient_[k] += t * image_[k];
    }
  }

 private:
  void add_row(std::size_t k, double factor, std::vector<double>& sums) const noexcept {
    const float* const row = gram_.row(k);
    double* const out = sums.data();
    for (std::size_t q = 0; q < size(); ++q) {
      out[q] += factor * static_cast<double>(row[q]);
    }
  }

  const QuadraticTerms& terms_;
  const GramMatrix& gram_;
  std::vector<double> gradient_;
  std::vector<std::size_t> support_;
  std::vector<float> block_;
  std::vector<double> image_;
};

/// The model by the margins' change v = X_W (w - w_0): e = d v is kept in float beside d, so that a
/// move touches one line a row. It starts at zero: its rounding is relative to the step.
class MarginModel {
 public:
  MarginModel(const QuadraticTerms& terms, const CscMatrix& columns, std::span<const Index> list,
              const Team& team)
      : terms_(terms), columns_(columns), list_(list), team_(team), rows_(terms.d.size()),
        image_(terms.d.size()) {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      rows_[i] = {terms.d[i], 0.0F};
    }
  }

  [[nodiscard]] std::size_t size() const noexcept { return list_.size(); }
  [[nodiscard]] double diagonal(std::size_t k) const noexcept { return terms_.diagonal[k]; }
  [[nodiscard]] double gradient(std::size_t k) const noexcept {
    const SparseColumn column = columns_.column(list_[k]);
    const Row* const rows = rows_.data();
    const std::size_t size = column.size();
    double even = 0.0;
    double odd = 0.0;
    std::size_t q = 0;
    for (; q + 1 < size; q += 2) {
      even += static_cast<double>(rows[column.rows[q]].e * column.values[q]);
      odd += static_cast<double>(rows[column.rows[q + 1]].e * column.values[q + 1]);
    }
    if (q < size) {
      even += static_cast<double>(rows[column.rows[q]].e * column.values[q]);
    }
    const double drift = terms_.shift.empty() ? 0.0 : terms_.shift[k] * moved_ / terms_.total;
    return terms_.gradient[k] + even + odd - drift;
  }
  void move(std::size_t k, double change) noexcept {
    const SparseColumn column = columns_.column(list_[k]);
    Row* const rows = rows_.data();
    const auto by = static_cast<float>(change);
    for (std::size_t q = 0; q < column.size(); ++q) {
      Row& row = rows[column.rows[q]];
      row.e += by * row.d * column.values[q];
    }
    if (!terms_.shift.empty()) {
      moved_ += change * terms_.shift[k];
    }
  }

  void focus(std::span<const std::size_t> support) {
    support_.assign(support.begin(), support.end());
  }
  /// Both passes over the columns of the support are shared by the team.
  void multiply(std::span<const double> x, std::span<double> out) {
    spread(x);
    const double drift = terms_.shift.empty() ? 0.0 : along(x) / terms_.total;
    team_.for_shares(
        static_cast<std::int64_t>(rows_.size()),
        [&](Range share) {
          for (auto i = static_cast<std::size_t>(share.begin);
               i < static_cast<std::size_t>(share.end); ++i) {
            image_[i] *= static_cast<double>(rows_[i].d);
          }
        },
        Team::few_numbers);
    team_.for_shares(static_cast<std::int64_t>(x.size()), [&](Range share) {
      for (auto a = static_cast<std::size_t>(share.begin); a < static_cast<std::size_t>(share.end);
           ++a) {
        const SparseColumn column = columns_.column(list_[support_[a]]);
        double sum = 0.0;
        for (std::size_t q = 0; q < column.size(); ++q) {
          sum += image_[static_cast<std::size_t>(column.rows[q])] *
                 static_cast<double>(column.values[q]);
        }
        out[a] = sum - (terms_.shift.empty() ? 0.0 : terms_.shift[support_[a]] * drift);
      }
    });
  }
  [[nodiscard]] double curvature(std::span<const double> x) {
    spread(x);
    double sum = 0.0;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      sum += static_cast<double>(rows_[i].d) * image_[i] * image_[i];
    }
    along_ = terms_.shift.empty() ? 0.0 : along(x);
    return sum - (terms_.shift.empty() ? 0.0 : along_ * along_ / terms_.total);
  }
  void commit(double t) noexcept {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      rows_[i].e += rows_[i].d * static_cast<float>(t * image_[i]);
    }
    moved_ += t * along_;
  }

 private:
  struct Row {
    float d;
    float e;
  };

  /// shift . x.
  [[nodiscard]] double along(std::span<const double> x) const noexcept {
    double sum = 0.0;
    for (std::size_t a = 0; a < x.size(); ++a) {
      sum += terms_.shift[support_[a]] * x[a];
    }
    return sum;
  }

  /// image = X_S x; workers have sums of their own.
  void spread(std::span<const double> x) {
    partial_.resize(static_cast<std::size_t>(team_.size() - 1));
    team_.run([&](Worker worker) {
      std::vector<double>& sums =
          worker.rank == 0 ? image_ : partial_[static_cast<std::size_t>(worker.rank - 1)];
      sums.assign(rows_.size(), 0.0);
      const auto step = static_cast<std::size_t>(worker.size);
      for (auto a = static_cast<std::size_t>(worker.rank); a < x.size(); a += step) {
        if (x[a] == 0.0) {
          continue;
        }
        const SparseColumn column = columns_.column(list_[support_[a]]);
        for (std::size_t q = 0; q < column.size(); ++q) {
          sums[static_cast<std::size_t>(column.rows[q])] +=
              x[a] * static_cast<double>(column.values[q]);
        }
      }
    });
    for (const std::vector<double>& sums : partial_) {
      for (std::size_t i = 0; i < image_.size(); ++i) {
        image_[i] += sums[i];
      }
    }
  }

  const QuadraticTerms& terms_;
  const CscMatrix& columns_;
  std::span<const Index> list_;
  const Team& team_;
  std::vector<Row> rows_;
  std::vector<double> image_;
  std::vector<std::vector<double>> partial_;
  std::vector<std::size_t> support_;
  double moved_ = 0.0;  ///< shift . (w - w_0)
  double along_ = 0.0;
};

}  // namespace sounder
