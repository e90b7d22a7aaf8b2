// The regularisation path: one problem at many strengths, each started from the solution before.
#pragma once

#include <cmath>
#include <cstddef>
#include <functional>
#include <span>
#include <stdexcept>
#include <vector>

#include <sounder/engine/run/result.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/solvers/coordinate/coordinate_options.hpp>
#include <sounder/solvers/penalty/bounded.hpp>
#include <sounder/solvers/penalty/none.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {

/// `count` strengths from `largest` down to `largest * ratio`, evenly spaced in the logarithm;
/// the first one alone if count is 1. Any number of threads.
/// @throws std::invalid_argument unless largest > 0, count >= 1 and ratio is in (0, 1]
[[nodiscard]] inline std::vector<double> lambda_grid(double largest, int count, double ratio) {
  if (!(largest > 0.0) || std::isinf(largest) || count < 1 || !(ratio > 0.0 && ratio <= 1.0)) {
    throw std::invalid_argument(
        "a grid of lambdas needs a largest one above 0, a count of at least 1 and a ratio in (0, "
        "1]");
  }
  std::vector<double> grid{largest};
  for (int k = 1; k < count; ++k) {
    grid.push_back(largest * std::pow(ratio, k / (count - 1.0)));
  }
  return grid;
}

/// The penalty along a path, apart from its strength.
struct PenaltyShape {
  double l1_ratio = 1.0;           ///< rho of the elastic net
  double lower = everywhere.low;   ///< bound of every coefficient, as in Bounded
  double upper = everywhere.high;  ///< the other bound

  /// The penalty of this strength. O(1).
  [[nodiscard]] Bounded at(double lambda) const noexcept {
    return {lambda * l1_ratio, lambda * (1.0 - l1_ratio), lower, upper};
  }
};

/// One point of a path: what `solve` returned at this strength.
struct PathPoint {
  std::size_t number = 0;  ///< from 0
  double lambda = 0.0;     ///< the strength
  const Result& result;    ///< what the solver returned; valid during the visit
};

/// Solves `data` at every strength, in the given order (largest first is fastest), each from the
/// optimum of the one before, so that a working set or a screening test starts from its support
/// (Friedman, Hastie, Tibshirani, "Regularization Paths for Generalized Linear Models via
/// Coordinate Descent", 2010, section 2.5).
///
/// @param data    its penalty is not used
/// @param options of the solver; its starting point is that of the first strength
/// @param solve   Result(const Problem<L, Bounded>&, const CoordinateOptions&, Trace&), for example
///        cd() or a WarmCd; this path's own copy
/// @param visit   bool(const PathPoint&), called after every strength; false ends the path
/// @return converged, or the status of the first point that stopped at a limit; an interruption or
///        a divergence ends the path
///
/// Cost: the solver's, at every strength. One thread calls; may run on several threads at once.
template <Loss L, class Solve, class Visit>
Status regularization_path(const Problem<L, NoPenalty>& data, const PenaltyShape& shape,
                           std::span<const double> lambdas, CoordinateOptions options, Trace& trace,
                           Solve solve, Visit&& visit) {
  Status outcome = Status::converged;
  std::vector<double> w;
  for (std::size_t k = 0; k < lambdas.size(); ++k) {
    const Problem<L, Bounded> problem{data.matrix,          data.targets,   data.loss,
                                      shape.at(lambdas[k]), data.intercept, data.weights};
    Result result = solve(problem, options, trace);
    const bool go_on = visit(PathPoint{k, lambdas[k], result});
    if (result.status == Status::interrupted || result.status == Status::diverged) {
      return result.status;
    }
    if (result.status != Status::converged && outcome == Status::converged &&
        options.tolerance > 0.0) {
      outcome = result.status;
    }
    if (!go_on) {
      return outcome;
    }
    w = std::move(result.w);
    options.initial = w;
    options.initial_intercept = result.intercept;
  }
  return outcome;
}

}  // namespace sounder
