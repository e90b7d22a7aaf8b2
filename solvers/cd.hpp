// Coordinate descent for sparse models.
#pragma once

#include <sounder/engine/matrix/csc_matrix.hpp>
#include <sounder/engine/run/result.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/solvers/coordinate/coordinate_options.hpp>
#include <sounder/solvers/driver/prepared_problem.hpp>
#include <sounder/solvers/multipliers/method_of_multipliers.hpp>
#include <sounder/solvers/multipliers/rounded_by_columns.hpp>
#include <sounder/solvers/newton/working_set_descent.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {
namespace detail {

/// Coordinate descent for the loss itself, or for one after the other that rounds its corner.
template <Loss L, Penalty P>
[[nodiscard]] Result descend(const Problem<L, P>& problem, const CscMatrix* columns,
                             const CoordinateOptions& options, Trace& trace) {
  if constexpr (CornerLoss<L>) {
    return MethodOfMultipliers<L, P, RoundedByColumns<L, P>>(problem, options, trace, columns)
        .run();
  } else {
    return CoordinateDescent<L, P>(problem, columns, options, trace).run();
  }
}

}  // namespace detail

/// Minimises the problem by coordinate descent on growing working sets, with proximal Newton models
/// of the loss and Newton steps on the support.
///
/// Each epoch certifies the point over all features that Gap-Safe screening has not ruled out,
/// takes the most promising features, models the loss on them by a quadratic and minimises the
/// model. It does so by coordinate descent in the order that the options give, on the Gram matrix
/// if the set is small, with Anderson extrapolation and Newton steps on the nonzero coefficients.
/// `working_set`, `screening`, `newton` and `extrapolation` switch each part off; the optimum stays
/// the same.
///
/// A loss with a corner, the hinge, is rounded at the corner, by the method of multipliers: see
/// MethodOfMultipliers.
///
/// Sources: working sets and extrapolation as in Massias, Gramfort, Salmon, "Celer", ICML 2018, and
/// Bertrand, Massias, AISTATS 2021; proximal Newton as in Yuan, Ho, Lin, "An improved GLMNET", JMLR
/// 2012; covariance updates as in Friedman, Hastie, Tibshirani, JSS 2010.
/// @throws std::invalid_argument if the problem or an option does not fit
///
/// Uses fewer threads than `options.threads` if the data is small. The same seed gives the same
/// bits, at any number of threads. May be called from several threads at once.
template <Loss L, Penalty P>
[[nodiscard]] Result cd(const Problem<L, P>& problem, const CoordinateOptions& options,
                        Trace& trace) {
  return solve_prepared(problem, options, trace,
                        [](const auto& prepared, const CoordinateOptions& inner, Trace& told) {
                          return detail::descend(prepared, nullptr, inner, told);
                        });
}

/// The same with the columns of problem.matrix already at hand, for several solves on one matrix.
/// @throws std::invalid_argument also if the shape of `columns` differs from the matrix's
template <Loss L, Penalty P>
[[nodiscard]] Result cd(const Problem<L, P>& problem, const CscMatrix& columns,
                        const CoordinateOptions& options, Trace& trace) {
  detail::require_columns_of(problem.matrix, columns);
  return solve_prepared(problem, options, trace,
                        [&](const auto& prepared, const CoordinateOptions& inner, Trace& told) {
                          // Centring stores some columns about their means; then the given columns
                          // do not fit.
                          const bool same =
                              prepared.matrix.values().size() == problem.matrix.values().size() &&
                              prepared.matrix.column_indices().data() ==
                                  problem.matrix.column_indices().data();
                          return detail::descend(prepared, same ? &columns : nullptr, inner, told);
                        });
}

}  // namespace sounder
