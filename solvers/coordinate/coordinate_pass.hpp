// A pass over the coordinates: the part of the parallel coordinate solvers that runs on all
// workers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include <sounder/engine/base/call.hpp>
#include <sounder/engine/matrix/csc_matrix.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/engine/shared/update_counts.hpp>
#include <sounder/engine/threads/team.hpp>

namespace sounder {

/// Coefficients, margins, and the workers' moves on them. How workers meet (update policy, virtual
/// workers) is behind this interface, asked once an epoch, so that the driver is compiled once a
/// problem.
class CoordinatePass {
 public:
  CoordinatePass() = default;
  CoordinatePass(const CoordinatePass&) = delete;
  CoordinatePass& operator=(const CoordinatePass&) = delete;
  virtual ~CoordinatePass() = default;

  /// w (p numbers) and z (n numbers), while no pass runs. @{
  [[nodiscard]] virtual std::span<double> coefficients() noexcept = 0;
  [[nodiscard]] virtual std::span<double> margins() noexcept = 0;
  /// @}

  /// Whether margins that `parallel` units moved at once may have lost updates.
  [[nodiscard]] virtual bool loses(Index parallel) const noexcept = 0;

  /// Of all passes, if the policy counts.
  [[nodiscard]] virtual std::optional<UpdateCounts> counts() const { return std::nullopt; }

  /// Draws the permutation of this number.
  virtual void shuffle(int number) = 0;

  /// Moves the units at these positions of the permutation once, `parallel` of them at once.
  /// @return false if the trace cancelled the pass half-way
  virtual bool run(Range positions, Index parallel, const Trace& trace) = 0;
};

/// Makes a driver's pass for a team.
template <class Chooser>
using MakeCoordinatePass = Call<std::unique_ptr<CoordinatePass>(
    Chooser& chooser, const CscMatrix& columns, std::uint64_t seed, const Team& team)>;

}  // namespace sounder
