// Features clustered around seeds: what feature_blocks.hpp does for blocks that are not random.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <queue>
#include <utility>
#include <vector>

#include <sounder/engine/csc_matrix.hpp>
#include <sounder/engine/csr_matrix.hpp>
#include <sounder/engine/team.hpp>
#include <sounder/solvers/falling_order.hpp>
#include <sounder/solvers/seed_products.hpp>

namespace sounder::detail {

/// Seeds and what they attract. A feature adds a load to a block: 1, or the look at it and at its
/// nonzeros where blocks are to be balanced. A block is full at its share of the load that is left.
/// What no seed attracted goes to the emptiest block.
///
/// The team looks for what is like each of the next seeds, all in one parallel region; then they
/// choose in turn, as if each had looked alone. The search is in vain for a seed that another one
/// of the batch takes, so one thread looks for one seed at a time.
class Clustering {
 public:
  Clustering(const CsrMatrix& rows, const CscMatrix& columns, Index count, bool balanced,
             const Team& team)
      : columns_(columns), count_(count), balanced_(balanced), threads_(team.size()),
        products_(rows, columns, team), by_size_(static_cast<std::size_t>(columns.columns())),
        block_of_(by_size_.size(), unassigned) {
    std::iota(by_size_.begin(), by_size_.end(), std::size_t{0});
    std::vector<double> sizes(by_size_.size());
    for (std::size_t j = 0; j < sizes.size(); ++j) {
      sizes[j] = static_cast<double>(columns.column(static_cast<Index>(j)).size());
      left_ += load(static_cast<Index>(j));
    }
    sort_falling(by_size_, sizes);
  }

  /// The block of every feature. To be called once.
  [[nodiscard]] std::vector<Index> block_of() {
    for (take_batch(); !batch_.empty(); take_batch()) {
      products_.hand_out(batch_.size(), work_, [&](std::size_t k, int rank) {
        look_around(batch_[k], batch_[k].most, rank);
      });
      for (Seed& seed : batch_) {
        if (is_free(seed.feature)) {
          fill_block(seed);
        }
      }
    }
    place_the_others();
    return std::move(block_of_);
  }

 private:
  static constexpr Index unassigned = -1;
  /// Of a batch, for every thread. Some milliseconds: long beside a parallel region, short enough
  /// for few searches in vain. Also bounds what they find together, to 16 bytes a product.
  static constexpr std::int64_t most_products = 1 << 19;
  static constexpr std::size_t most_seeds = 64;

  struct Seed {
    Index feature;
    std::size_t most;  ///< to be found
    std::vector<SeedProducts::Alike> alike;
  };

  [[nodiscard]] std::int64_t load(Index j) const noexcept {
    return balanced_ ? static_cast<std::int64_t>(columns_.column(j).size()) + 1 : 1;
  }
  [[nodiscard]] bool is_free(Index j) const noexcept {
    return block_of_[static_cast<std::size_t>(j)] == unassigned;
  }
  /// What the next block may hold.
  [[nodiscard]] std::int64_t room() const noexcept {
    const std::int64_t blocks = count_ - made_;
    return (left_ + blocks - 1) / blocks;
  }

  /// The next seeds, no more than there are blocks to make.
  void take_batch() {
    batch_.clear();
    work_ = 0;
    const auto blocks = static_cast<std::size_t>(count_ - made_);
    const std::size_t most =
        std::min(blocks, threads_ == 1 ? 1 : most_seeds * static_cast<std::size_t>(threads_));
    const double mean_row =
        static_cast<double>(columns_.nonzeros()) / std::max(columns_.rows(), Index{1});
    for (; next_ < by_size_.size() && batch_.size() < most && work_ < most_products * threads_;
         ++next_) {
      const auto j = static_cast<Index>(by_size_[next_]);
      if (is_free(j)) {
        const std::int64_t fit = room() - load(j);
        batch_.push_back({j, fit > 0 ? to_find(static_cast<std::size_t>(fit)) : 0, {}});
        if (fit > 0) {
          work_ +=
              static_cast<std::int64_t>(static_cast<double>(columns_.column(j).size()) * mean_row);
        }
      }
    }
  }
  /// For a block that `fit` more may enter: some of those found may be gone when the seed chooses.
  [[nodiscard]] std::size_t to_find(std::size_t fit) const noexcept {
    return threads_ == 1 ? fit : 2 * fit + 64;
  }

  /// Finds up to `most` free features that are like the seed.
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
      for (const SeedProducts::Alike& one : seed.alike) {
        if (is_free(one.column)) {
          full = filled + load(one.column) > most;
          if (full) {
            break;
          }
          take(one.column);
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

  void place_the_others() {
    using Filled = std::pair<std::int64_t, Index>;  // load, block
    std::priority_queue<Filled, std::vector<Filled>, std::greater<>> emptiest;
    filled_.resize(static_cast<std::size_t>(count_));
    for (Index b = 0; b < count_; ++b) {
      emptiest.emplace(filled_[static_cast<std::size_t>(b)], b);
    }
    for (const std::size_t j : by_size_) {
      if (block_of_[j] == unassigned) {
        const auto [filled, b] = emptiest.top();
        emptiest.pop();
        block_of_[j] = b;
        emptiest.emplace(filled + load(static_cast<Index>(j)), b);
      }
    }
  }

  const CscMatrix& columns_;
  const Index count_;
  const bool balanced_;
  const int threads_;
  SeedProducts products_;
  std::vector<std::size_t> by_size_;
  std::vector<Index> block_of_;
  std::vector<std::int64_t> filled_;  ///< load of each block made
  std::vector<Seed> batch_;
  std::int64_t work_ = 0;  ///< products to look through for the batch, about
  std::int64_t left_ = 0;  ///< load that is in no block
  std::size_t next_ = 0;   ///< in by_size_: all before were seeds, or are in a block
  Index made_ = 0;
};

/// The block of every feature by Clustering.
[[nodiscard]] inline std::vector<Index> clustered_blocks(const CsrMatrix& rows,
                                                         const CscMatrix& columns, Index count,
                                                         bool balanced, const Team& team) {
  return Clustering(rows, columns, count, balanced, team).block_of();
}

}  // namespace sounder::detail
