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

/// Coefficients, margins, and the workers' moves on them. This interface hides how workers meet
/// (update policy, simulated workers). It is called once an epoch, and lets the driver be compiled
/// once a problem.
class CoordinatePass {
 public:
  CoordinatePass() = default;
  CoordinatePass(const CoordinatePass&) = delete;
  CoordinatePass& operator=(const CoordinatePass&) = delete;
  virtual ~CoordinatePass() = default;

  /// w (p numbers) and z (n numbers); only use them while no pass runs. @{
  [[nodiscard]] virtual std::span<double> coefficients() noexcept = 0;
  [[nodiscard]] virtual std::span<double> margins() noexcept = 0;
  /// @}

  /// Whether margins may have lost updates after `parallel` units moved at once.
  [[nodiscard]] virtual bool loses(Index parallel) const noexcept = 0;

  /// The counts of all passes, if the policy counts.
  [[nodiscard]] virtual std::optional<UpdateCounts> counts() const { return std::nullopt; }

  /// Draws permutation number `number`.
  virtual void shuffle(int number) = 0;

  /// Moves the units at these positions of the permutation once, `parallel` of them at once.
  /// @return false if the trace cancelled the pass half-way
  virtual bool run(Range positions, Index parallel, const Trace& trace) = 0;
};

/// Makes a pass for a driver and its team.
template <class Chooser>
using MakeCoordinatePass = Call<std::unique_ptr<CoordinatePass>(
    Chooser& chooser, const CscMatrix& columns, std::uint64_t seed, const Team& team)>;

}  // namespace sounder
