// Clusters features around seeds; feature_blocks.hpp uses it for blocks that are not random.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/falling_order.hpp>
#include <sounder/engine/base/slots.hpp>
#include <sounder/engine/matrix/csc_matrix.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/blocks/column_products.hpp>

namespace sounder::detail {

/// Forms blocks of seeds and features similar to them. A feature adds a load to its block: 1, or
/// for balanced blocks the cost of looking at it and its nonzeros. A block is full when it has its
/// share of the remaining load. A feature that no seed took goes to the emptiest block.
///
/// The team searches for the features similar to each of the next seeds, in one parallel region.
/// Then the seeds choose in turn, with the same result as one after the other. The search is wasted
/// for a seed that another seed of the batch takes, so one thread alone searches for one seed at a
/// time.
class Clustering {
 public:
  Clustering(const CsrMatrix& rows, const CscMatrix& columns, Index count, bool balanced,
             const Team& team)
      : columns_(columns), count_(count), balanced_(balanced), threads_(team.size()),
        products_(rows, columns, team), by_size_(static_cast<std::size_t>(columns.columns())),
        block_of_(by_size_.size(), unassigned),
        batch_(threads_ == 1 ? 1 : most_seeds * static_cast<std::size_t>(threads_)) {
    std::iota(by_size_.begin(), by_size_.end(), std::size_t{0});
    Array<double> sizes(by_size_.size());
    for (std::size_t j = 0; j < sizes.size(); ++j) {
      sizes[j] = static_cast<double>(columns.column(static_cast<Index>(j)).size());
      left_ += load(static_cast<Index>(j));
    }
    sort_falling(by_size_, sizes);
  }

  /// The block of every feature. Call it once.
  [[nodiscard]] Array<Index> block_of() {
    for (take_batch(); seeds_ > 0; take_batch()) {
      products_.hand_out(seeds_, work_, [&](std::size_t k, int rank) {
        look_around(batch_[k], batch_[k].most, rank);
      });
      for (std::size_t k = 0; k < seeds_; ++k) {
        if (is_free(batch_[k].feature)) {
          fill_block(batch_[k]);
        }
      }
    }
    place_the_others();
    return std::move(block_of_);
  }

 private:
  static constexpr Index unassigned = -1;
  /// Size of a batch for every thread: some milliseconds of work, which is long compared with a
  /// parallel region, but short enough to waste few searches. It also limits the memory for what
  /// they find, 16 bytes a product.
  static constexpr std::int64_t most_products = 1 << 19;
  static constexpr std::size_t most_seeds = 64;

  struct Seed {
    Index feature = 0;
    std::size_t most = 0;  ///< most features to find
    Array<ColumnProducts::Alike> alike;
  };

  [[nodiscard]] std::int64_t load(Index j) const noexcept {
    return balanced_ ? static_cast<std::int64_t>(columns_.column(j).size()) + 1 : 1;
  }
  [[nodiscard]] bool is_free(Index j) const noexcept {
    return block_of_[static_cast<std::size_t>(j)] == unassigned;
  }
  /// The load that the next block may hold.
  [[nodiscard]] std::int64_t room() const noexcept {
    const std::int64_t blocks = count_ - made_;
    return (left_ + blocks - 1) / blocks;
  }

  /// Takes the next seeds, at most one for each block that is left.
  void take_batch() {
    seeds_ = 0;
    work_ = 0;
    const std::size_t most = std::min(static_cast<std::size_t>(count_ - made_), batch_.size());
    const double mean_row =
        static_cast<double>(columns_.nonzeros()) / std::max(columns_.rows(), Index{1});
    for (; next_ < by_size_.size() && seeds_ < most && work_ < most_products * threads_; ++next_) {
      const auto j = static_cast<Index>(by_size_[next_]);
      if (is_free(j)) {
        const std::int64_t fit = room() - load(j);
        Seed& seed = batch_[seeds_++];
        seed.feature = j;
        seed.most = fit > 0 ? to_find(static_cast<std::size_t>(fit)) : 0;
        seed.alike.clear();
        if (fit > 0) {
          work_ +=
              static_cast<std::int64_t>(static_cast<double>(columns_.column(j).size()) * mean_row);
        }
      }
    }
  }
  /// How many features to find for a block with room for `fit`: other seeds may take some of them.
  [[nodiscard]] std::size_t to_find(std::size_t fit) const noexcept {
    return threads_ == 1 ? fit : 2 * fit + 64;
  }

  /// Finds up to `most` free features similar to the seed.
  void look_around(Seed& seed, std::size_t most, int rank) {
    seed.alike =
        products_.most_alike(seed.feature, most, rank, [this](Index j) { return is_free(j); });
  }

  void fill_block(Seed& seed) {
    const std::int64_t most = room();
    std::int64_t filled = 0;
    bool full = false;
    const auto take = [&](Index j) {
      block_of_[static_cast<std::size_t>(j)] = made_;
      filled += load(j);
    };
    const auto take_alike = [&] {
      for (const ColumnProducts::Alike& one : seed.alike) {
        const auto j = static_cast<Index>(one.position);
        if (is_free(j)) {
          full = filled + load(j) > most;
          if (full) {
            break;
          }
          take(j);
        }
      }
    };
    take(seed.feature);
    take_alike();
    if (!full && filled < most && seed.alike.size() == seed.most) {  // there may be more
      look_around(seed, block_of_.size(), /*rank=*/0);
      take_alike();
    }
    left_ -= filled;
    filled_.push_back(filled);
    ++made_;
  }

  /// Puts the features that no seed took, largest first, into the block that is then the emptiest.
  void place_the_others() {
    const auto blocks = static_cast<std::size_t>(count_);
    filled_.resize(blocks);
    Array<std::size_t> emptiest(blocks);  // a heap, ties by number
    std::iota(emptiest.begin(), emptiest.end(), std::size_t{0});
    const auto is_fuller = [this](std::size_t a, std::size_t b) {
      return filled_[a] != filled_[b] ? filled_[a] > filled_[b] : a > b;
    };
    std::make_heap(emptiest.begin(), emptiest.end(), is_fuller);
    for (const std::size_t j : by_size_) {
      if (block_of_[j] == unassigned) {
        std::pop_heap(emptiest.begin(), emptiest.end(), is_fuller);
        const std::size_t block = emptiest[blocks - 1];
        block_of_[j] = static_cast<Index>(block);
        filled_[block] += load(static_cast<Index>(j));
        std::push_heap(emptiest.begin(), emptiest.end(), is_fuller);
      }
    }
  }

  const CscMatrix& columns_;
  const Index count_;
  const bool balanced_;
  const int threads_;
  ColumnProducts products_;
  Array<std::size_t> by_size_;
  Array<Index> block_of_;
  Array<std::int64_t> filled_;  ///< load of each block so far
  Slots<Seed> batch_;
  std::size_t seeds_ = 0;  ///< seeds of the batch, from its start
  std::int64_t work_ = 0;  ///< approximate number of products to look through for the batch
  std::int64_t left_ = 0;  ///< load that is in no block yet
  std::size_t next_ = 0;   ///< position in by_size_: all features before it were seeds or are in a
                           ///< block
  Index made_ = 0;
};

/// The block of every feature, by Clustering.
[[nodiscard]] inline Array<Index> clustered_blocks(const CsrMatrix& rows, const CscMatrix& columns,
                                                   Index count, bool balanced, const Team& team) {
  return Clustering(rows, columns, count, balanced, team).block_of();
}

}  // namespace sounder::detail
