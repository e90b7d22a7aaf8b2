// The evaluator of the coordinate solvers: objective and certificate, by columns, of a point whose
// margins are kept.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/matrix/csc_matrix.hpp>
#include <sounder/engine/matrix/products.hpp>
#include <sounder/engine/run/result.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/driver/certificate.hpp>
#include <sounder/solvers/driver/free_dual.hpp>
#include <sounder/solvers/driver/intercept.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {

/// Evaluates points (w, b) with margins z_i = x_i.w + b. One thread calls, the team works; the same
/// bits for any number of threads. Keeps references to problem, columns and team, which must
/// outlive it. Memory: 16 bytes a row, 8 a column.
template <Loss L, Penalty P>
class CoordinateEvaluator {
 public:
  /// Evaluates the point zero, for at_zero(), and the best intercept there. O(n + p).
  CoordinateEvaluator(const Problem<L, P>& problem, const CscMatrix& columns, const Team& team)
      : problem_(problem), columns_(columns), team_(team),
        at_zero_(objective_at_zero(problem, team)), null_(null_objective(problem, team)),
        a_(static_cast<std::size_t>(columns.rows())), weighted_(a_.size()),
        u_(static_cast<std::size_t>(columns.columns())), free_(problem, team) {}

  /// F(0, 0).
  [[nodiscard]] double at_zero() const noexcept { return at_zero_; }
  /// X^T (s a) / n at the point last certified, a_i = -loss'(y_i, z_i): minus the gradient.
  [[nodiscard]] std::span<const double> pull() const noexcept { return u_; }

  /// Computes z = X w + b anew. Margins that are only updated collect rounding errors, and may have
  /// lost updates. One pass over the rows.
  void margins(std::span<const double> w, double b, std::span<double> z) const {
    multiply(problem_.matrix, w, b, z, team_);
  }

  /// F(w, b) from the margins. O((n + p) / threads).
  [[nodiscard]] double objective(std::span<const double> w, std::span<const double> z) const {
    return mean_loss(problem_, z, team_) + penalty_value(problem_.penalty, w, team_);
  }

  /// Moves a free intercept to its best value, and the margins with it. O(n) a Newton step.
  void settle_intercept(double& b, std::span<double> z) const {
    if (problem_.intercept) {
      const double shift = best_shift(problem_, z, team_);
      b += shift;
      for (double& margin : z) {
        margin += shift;
      }
    }
  }

  /// The certificate of (w, z); a free intercept must have its best value. One pass over the
  /// columns. Its dual objective is the highest seen so far, because every dual objective is a
  /// lower bound.
  /// @param skipped nonzero for columns known to be zero at the optimum; they are not looked at,
  ///        and the bound is that of the problem without them, whose optimum is the same
  [[nodiscard]] Certificate certify_point(std::span<const double> w, std::span<const double> z,
                                          std::span<const char> skipped = {}) {
    dual_candidate(problem_, z, a_, team_);
    return certify_candidate(w, z, skipped);
  }
  /// The same with dual variables a_i at hand, of which pull() is made then. They must be in the
  /// domain of the loss's dual, and with a free intercept the s_i a_i must sum to zero.
  [[nodiscard]] Certificate certify_with(std::span<const double> a, std::span<const double> w,
                                         std::span<const double> z) {
    std::copy(a.begin(), a.end(), a_.begin());
    return certify_candidate(w, z, {});
  }

  /// Forgets the dual points, because they do not hold for another penalty.
  void forget_duals() noexcept {
    dual_ = {};
    highest_dual_ = -infinity;
  }

  /// For the point last certified: the factor that makes its dual candidate feasible, and D there.
  [[nodiscard]] const DualPoint& dual_point() const noexcept { return dual_; }
  /// The highest dual objective seen so far: a lower bound of min F.
  [[nodiscard]] double highest_dual() const noexcept { return highest_dual_; }
  /// The relative gap of an objective to highest_dual().
  [[nodiscard]] double relative_gap(double objective) const noexcept {
    return sounder::relative_gap(objective, highest_dual_, null_);
  }

 private:
  [[nodiscard]] Certificate certify_candidate(std::span<const double> w, std::span<const double> z,
                                              std::span<const char> skipped) {
    const double mean = 1.0 / columns_.rows();
    for (std::size_t i = 0; i < a_.size(); ++i) {
      weighted_[i] = a_[i] * problem_.weight(static_cast<Index>(i)) * mean;
    }
    each_column(columns_, team_, [&](std::size_t j, const SparseColumn& column) {
      u_[j] = !skipped.empty() && skipped[j] != 0 ? 0.0 : column.dot(weighted_);
    });
    const double here = objective(w, z);
    dual_ = sounder::dual_point(problem_, a_, u_, here, team_);
    highest_dual_ = std::max(highest_dual_, dual_.objective);
    if constexpr (may_be_free<P>) {
      if (FreeDual<L, P>::applies(problem_.penalty)) {
        highest_dual_ = std::max(highest_dual_, free_.bound(w, z, a_, here));
      }
    }
    return certify(w, here, highest_dual_, null_);
  }

  const Problem<L, P>& problem_;
  const CscMatrix& columns_;
  const Team& team_;
  double at_zero_;
  double null_;
  Array<double> a_;
  Array<double> weighted_;  ///< s_i a_i / n
  Array<double> u_;
  DualPoint dual_;  ///< at the point last certified
  FreeDual<L, P> free_;
  double highest_dual_ = -infinity;
};

}  // namespace sounder
