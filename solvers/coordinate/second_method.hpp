// A second method that a parallel coordinate solver may use between its own epochs.
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

/// A second method that takes every other epoch of `shotgun`, `block_greedy` and `block_cd` once
/// the tolerance is more than a hundred epochs away. newton_epochs() makes one. One thread calls.
class SecondMethod {
 public:
  SecondMethod() = default;
  SecondMethod(const SecondMethod&) = delete;
  SecondMethod& operator=(const SecondMethod&) = delete;
  virtual ~SecondMethod() = default;

  /// Lowers F from the point (w, b), or leaves the point as it is; updates its margins z.
  /// @param pull  minus the gradient there, one number a column
  /// @param point the certificate there
  virtual void improve(std::span<const double> pull, const Certificate& point, std::span<double> w,
                       double& b, std::span<double> z) = 0;

  /// Coordinate updates since the start.
  [[nodiscard]] virtual std::int64_t updates() const noexcept = 0;
};

/// Makes a SecondMethod for a run; the arguments outlive it.
/// @param curvature h_j, a bound of the loss's curvature along each column
/// @param trace     may cut a call of improve() short
template <Loss L, Penalty P>
using MakeSecondMethod = std::unique_ptr<SecondMethod> (*)(const Problem<L, P>& problem,
                                                           const CscMatrix& columns,
                                                           std::span<const double> curvature,
                                                           const CoordinateOptions& options,
                                                           const Team& team, const Trace& trace);

/// The type of a solver's parameter: a function of this type, or a function template like
/// newton_epochs, whose arguments follow from the problem. It works on the prepared problem, whose
/// penalty may be a multiple of the caller's.
template <Loss L, Penalty P>
using SecondMethodOf = std::type_identity_t<MakeSecondMethod<L, Rescaled<P>>>;

}  // namespace sounder
