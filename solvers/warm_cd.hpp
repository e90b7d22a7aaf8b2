// cd() for one problem at many strengths: what one run lays out serves the next.
#pragma once

#include <memory>
#include <stdexcept>

#include <sounder/solvers/cd.hpp>
#include <sounder/solvers/penalty/bounded.hpp>

namespace sounder {

/// A solver for regularization_path(): cd() on columns that are at hand, its layouts kept from one
/// strength to the next, and of squared loss the working set and its Gram matrix too (Friedman,
/// Hastie, Tibshirani, JSS 2010, section 2.2, keep the products that they have met).
///
/// One object a path: one thread calls it. A copy starts anew on the same columns.
template <Loss L>
class WarmCd {
 public:
  /// A view of the columns, which the caller keeps.
  explicit WarmCd(const CscMatrix& columns) : columns_(&columns) {}
  /// The columns alone. @{
  WarmCd(const WarmCd& other) : columns_(other.columns_) {}
  WarmCd& operator=(const WarmCd& other) {
    columns_ = other.columns_;
    run_.reset();
    return *this;
  }
  /// @}
  ~WarmCd() = default;

  /// As cd() has it, from options.initial. The first call decides about data, loss, trace and the
  /// other options; later ones differ in the penalty's numbers and in the starting point.
  /// @throws std::invalid_argument as cd() does, and if the data are others
  Result operator()(const Problem<L, Bounded>& problem, const CoordinateOptions& options,
                    Trace& trace) {
    detail::validate(problem, columns_, options);
    if (run_ == nullptr) {
      run_ = std::make_unique<Run>(problem, *columns_, options, trace);
      return run_->descent.run();
    }
    const auto same = [](const auto& one, const auto& other) {
      return one.data() == other.data() && one.size() == other.size();
    };
    if (!same(problem.targets, run_->problem.targets) ||
        !same(problem.weights, run_->problem.weights) ||
        problem.intercept != run_->problem.intercept) {
      throw std::invalid_argument("a WarmCd is for one problem: take a copy for another");
    }
    run_->problem.penalty = problem.penalty;
    return run_->descent.run_again(options.initial, options.initial_intercept);
  }

 private:
  /// The problem of all strengths, and its solver, which views it.
  struct Run {
    Run(const Problem<L, Bounded>& first, const CscMatrix& columns,
        const CoordinateOptions& options, Trace& trace)
        : problem(first), descent(problem, &columns, options, trace) {}

    Problem<L, Bounded> problem;
    CoordinateDescent<L, Bounded> descent;
  };

  const CscMatrix* columns_;
  std::unique_ptr<Run> run_;
};

}  // namespace sounder
