// Options of the coordinate-descent solvers.
#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include <sounder/engine/base/index.hpp>
#include <sounder/solvers/driver/run_options.hpp>

namespace sounder {

/// Which coordinate a sequential solver takes next.
enum class CoordinateRule {
  cyclic,    ///< 0, 1, ..., p - 1 and again
  shuffled,  ///< a fresh permutation every epoch
  random,    ///< each drawn independently, with replacement
  greedy,    ///< the one with the largest guaranteed descent
};

/// How features are grouped into blocks; see feature_blocks.hpp.
enum class BlockKind {
  random,     ///< by a permutation
  clustered,  ///< around seeds, by inner product with the seed (Scherrer et al. 2012)
  balanced,   ///< clustered, with about equally many nonzeros a block
};

/// Options of `cd`, `shotgun`, `block_greedy` and `block_cd`; stored by value, checked by
/// validate(). A solver ignores options that it does not use.
struct CoordinateOptions {
  int threads = 1;          ///< at most; `cd` takes fewer where the data is small
  int max_epochs = 1000;    ///< an epoch is a look at every coordinate, or what the solver says
  double tolerance = 1e-3;  ///< stop at this relative duality gap; 0: run every epoch
  double time_limit = std::numeric_limits<double>::infinity();  ///< seconds of training clock
  std::uint64_t seed = 1;                                       ///< of every random choice

  CoordinateRule rule = CoordinateRule::shuffled;  ///< only `cd`
  bool working_set = true;                         ///< only `cd`, like the next one
  bool screening = true;                           ///< Gap-Safe screening
  /// Newton steps on the support, and exact solutions for nearly collinear columns and the heaviest
  /// columns. Used by `cd`, and by other solvers that are given newton_epochs. If they are not and
  /// would have needed it, the result's message says so.
  bool newton = true;
  int extrapolation = 5;  ///< past iterates combined after an epoch; 0: none

  /// P, the coordinates (or blocks) updated at once; 0: the number of threads, if the data allows
  /// so many. If P exceeds `threads`, updates go in rounds, and all updates of a round start from
  /// the same margins.
  Index parallel = 0;
  Index blocks = 0;                            ///< B; 0: automatic
  BlockKind block_kind = BlockKind::balanced;  ///< of `block_greedy` and `block_cd`

  std::span<const double> initial = {};  ///< p coefficients to start from; empty: zero
  double initial_intercept = 0.0;        ///< b to start from

  /// @throws std::invalid_argument with one sentence naming the option.
  void validate() const {
    run_options(*this).validate();
    const auto require = RunOptions::require;
    require(extrapolation >= 0 && extrapolation <= 64, "extrapolation must be from 0 to 64");
    require(parallel >= 0, "parallel must be 0 (automatic) or more");
    require(blocks >= 0, "blocks must be 0 (automatic) or more");
  }
};

}  // namespace sounder
