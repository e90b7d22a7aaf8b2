// Newton steps on the most frequent columns, between epochs of stochastic steps.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/call.hpp>
#include <sounder/engine/base/cholesky.hpp>
#include <sounder/engine/matrix/packed_rows.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/driver/certificate.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {

/// Minimises over the frequent columns of packed rows with the others fixed. They are treated like
/// the intercept, because a very frequent column is nearly an intercept.
///
/// A stochastic step leaves noise in every coordinate. It changes the objective little but the
/// duality gap much: with an l2 penalty the gap is |grad F|^2 / (2 lambda) at a = -loss'(z), and on
/// text with a small lambda three columns of half a million hold nine tenths of it. A Newton step
/// removes that part. Its Hessian uses a sample of the rows, its gradient all of them (Byrd, Chin,
/// Neveitt, Nocedal, "On the use of stochastic Hessian information in optimization methods for
/// machine learning", SIAM J. Optim. 2011).
///
/// For smooth losses, and penalties without l1. One thread calls, the team works. Memory, from the
/// first call on: 8 bytes a row, and 8 F (F + 1) a part of the rows, at most 16, for F frequent
/// columns.
template <Loss L, Penalty P>
class FrequentNewton {
 public:
  /// @param scales the coefficient is scale times its packed coordinate
  FrequentNewton(const Problem<L, P>& problem, const PackedRows& rows,
                 std::span<const float> scales, std::size_t first_penalised, const Team& team)
      : problem_(problem), rows_(rows), scales_(scales), first_penalised_(first_penalised),
        size_(rows.frequent()), sample_(std::min<std::int64_t>(4096, rows.rows())),
        team_(rows.small() ? 1 : team.size()) {}

  /// Moves w and its margins z to a point that is no worse. Takes steps that each cost two passes
  /// over the frequent columns, as long as these hold the larger share of the gradient; finding
  /// that they do not costs one pass. A Hessian is kept until a step leaves more than a tenth of
  /// |gradient|^2; the next one uses four times as many rows.
  /// @param rest |grad F|^2 over all other columns, or a recent value of it
  void improve(std::span<double> w, std::span<double> z, double rest) {
    double before = infinity;
    for (int steps = 0; steps < most_steps; ++steps) {
      Vector step = gradient_at(w, z);
      const double share = squared_norm(step);
      if (share <= rest) {
        return;
      }
      const bool poor = share > 0.1 * before;
      if (poor) {
        sample_ = std::min<std::int64_t>(4 * sample_, rows_.rows());
      }
      if (poor || hessian_.empty()) {
        hessian_ = hessian_at(z);
      }
      before = share;
      for (double& slope : step) {
        slope = -slope;
      }
      Vector factor = hessian_;
      if (!solve_cholesky(factor, step, 1e-12) || !descend(step, w, z)) {
        hessian_.clear();
        return;
      }
    }
  }

 private:
  using Vector = Array<double>;

  /// The sum over `rows` rows of what `work(Range, Vector&)` adds to `size` zeros.
  [[nodiscard]] Vector sum_over(std::int64_t rows, std::size_t size,
                                Call<void(Range, Vector&)> work) const {
    const int parts = Team::parts_of(rows * static_cast<std::int64_t>(size), size);
    return team_.reduce(rows, parts, Vector(size), work, [](Vector& sum, const Vector& part) {
      for (std::size_t k = 0; k < sum.size(); ++k) {
        sum[k] += part[k];
      }
    });
  }

  [[nodiscard]] double l2(std::size_t k) const noexcept {
    const auto scale = static_cast<double>(scales_[k]);
    return k < first_penalised_ ? 0.0 : problem_.penalty.l2() * scale * scale;
  }

  /// The gradient in packed coordinates.
  [[nodiscard]] Vector gradient_at(std::span<const double> w, std::span<const double> z) const {
    const double n = rows_.rows();
    Vector gradient = sum_over(rows_.rows(), size_, [&](Range share, Vector& own) {
      for (std::int64_t i = share.begin; i < share.end; ++i) {
        const auto row = static_cast<Index>(i);
        const double slope =
            problem_.weight(row) / n *
            problem_.loss.derivative(problem_.target(row), z[static_cast<std::size_t>(i)]);
        rows_.each_frequent(row, [&](std::size_t k, double x) { own[k] += slope * x; });
      }
    });
    for (std::size_t k = 0; k < size_; ++k) {
      gradient[k] += l2(k) * w[k];
    }
    return gradient;
  }

  /// The Hessian's lower triangle, row-major, from a sample of evenly spaced rows.
  [[nodiscard]] Vector hessian_at(std::span<const double> z) const {
    const std::int64_t every = std::max<std::int64_t>(rows_.rows() / sample_, 1);
    const std::int64_t sampled = (rows_.rows() + every - 1) / every;
    Vector hessian = sum_over(sampled, size_ * size_, [&](Range share, Vector& own) {
      for (std::int64_t s = share.begin; s < share.end; ++s) {
        const auto row = static_cast<Index>(s * every);
        const double bend =
            problem_.weight(row) / static_cast<double>(sampled) *
            problem_.loss.curvature(problem_.target(row), z[static_cast<std::size_t>(row)]);
        rows_.each_frequent(row, [&](std::size_t k, double x) {
          rows_.each_frequent(row,
                              [&](std::size_t m, double v) { own[k * size_ + m] += bend * x * v; });
        });
      }
    });
    for (std::size_t k = 0; k < size_; ++k) {
      double& diagonal = hessian[k * size_ + k];
      diagonal += l2(k) + 1e-9 * diagonal;
    }
    return hessian;
  }

  /// |gradient|^2 in the coefficients' own coordinates.
  [[nodiscard]] double squared_norm(const Vector& gradient) const {
    double total = 0.0;
    for (std::size_t k = 0; k < size_; ++k) {
      const double slope = gradient[k] / static_cast<double>(scales_[k]);
      total += slope * slope;
    }
    return total;
  }

  /// Takes the step, or a half, a quarter or an eighth of it, if that lowers the objective.
  bool descend(Vector& step, std::span<double> w, std::span<double> z) {
    const double before = mean_loss(problem_, z, team_);
    moved_.resize(z.size());
    for (int halvings = 0; halvings < 4; ++halvings) {
      double change = -before;
      for (std::size_t k = 0; k < size_; ++k) {
        change += l2(k) * step[k] * (w[k] + 0.5 * step[k]);
      }
      team_.for_shares(rows_.rows(), [&](Range share) {
        for (std::int64_t i = share.begin; i < share.end; ++i) {
          double margin = z[static_cast<std::size_t>(i)];
          rows_.each_frequent(static_cast<Index>(i),
                              [&](std::size_t k, double x) { margin += step[k] * x; });
          moved_[static_cast<std::size_t>(i)] = margin;
        }
      });
      change += mean_loss(problem_, moved_, team_);
      if (change < 0.0) {
        for (std::size_t k = 0; k < size_; ++k) {
          w[k] += step[k];
        }
        std::copy(moved_.begin(), moved_.end(), z.begin());
        return true;
      }
      for (double& part : step) {
        part *= 0.5;
      }
    }
    return false;
  }

  static constexpr int most_steps = 3;

  const Problem<L, P>& problem_;
  const PackedRows& rows_;
  std::span<const float> scales_;
  std::size_t first_penalised_;
  std::size_t size_;
  std::int64_t sample_;  ///< rows for the next Hessian
  Team team_;
  Vector moved_;
  Vector hessian_;
};

}  // namespace sounder
