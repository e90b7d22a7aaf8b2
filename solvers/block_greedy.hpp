// Block-greedy coordinate descent: updates the best coordinate of each of several blocks at once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include <sounder/solvers/blocks/feature_blocks.hpp>
#include <sounder/solvers/coordinate/parallel_descent.hpp>
#include <sounder/solvers/coordinate/parallel_limit.hpp>

namespace sounder {

/// The Chooser of block-greedy. A unit is a block of features; its feature with the largest
/// guaranteed descent moves.
template <Loss L, Penalty P>
class GreedyBlocks {
 public:
  /// Makes the blocks. Keeps references to step and team, which must outlive it.
  GreedyBlocks(const CoordinateStep<L, P>& step, const CoordinateOptions& options, const Team& team)
      : step_(step), team_(team),
        blocks_(feature_blocks(step.problem().matrix, step.columns(),
                               options.blocks > 0 ? options.blocks : automatic(step, team),
                               options.block_kind, options.seed, team)) {}

  /// Members that ParallelRounds and ParallelDescent require of a Chooser. @{
  [[nodiscard]] std::int64_t units() const noexcept { return blocks_.count(); }
  [[nodiscard]] int width() const noexcept { return 1; }
  /// Passes over the blocks in an epoch: enough updates to make a certificate worth its cost.
  [[nodiscard]] int passes() const noexcept {
    const auto worth = std::min<std::int64_t>(step_.columns().columns(), 128);
    return static_cast<int>((worth + units() - 1) / std::max<std::int64_t>(units(), 1));
  }
  [[nodiscard]] std::int64_t updates_a_pass() const noexcept { return units(); }

  /// One block a thread. Blocks of similar features allow more than P*, and a P that is too large
  /// is noticed and halved.
  [[nodiscard]] Index parallel() const noexcept {
    return static_cast<Index>(std::min<std::int64_t>(team_.size(), units()));
  }
  [[nodiscard]] static std::string excuse(const CsrMatrix& rows, const CscMatrix& columns,
                                          const Team& team) {
    return detail::p_star_clause(rows, columns, team, " random coordinates");
  }

  template <class Point>
  int choose(std::int64_t unit, int /*rank*/, Point& point,
             std::span<CoordinateMove> moves) const noexcept {
    double best = -1.0;
    for (const Index j : blocks_.block(unit)) {
      const double w = point.w.get(static_cast<std::size_t>(j));
      const double gradient = step_.gradient(j, point.z);
      const CoordinateMove move = step_.move(j, w, gradient);
      const double descent = step_.descent(move, w, gradient);
      if (move.change != 0.0 && descent > best) {
        best = descent;
        moves[0] = move;
      }
    }
    return best >= 0.0 ? 1 : 0;
  }
  template <class Margins>
  void apply(const CoordinateMove& move, Margins& z) const noexcept {
    step_.apply(move, z);
  }
  /// @}

 private:
  /// Blocks of 16 features: looking at 16 columns costs about as much as one update.
  [[nodiscard]] static Index automatic(const CoordinateStep<L, P>& step, const Team& team) {
    return std::max<Index>(step.columns().columns() / 16, 4 * team.size());
  }

  const CoordinateStep<L, P>& step_;
  const Team& team_;
  FeatureBlocks blocks_;
};

/// Minimises the problem by steps that take P random blocks of features and move, in each block,
/// the coordinate with the largest guaranteed descent, all at once on the shared margins.
///
/// Scherrer, Tewari, Halappanavar, Haglin, "Feature Clustering for Accelerating Parallel Coordinate
/// Descent", NIPS 2012. Special cases: B = p blocks is Shotgun; B = P is thread-greedy (Scherrer,
/// Halappanavar, Tewari, Haglin, ICML 2012); B = P = 1 is greedy coordinate descent. B is
/// `options.blocks` (p / 16 if 0), and the blocks are made by `options.block_kind`. P is
/// `options.parallel`, or the number of threads if 0, and is treated as in `shotgun`. An epoch
/// looks at every coordinate once, so it makes B updates; with few blocks it takes as many passes
/// as make about 128 updates.
///
/// @tparam Update as in `shotgun`
/// @param second as in `shotgun`
/// @throws std::invalid_argument if the problem or an option does not fit
///
/// Cost: O(nnz) a pass over the blocks. With one thread the same seed gives the same bits. May be
/// called from several threads at once.
template <class Update = Atomic, Loss L, Penalty P>
[[nodiscard]] Result block_greedy(const Problem<L, P>& problem, const CoordinateOptions& options,
                                  Trace& trace, SecondMethodOf<L, P> second = nullptr) {
  return parallel_descent<GreedyBlocks, Update>(problem, options, trace, second);
}

}  // namespace sounder
