// Groups features into blocks: at random, or around seeds by inner product.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/message.hpp>
#include <sounder/engine/base/random.hpp>
#include <sounder/engine/matrix/csc_matrix.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/blocks/clustered_blocks.hpp>
#include <sounder/solvers/coordinate/coordinate_options.hpp>

namespace sounder {

/// A partition of the features. Blocks come in the order of their smallest member, members in
/// rising order, and no block is empty; so p blocks are the features themselves.
struct FeatureBlocks {
  Array<std::size_t> begins;  ///< count() + 1 positions in members
  Array<Index> members;       ///< the p features, block by block

  /// The number of blocks.
  [[nodiscard]] Index count() const noexcept { return static_cast<Index>(begins.size()) - 1; }
  /// The features of block b in [0, count()).
  [[nodiscard]] std::span<const Index> block(std::int64_t b) const noexcept {
    const auto k = static_cast<std::size_t>(b);
    return {members.data() + begins[k], begins[k + 1] - begins[k]};
  }
  /// The most members of any block.
  [[nodiscard]] Index widest() const noexcept {
    std::size_t most = 0;
    for (std::size_t b = 0; b + 1 < begins.size(); ++b) {
      most = std::max(most, begins[b + 1] - begins[b]);
    }
    return static_cast<Index>(most);
  }
  /// Nonzeros of the fullest block over the mean; 1 is perfect. With a thread a block, the others
  /// wait so much longer.
  [[nodiscard]] double imbalance(const CscMatrix& columns) const {
    Offset most = 0;
    for (Index b = 0; b < count(); ++b) {
      most = std::max(most, columns.nonzeros(block(b)));
    }
    const double mean = static_cast<double>(columns.nonzeros()) / std::max(count(), Index{1});
    return mean > 0.0 ? static_cast<double>(most) / mean : 1.0;
  }
  /// The block of every feature.
  [[nodiscard]] Array<Index> block_of() const {
    Array<Index> result(members.size());
    for (Index b = 0; b < count(); ++b) {
      for (const Index j : block(b)) {
        result[static_cast<std::size_t>(j)] = b;
      }
    }
    return result;
  }
};

namespace detail {

/// The blocks that `block_of` names, in the order in which they appear, as FeatureBlocks requires.
/// O(p).
[[nodiscard]] inline FeatureBlocks blocks_from(std::span<const Index> block_of, Index count) {
  Array<std::size_t> place_of(static_cast<std::size_t>(count));  // position plus 1; 0: not seen yet
  Array<std::size_t> next;                                       // position for the next member
  for (const Index b : block_of) {
    std::size_t& place = place_of[static_cast<std::size_t>(b)];
    if (place == 0) {
      next.push_back(0);
      place = next.size();
    }
    ++next[place - 1];
  }
  FeatureBlocks result;
  result.begins.push_back(0);
  for (std::size_t& size : next) {
    result.begins.push_back(result.begins.back() + size);
    size = result.begins.back() - size;
  }
  result.members.resize(block_of.size());
  for (std::size_t j = 0; j < block_of.size(); ++j) {
    const std::size_t place = place_of[static_cast<std::size_t>(block_of[j])];
    result.members[next[place - 1]++] = static_cast<Index>(j);
  }
  return result;
}

[[nodiscard]] inline Array<Index> random_blocks(Index p, Index count, std::uint64_t seed) {
  Array<Index> block_of(static_cast<std::size_t>(p));
  for (std::size_t j = 0; j < block_of.size(); ++j) {
    block_of[j] = static_cast<Index>(j % static_cast<std::size_t>(count));
  }
  RandomStream random(seed, 0xB10CU);
  shuffle(std::span<Index>(block_of), random);
  return block_of;
}

}  // namespace detail

/// Splits the features into `count` blocks (fewer if there are fewer features).
///
/// Clustered: the unassigned feature with most nonzeros becomes a seed. It takes the unassigned
/// features whose normalised inner product with it is largest in absolute value, until its block
/// holds its share of the features (Scherrer, Tewari, Halappanavar, Haglin, "Feature clustering for
/// accelerating parallel coordinate descent", NIPS 2012, section 4). Balanced: until its block
/// holds its share of the nonzeros, so that blocks take equally long (an open problem in the
/// paper). A feature that shares no row with any seed goes to the emptiest block.
///
/// The same for any number of threads. Random: O(p). Otherwise the products of the seeds with the
/// columns that share a row with them: O(p log p + nonzeros of the rows that hold a seed, summed
/// over the seeds / threads); several threads also search for some seeds in vain. Memory: some 16
/// bytes a feature and 60 a block, and for every thread up to 44 a feature and 8 MiB. May be called
/// from several threads at once.
/// @throws std::invalid_argument unless count >= 1.
[[nodiscard]] inline FeatureBlocks feature_blocks(const CsrMatrix& rows, const CscMatrix& columns,
                                                  Index count, BlockKind kind, std::uint64_t seed,
                                                  const Team& team) {
  if (count < 1) {
    refuse({"feature_blocks: at least one block is needed"});
  }
  count = std::clamp<Index>(count, 1, std::max<Index>(columns.columns(), 1));
  if (kind == BlockKind::random) {
    return detail::blocks_from(detail::random_blocks(columns.columns(), count, seed), count);
  }
  const bool balanced = kind == BlockKind::balanced;
  return detail::blocks_from(detail::clustered_blocks(rows, columns, count, balanced, team), count);
}

}  // namespace sounder
