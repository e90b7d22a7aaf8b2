// Shotgun: updates several random coordinates at once on shared margins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <sounder/solvers/coordinate/parallel_descent.hpp>
#include <sounder/solvers/coordinate/parallel_limit.hpp>

namespace sounder {

/// The Chooser of Shotgun. A unit is a coordinate.
template <Loss L, Penalty P>
class SingleCoordinates {
 public:
  /// O(1). Keeps references to step and team, which must outlive it.
  SingleCoordinates(const CoordinateStep<L, P>& step, const CoordinateOptions& /*options*/,
                    const Team& team)
      : step_(step), team_(team) {}

  /// Members that ParallelRounds and ParallelDescent require of a Chooser. @{
  [[nodiscard]] std::int64_t units() const noexcept { return step_.columns().columns(); }
  [[nodiscard]] int width() const noexcept { return 1; }
  [[nodiscard]] int passes() const noexcept { return 1; }
  [[nodiscard]] std::int64_t updates_a_pass() const noexcept { return units(); }

  /// min(threads, P*): more than one update a thread gains nothing.
  [[nodiscard]] Index parallel() const {
    return team_.size() == 1 ? 1
                             : detail::at_most_p_star(team_.size(), step_.problem().matrix,
                                                      step_.columns(), team_);
  }
  [[nodiscard]] static std::string excuse(const CsrMatrix& rows, const CscMatrix& columns,
                                          const Team& team) {
    return detail::p_star_clause(rows, columns, team, "");
  }

  template <class Point>
  int choose(std::int64_t unit, int /*rank*/, Point& point,
             std::span<CoordinateMove> moves) const noexcept {
    const auto j = static_cast<Index>(unit);
    const double w = point.w.get(static_cast<std::size_t>(unit));
    moves[0] = step_.move(j, w, step_.gradient(j, point.z));
    return moves[0].change != 0.0 ? 1 : 0;
  }
  template <class Margins>
  void apply(const CoordinateMove& move, Margins& z) const noexcept {
    step_.apply(move, z);
  }
  /// @}

 private:
  const CoordinateStep<L, P>& step_;
  const Team& team_;
};

/// Minimises the problem by updates of P random coordinates at once, which change the shared
/// margins without a lock. Each takes the proximal step that would be safe if it were alone.
///
/// Bradley, Kyrola, Bickson, Guestrin, "Parallel Coordinate Descent for L1-Regularized Loss
/// Minimization", ICML 2011: parallel steps help up to P* = ceil(p / rho), rho the spectral radius
/// of X^T X with normalised columns; beyond P* they may diverge. By default P is min(threads, P*),
/// and is halved if it still proves too large. A P given as `options.parallel` is kept, and a run
/// that it breaks ends as diverged. An epoch is p updates in the order of a fresh random
/// permutation (the paper draws with replacement). `extrapolation = 0` switches off all that the
/// paper does not have.
///
/// @tparam Update how workers meet on a margin: Atomic, or Relaxed, which may lose updates, so that
///        margins are computed anew after each epoch
/// @param second a second method that takes over every other epoch if the tolerance is more than a
///        hundred epochs away: newton_epochs, which has its own header and which the program always
///        passes; none by default
///        there is none
/// @throws std::invalid_argument if the problem or an option does not fit
///
/// Cost: O(nnz) an epoch. With one thread the same seed gives the same bits. May be called from
/// several threads at once.
template <class Update = Atomic, Loss L, Penalty P>
[[nodiscard]] Result shotgun(const Problem<L, P>& problem, const CoordinateOptions& options,
                             Trace& trace, SecondMethodOf<L, P> second = nullptr) {
  return parallel_descent<SingleCoordinates, Update>(problem, options, trace, second);
}

}  // namespace sounder
