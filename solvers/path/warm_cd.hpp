// cd() for one problem at many strengths; each run uses what the one before laid out.
#pragma once

#include <memory>
#include <stdexcept>
#include <utility>

#include <sounder/solvers/driver/prepared_problem.hpp>
#include <sounder/solvers/newton/working_set_descent.hpp>
#include <sounder/solvers/penalty/bounded.hpp>

namespace sounder {

/// A solver for regularization_path(): cd() on given columns. It keeps its layouts from one
/// strength to the next, and for squared loss also the working set and its Gram matrix (Friedman,
/// Hastie, Tibshirani, JSS 2010, section 2.2, keep the products that they have computed).
///
/// One object a path, called by one thread. A copy keeps only the columns.
template <Loss L>
class WarmCd {
 public:
  /// Keeps a reference to the columns, which must outlive it.
  explicit WarmCd(const CscMatrix& columns) : columns_(&columns) {}
  /// Copies the reference to the columns, nothing else. @{
  WarmCd(const WarmCd& other) : columns_(other.columns_) {}
  WarmCd& operator=(const WarmCd& other) {
    columns_ = other.columns_;
    run_.reset();
    return *this;
  }
  /// @}
  ~WarmCd() = default;

  /// Like cd(), started from options.initial. The first call sets data, loss, trace and the other
  /// options; later calls may differ in the penalty's numbers and in the starting point.
  /// @throws std::invalid_argument like cd(), and if the data differ from the first call's
  Result operator()(const Problem<L, Bounded>& problem, const CoordinateOptions& options,
                    Trace& trace) {
    problem.validate();
    options.validate();
    problem.validate_initial(options.initial);
    const bool first = run_ == nullptr;
    if (first) {
      detail::require_columns_of(problem.matrix, *columns_);
      run_ = std::make_unique<Run>(problem, *columns_, options, trace);
    }
    return run_->solve(problem, options, first);
  }

 private:
  /// The problem for all strengths, and its solver, which refers to it.
  class Run {
   public:
    Run(const Problem<L, Bounded>& first, const CscMatrix& columns,
        const CoordinateOptions& options, Trace& trace)
        : problem_(first), prepared_(problem_), trace_(trace, prepared_.unit()), options_(options),
          descent_(prepared_.problem(), prepared_.is_centred() ? nullptr : &columns, start(options),
                   trace_) {}

    Result solve(const Problem<L, Bounded>& problem, const CoordinateOptions& options, bool first) {
      const auto same = [](const auto& one, const auto& other) {
        return one.data() == other.data() && one.size() == other.size();
      };
      if (!same(problem.targets, problem_.targets) || !same(problem.weights, problem_.weights) ||
          problem.intercept != problem_.intercept) {
        throw std::invalid_argument("a WarmCd is for one problem: take a copy for another");
      }
      prepared_.set_penalty(problem.penalty);
      const CoordinateOptions& inner = start(options);
      Result result =
          first ? descent_.run() : descent_.run_again(inner.initial, inner.initial_intercept);
      return prepared_.handed_back(std::move(result), problem.penalty, options.tolerance,
                                   Team(options.threads));
    }

   private:
    /// The options with their starting point in the solver's coordinates.
    const CoordinateOptions& start(const CoordinateOptions& options) {
      const bool warm = !options.initial.empty() || options.initial_intercept != 0.0;
      options_ = options;
      options_.initial_intercept =
          problem_.intercept && warm
              ? prepared_.inner_intercept(options.initial, options.initial_intercept)
              : 0.0;
      return options_;
    }

    Problem<L, Bounded> problem_;
    PreparedProblem<L, Bounded> prepared_;
    detail::UnitTrace trace_;
    CoordinateOptions options_;
    CoordinateDescent<L, Bounded> descent_;
  };

  const CscMatrix* columns_;
  std::unique_ptr<Run> run_;
};

}  // namespace sounder
