// Schedule: which rows a worker takes in an epoch, and in what order.
#pragma once

#include <cstdint>
#include <numeric>
#include <stdexcept>
#include <utility>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/random.hpp>
#include <sounder/engine/threads/team.hpp>

namespace sounder {

/// A fresh random permutation of blocks of consecutive rows for every epoch; each worker takes a
/// contiguous share of its positions. Blocks keep neighbouring rows together, which helps the
/// hardware prefetcher; with blocks of one row it is a permutation of the rows. The order depends
/// on seed and epoch alone, the shares also on the number of workers. Between calls of shuffle()
/// any number of threads may read it.
class Schedule {
 public:
  /// @throws std::invalid_argument unless rows >= 0 and block >= 1.
  Schedule(std::int64_t rows, std::int64_t block, std::uint64_t seed)
      : rows_(rows), block_(block), seed_(seed) {
    if (rows < 0 || block < 1) {
      throw std::invalid_argument("Schedule: rows must not be negative, block at least 1");
    }
    order_.resize(static_cast<std::size_t>((rows + block - 1) / block));
  }

  /// Draws the epoch's permutation (Fisher and Yates). O(rows / block); call from one thread.
  void shuffle(int epoch) {
    std::iota(order_.begin(), order_.end(), std::int64_t{0});
    RandomStream random(seed_, static_cast<std::uint64_t>(epoch));
    sounder::shuffle(std::span<std::int64_t>(order_), random);
  }

  /// The positions in the permutation that belong to a worker.
  [[nodiscard]] Range share(Worker worker) const noexcept { return share_of(positions(), worker); }

  /// The number of positions (blocks) in the permutation.
  [[nodiscard]] std::int64_t positions() const noexcept {
    return static_cast<std::int64_t>(order_.size());
  }

  /// The rows of the block at a position: a range of consecutive row numbers.
  [[nodiscard]] Range rows_at(std::int64_t position) const noexcept {
    const std::int64_t begin = order_[static_cast<std::size_t>(position)] * block_;
    return {begin, std::min(rows_, begin + block_)};
  }

 private:
  std::int64_t rows_;
  std::int64_t block_;
  std::uint64_t seed_;
  Array<std::int64_t> order_;
};

}  // namespace sounder
