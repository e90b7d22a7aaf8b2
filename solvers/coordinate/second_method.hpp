// What a parallel coordinate solver may do between its own epochs, where the end is far away.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>

#include <sounder/engine/matrix/csc_matrix.hpp>
#include <sounder/engine/run/result.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/coordinate/coordinate_options.hpp>
#include <sounder/solvers/penalty/scaled.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {

/// A second method that `shotgun`, `block_greedy` and `block_cd` take every other epoch from, once
/// the tolerance is more than a hundred epochs away: newton_epochs() is one. One thread calls.
class SecondMethod {
 public:
  SecondMethod() = default;
  SecondMethod(const SecondMethod&) = delete;
  SecondMethod& operator=(const SecondMethod&) = delete;
  virtual ~SecondMethod() = default;

  /// Lowers F from the point (w, b), or leaves it; moves its margins z with it.
  /// @param pull  minus the gradient there, a number a column
  /// @param point the certificate there
  virtual void improve(std::span<const double> pull, const Certificate& point, std::span<double> w,
                       double& b, std::span<double> z) = 0;

  /// Coordinate updates since the start.
  [[nodiscard]] virtual std::int64_t updates() const noexcept = 0;
};

/// Makes an SecondMethod for a run, whose parts outlive it.
/// @param curvature h_j, a bound of the loss's curvature along each column
/// @param trace     may cut a call of improve() short
template <Loss L, Penalty P>
using MakeSecondMethod = std::unique_ptr<SecondMethod> (*)(const Problem<L, P>& problem,
                                               const CscMatrix& columns,
                                               std::span<const double> curvature,
                                               const CoordinateOptions& options, const Team& team,
                                               const Trace& trace);

/// The parameter of a solver that takes one: a function of the right type, or a function template
/// like newton_epochs, whose arguments the problem then says. It works on the prepared problem,
/// whose penalty may be a multiple.
template <Loss L, Penalty P>
using SecondMethodOf = std::type_identity_t<MakeSecondMethod<L, Rescaled<P>>>;

}  // namespace sounder
