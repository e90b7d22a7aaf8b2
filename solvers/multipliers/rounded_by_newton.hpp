// Rounded problems by Newton's method.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/matrix/products.hpp>
#include <sounder/engine/run/result.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/driver/certificate.hpp>
#include <sounder/solvers/multipliers/rounded_hinge.hpp>
#include <sounder/solvers/problem/problem.hpp>
#include <sounder/solvers/truncated/newton_options.hpp>
#include <sounder/solvers/truncated/sampled_rows.hpp>
#include <sounder/solvers/truncated/truncated_newton.hpp>

namespace sounder {

/// What MethodOfMultipliers needs, by rows: semismooth Newton steps (a rounded loss's second
/// derivative jumps) on one layout of the rows. For an l2 penalty.
template <CornerLoss L, ElasticPenalty P>
class RoundedByNewton {
 public:
  using Options = NewtonOptions;  ///< of a solve()

  /// Keeps a reference to the problem.
  RoundedByNewton(const Problem<L, P>& problem, const Options& options)
      : problem_(problem), team_(SampledRows::useful_threads(problem.matrix, options.threads)),
        layout_(problem.matrix, problem.intercept, team_), null_(null_objective(problem, team_)),
        weighted_(problem.targets.size()), pull_(layout_.rows.columns()) {
    layout_.rows.take_all();
  }

  /// The threads that work.
  [[nodiscard]] const Team& team() const noexcept { return team_; }

  /// Minimises a rounded problem.
  template <Loss R, ElasticPenalty Q>
  [[nodiscard]] Result solve(const Problem<R, Q>& rounded, const Options& options, Trace& trace) {
    return TruncatedNewton<R, Q>(rounded, &layout_, options, team_, trace).run();
  }

  /// See CoordinateEvaluator. @{
  void margins(std::span<const double> w, double b, std::span<double> z) const {
    multiply(problem_.matrix, w, b, z, team_);
  }
  [[nodiscard]] Certificate certify_with(std::span<const double> a, std::span<const double> w,
                                         std::span<const double> z) {
    for (std::size_t k = 0; k < weighted_.size(); ++k) {
      const Index i = layout_.rows[k];
      weighted_[k] = a[static_cast<std::size_t>(i)] * problem_.weight(i) / problem_.matrix.rows();
    }
    layout_.rows.transpose(weighted_, pull_);
    const double objective =
        mean_loss(problem_, z, team_) + penalty_value(problem_.penalty, w, team_);
    const std::span<const double> pull(pull_);
    highest_ = std::max(highest_,
                        dual_point(problem_, a, pull.first(w.size()), objective, team_).objective);
    return certify(w, objective, highest_, null_);
  }
  [[nodiscard]] double highest_dual() const noexcept { return highest_; }
  [[nodiscard]] double relative_gap(double objective) const noexcept {
    return sounder::relative_gap(objective, highest_, null_);
  }
  /// @}

 private:
  const Problem<L, P>& problem_;
  Team team_;
  NewtonLayout layout_;
  double null_;
  Array<double> weighted_;
  Array<double> pull_;
  double highest_ = -infinity;
};

}  // namespace sounder
