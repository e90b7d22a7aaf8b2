// The equations of a Newton step, solved by preconditioned conjugate gradients.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/lane_sum.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/truncated/sampled_factor.hpp>
#include <sounder/solvers/truncated/sampled_rows.hpp>

namespace sounder {

/// sum_k term(k), k in [0, count), in parallel; the same bits for any number of threads. O(count).
template <class Term>
[[nodiscard]] double sum_of_blocks(std::size_t count, const Team& team, Term&& term) {
  return team.sum(static_cast<std::int64_t>(count), [&](Range range) {
    const auto first = static_cast<std::size_t>(range.begin);
    return lane_sum(static_cast<std::size_t>(range.size()),
                    [&](std::size_t k) { return term(first + k); });
  });
}
/// a.b, likewise.
[[nodiscard]] inline double sum_of_products(std::span<const double> a, std::span<const double> b,
                                            const Team& team) {
  return sum_of_blocks(a.size(), team, [&](std::size_t k) { return a[k] * b[k]; });
}

/// (X^T D X + ridge) s = -g, D the curvatures of the rows, the ridge on all but a column of ones.
///
/// Conjugate gradients from zero; the preconditioner is a sample's Hessian where columns are few,
/// else the diagonal. They end where an iteration gains little of what all have gained (Nash,
/// Sofer, "Assessing a search direction within a truncated-Newton method", Oper. Res. Lett. 1990)
/// and the residual is small. Memory: 48 bytes a column.
class NewtonSystem {
 public:
  /// Views of rows, factor and team, which the caller keeps.
  NewtonSystem(SampledRows& rows, SampledFactor& factor, bool few_columns, double ridge,
               const Team& team)
      : rows_(rows), factor_(factor), few_columns_(few_columns), ridge_(ridge), team_(team) {}

  /// Before the first solve() if columns are few. O(nnz / threads) once a matrix.
  void prepare(const CsrMatrix& matrix) { factor_.count(matrix, team_); }

  /// s, valid until the next call. O((nnz + p) / threads) an iteration.
  /// @param trace cuts it short
  [[nodiscard]] std::span<const double> solve(std::span<const double> gradient,
                                              std::span<const double> curvatures,
                                              const Trace& trace) {
    constexpr double enough = 0.1;
    constexpr int most = 1000;
    const std::size_t q = gradient.size();
    direction_.assign(q, 0.0);
    product_.resize(q);
    residual_.resize(q);
    team_.for_each(q, [&](std::size_t j) { residual_[j] = -gradient[j]; });
    renew(curvatures);
    precondition();
    conjugate_.assign(std::span<const double>(scaled_));
    const double first = sum_of_products(residual_, scaled_, team_);
    double square = first;
    promised_ = 0.0;
    iterations_ = 0;
    while (iterations_ < most && square > 0.0 && std::isfinite(square)) {
      ++iterations_;
      rows_.multiply_there_and_back(curvatures, conjugate_, product_);
      team_.for_each(penalised(), [&](std::size_t j) { product_[j] += ridge_ * conjugate_[j]; });
      const double curvature = sum_of_products(conjugate_, product_, team_);
      if (!(curvature > 0.0)) {
        break;
      }
      const double length = square / curvature;
      team_.for_each(q, [&](std::size_t j) {
        direction_[j] += length * conjugate_[j];
        residual_[j] -= length * product_[j];
      });
      const double fall = 0.5 * length * square;  // of the quadratic model
      promised_ += fall;
      precondition();
      const double next = sum_of_products(residual_, scaled_, team_);
      if ((iterations_ * fall <= enough * promised_ && next <= enough * first) ||
          trace.cancelled()) {
        break;
      }
      const double share = next / square;
      square = next;
      team_.for_each(q, [&](std::size_t j) { conjugate_[j] = scaled_[j] + share * conjugate_[j]; });
    }
    return direction_;
  }

  /// The next solve() makes a preconditioner anew. O(1).
  void forget() noexcept { made_ = false; }

  /// By how much the quadratic model fell. O(1).
  [[nodiscard]] double promised() const noexcept { return promised_; }

 private:
  [[nodiscard]] std::size_t penalised() const noexcept {
    return direction_.size() - (rows_.has_unit_column() ? 1 : 0);
  }

  /// A new preconditioner, where the last one has cost more iterations than that takes.
  void renew(std::span<const double> curvatures) {
    constexpr double dear = 3.0;  // a product with a sparse row against one of dense matrices
    if (few_columns_) {
      const double spent = iterations_ * dear * static_cast<double>(rows_.nonzeros());
      if (!made_ || spent > factor_.cost()) {
        factor_.make(rows_, curvatures, ridge_, team_);
        made_ = true;
      }
      return;
    }
    diagonal_.resize(direction_.size());
    rows_.squares(curvatures, diagonal_);
    team_.for_each(penalised(), [&](std::size_t j) { diagonal_[j] += ridge_; });
  }

  void precondition() {
    scaled_.assign(std::span<const double>(residual_));
    if (few_columns_) {
      factor_.solve(scaled_);
      return;
    }
    team_.for_each(scaled_.size(), [&](std::size_t j) {
      scaled_[j] = diagonal_[j] > 0.0 ? scaled_[j] / diagonal_[j] : 0.0;
    });
  }

  SampledRows& rows_;
  SampledFactor& factor_;
  bool few_columns_;
  double ridge_;
  const Team& team_;
  Array<double> direction_;
  Array<double> residual_;
  Array<double> scaled_;
  Array<double> conjugate_;
  Array<double> product_;
  Array<double> diagonal_;
  bool made_ = false;
  int iterations_ = 0;  ///< of the last solve()
  double promised_ = 0.0;
};

}  // namespace sounder
