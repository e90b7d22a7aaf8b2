// Blocks of features, stored by the rows that hold them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include <sounder/engine/base/array.hpp>

#include <sounder/engine/base/slots.hpp>
#include <sounder/engine/matrix/csc_matrix.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/blocks/feature_blocks.hpp>

namespace sounder {

/// The sub-matrix of every block of features, by rows. A joint step on a block then reads each
/// margin once, and uses a row's curvature for all pairs of its features at once. Immutable. 8
/// bytes a nonzero, 12 for each row that holds a block's feature.
class BlockRows {
 public:
  /// An entry of a row in a feature of the block.
  struct Entry {
    Index member;  ///< position in the block
    float value;   ///< x_ij
  };
  /// One block: row `rows[k]` holds `entries` from begins[k] to begins[k + 1].
  struct View {
    std::span<const Index> rows;     ///< rows that hold a feature of the block, rising
    std::span<const Offset> begins;  ///< rows.size() + 1 positions in the entries of all blocks
    const Entry* entries;            ///< entries of this block

    /// The entries of row rows[k].
    [[nodiscard]] std::span<const Entry> row(std::size_t k) const noexcept {
      return {entries + begins[k], static_cast<std::size_t>(begins[k + 1] - begins[k])};
    }
  };

  /// O(nonzeros log / threads).
  BlockRows(const CscMatrix& columns, const FeatureBlocks& blocks, const Team& team)
      : blocks_(static_cast<std::size_t>(blocks.count())) {
    team.for_shares(blocks.count(), [&](Range share) {
      for (std::int64_t b = share.begin; b < share.end; ++b) {
        blocks_[static_cast<std::size_t>(b)] = by_rows(columns, blocks.block(b));
      }
    });
  }

  /// Block b of the FeatureBlocks. O(1).
  [[nodiscard]] View block(std::int64_t b) const noexcept {
    const Block& block = blocks_[static_cast<std::size_t>(b)];
    return {block.rows, block.begins, block.entries.data()};
  }

  /// The most rows of any block.
  [[nodiscard]] std::size_t tallest() const noexcept {
    std::size_t most = 0;
    for (const Block& block : blocks_) {
      most = std::max(most, block.rows.size());
    }
    return most;
  }

 private:
  struct Block {
    Array<Index> rows;
    Array<Offset> begins;
    Array<Entry> entries;
  };
  /// The row of an entry, and its position column by column.
  struct Place {
    Index row;
    std::size_t position;
    bool operator<(const Place& other) const noexcept {
      return row != other.row ? row < other.row : position < other.position;
    }
  };

  [[nodiscard]] static Block by_rows(const CscMatrix& columns, std::span<const Index> members) {
    Array<Entry> by_column;
    Array<Place> order;
    for (std::size_t m = 0; m < members.size(); ++m) {
      const SparseColumn column = columns.column(members[m]);
      for (std::size_t k = 0; k < column.size(); ++k) {
        order.push_back({column.rows[k], order.size()});
        by_column.push_back({static_cast<Index>(m), column.values[k]});
      }
    }
    std::sort(order.begin(), order.end());
    std::size_t rows = 0;
    for (std::size_t k = 0; k < order.size(); ++k) {
      rows += k == 0 || order[k].row != order[k - 1].row ? 1 : 0;
    }
    Block block;
    block.rows.reserve(rows);
    block.begins.reserve(rows + 1);
    block.entries.reserve(order.size());
    for (const Place& one : order) {
      if (block.rows.empty() || block.rows.back() != one.row) {
        block.rows.push_back(one.row);
        block.begins.push_back(static_cast<Offset>(block.entries.size()));
      }
      block.entries.push_back(by_column[one.position]);
    }
    block.begins.push_back(static_cast<Offset>(block.entries.size()));
    return block;
  }

  Slots<Block> blocks_;
};

}  // namespace sounder
