// Newton epochs: proximal Newton passes of cd as a second method of the parallel coordinate
// solvers.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include <sounder/solvers/coordinate/second_method.hpp>
#include <sounder/solvers/newton/newton_pass.hpp>
#include <sounder/solvers/newton/working_set.hpp>

namespace sounder {

/// An epoch of cd(): a proximal Newton pass (see NewtonPass) over the support and the columns that
/// violate the optimality conditions.
template <Loss L, Penalty P>
class NewtonEpochs final : public SecondMethod {
 public:
  /// Keeps references to everything but the options, which must outlive it.
  NewtonEpochs(const Problem<L, P>& problem, const CscMatrix& columns,
               std::span<const double> curvature, const CoordinateOptions& options,
               const Team& team, const Trace& trace)
      : penalty_(problem.penalty), curvature_(curvature), options_(options),
        list_(curvature.size()), newton_(problem, columns, options_, team, trace) {}

  void improve(std::span<const double> pull, const Certificate& point, std::span<double> w,
               double& b, std::span<double> z) override {
    newton_.forget_columns();
    list_.clear();
    list_.add_active(zero_interval(penalty_), w, pull, curvature_);
    newton_.improve(list_.features(), pull, point, w, b, z);
  }
  [[nodiscard]] std::int64_t updates() const noexcept override { return newton_.updates(); }

 private:
  const P& penalty_;
  std::span<const double> curvature_;
  CoordinateOptions options_;
  WorkingSet list_;
  NewtonPass<L, P> newton_;
};

/// To be passed to `shotgun`, `block_greedy` or `block_cd`, which then reach small tolerances as
/// fast as `cd`: `shotgun(problem, options, trace, newton_epochs)`. It is not used if
/// `options.newton` is false or P is given as 2 or more. Yuan, Ho, Lin, "An improved GLMNET", JMLR
/// 2012.
///
/// Has its own header, because it takes as long to compile as the solver that uses it.
template <Loss L, Penalty P>
[[nodiscard]] std::unique_ptr<SecondMethod> newton_epochs(const Problem<L, P>& problem,
                                                          const CscMatrix& columns,
                                                          std::span<const double> curvature,
                                                          const CoordinateOptions& options,
                                                          const Team& team, const Trace& trace) {
  return std::make_unique<NewtonEpochs<L, P>>(problem, columns, curvature, options, team, trace);
}

}  // namespace sounder
