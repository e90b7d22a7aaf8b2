// Rows in batches, and the inner products within each.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include <sounder/engine/base/aligned_array.hpp>
#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/index.hpp>
#include <sounder/engine/base/random.hpp>
#include <sounder/engine/matrix/column_order.hpp>
#include <sounder/engine/threads/team.hpp>

namespace sounder {

/// A random partition of some rows into batches, and x_i.x_k for each two rows of a batch: with
/// these, what the later rows of a batch would see of the earlier ones' steps is known before any
/// step is made. Products are kept as cosines, in floats, and norms in doubles.
///
/// 2 b bytes a row for batches of b. Immutable; any number of threads.
class RowBatches {
 public:
  static constexpr int largest = 64;  ///< rows a batch

  /// Rows a batch that suit data of so many nonzeros; 1 where it is so small that there is nothing
  /// to share out and nothing to gather at once. By the data alone: the bits depend on it. O(1).
  [[nodiscard]] static constexpr int suitable(Offset nonzeros) noexcept {
    constexpr Offset large = 2'000'000;
    constexpr int gathered_at_once = 16;
    return nonzeros >= large ? gathered_at_once : 1;
  }

  /// One batch.
  struct Batch {
    std::span<const Index> rows;    ///< of the matrix
    std::span<const double> norms;  ///< |x_i| of each
    const float* cosines;           ///< of row k with the rows before it, at k (k - 1) / 2
    /// x_i.x_k of two different rows, by their places in the batch.
    [[nodiscard]] double product(std::size_t i, std::size_t k) const noexcept {
      const float cosine = i > k ? cosines[i * (i - 1) / 2 + k] : cosines[k * (k - 1) / 2 + i];
      return static_cast<double>(cosine) * norms[i] * norms[k];
    }
  };

  /// O(nonzeros of the rows + products that are not zero), by all threads; 4 bytes a column and
  /// thread meanwhile.
  /// @tparam Rows  OrderedRows or PackedRows (of whose doubles the products lose what floats do);
  ///               not needed afterwards
  /// @param dealt  those that are dealt out
  /// @param size   rows a batch, from 1 to `largest`
  /// @param squares x_i.x_i of all rows, or empty: then they are computed; used for batches of one
  /// row
  template <class Rows>
  RowBatches(const Rows& rows, std::span<const Index> dealt, int size, std::uint64_t seed,
             const Team& team, std::span<const double> squares = {})
      : size_(static_cast<std::size_t>(size)), rows_(dealt), norms_(dealt.size()) {
    RandomStream random(seed, 0xBA7C4U);
    shuffle(std::span<Index>(rows_), random);
    if (size == 1) {
      team.for_each(rows_.size(), [&](std::size_t k) {
        if (squares.empty()) {
          double square = 0.0;
          rows.each(rows_[k], [&](std::size_t, double x) { square += x * x; });
          norms_[k] = std::sqrt(square);
        } else {
          norms_[k] = std::sqrt(squares[static_cast<std::size_t>(rows_[k])]);
        }
      });
      return;
    }
    cosines_ = AlignedArray<float>(static_cast<std::size_t>(count()) * stride());
    team.for_shares(count(), [&](Range share) {
      Products<Rows> worker(rows, size_);
      for (std::int64_t k = share.begin; k < share.end; ++k) {
        const std::span<const Index> own = rows_of(k);
        worker.compute(own, norms_.data() + static_cast<std::size_t>(k) * size_,
                       cosines_.data() + static_cast<std::size_t>(k) * stride());
      }
    });
  }

  /// Batches.
  [[nodiscard]] std::int64_t count() const noexcept {
    return static_cast<std::int64_t>((rows_.size() + size_ - 1) / size_);
  }
  /// Batch k. O(1).
  [[nodiscard]] Batch operator[](std::int64_t k) const noexcept {
    const std::span<const Index> own = rows_of(k);
    return {own,
            {norms_.data() + static_cast<std::size_t>(k) * size_, own.size()},
            cosines_.data() + static_cast<std::size_t>(k) * stride()};
  }

 private:
  [[nodiscard]] std::size_t stride() const noexcept { return size_ * (size_ - 1) / 2; }
  [[nodiscard]] std::span<const Index> rows_of(std::int64_t k) const noexcept {
    const std::size_t first = static_cast<std::size_t>(k) * size_;
    return {rows_.data() + first, std::min(size_, rows_.size() - first)};
  }

  /// What one worker needs to multiply the rows of a batch.
  template <class Rows>
  class Products {
   public:
    Products(const Rows& rows, std::size_t size)
        : rows_(rows), size_(size), frequent_(frequent(rows)), dense_(size * frequent_),
          head_(rows.order().size(), 0) {}

    void compute(std::span<const Index> rows, double* norms, float* cosines) {
      const std::size_t pairs = rows.size() * (rows.size() - 1) / 2;
      std::fill_n(cosines, size_ * (size_ - 1) / 2, 0.0F);
      std::fill(dense_.begin(), dense_.end(), 0.0F);
      nodes_.clear();
      if (first_ > (std::uint32_t{1} << 31)) {
        std::fill(head_.begin(), head_.end(), 0U);
        first_ = 1;
      }
      sums_.assign(pairs, 0.0);
      for (std::size_t k = 0; k < rows.size(); ++k) {
        norms[k] = std::sqrt(add_row(rows[k], static_cast<std::uint32_t>(k)));
      }
      first_ += static_cast<std::uint32_t>(nodes_.size());
      add_frequent(rows.size());
      for (std::size_t k = 0, pair = 0; k < rows.size(); ++k) {
        for (std::size_t q = 0; q < k; ++q, ++pair) {
          const double sizes = norms[k] * norms[q];
          cosines[pair] = sizes > 0.0 ? static_cast<float>(sums_[pair] / sizes) : 0.0F;
        }
      }
    }

   private:
    /// Where a column was met before within the batch.
    struct Node {
      std::uint32_t row;
      float value;
      std::uint32_t next;  ///< as head_
    };

    /// Columns in one row of eight or more, at most so many.
    [[nodiscard]] static std::size_t frequent(const Rows& rows) {
      constexpr std::size_t most = 256;
      const ColumnOrder& order = rows.order();
      const auto rare =
          std::partition_point(order.count_of.begin(), order.count_of.end(),
                               [&](Index count) { return Offset{8} * count >= rows.rows(); });
      return std::min(most, static_cast<std::size_t>(rare - order.count_of.begin()));
    }

    double add_row(Index i, std::uint32_t k) {
      double square = 0.0;
      double* const sums = sums_.data() + std::size_t{k} * (k > 0 ? k - 1 : 0) / 2;
      float* const dense = dense_.data() + std::size_t{k} * frequent_;
      rows_.each(i, [&](std::size_t rank, double x) {
        square += x * x;
        const auto value = static_cast<float>(x);
        if (rank < frequent_) {
          dense[rank] = value;
          return;
        }
        std::uint32_t& head = head_[rank];
        for (std::uint32_t at = head; at >= first_;) {
          const Node& node = nodes_[at - first_];
          sums[node.row] += static_cast<double>(node.value) * x;
          at = node.next;
        }
        const std::uint32_t next = head >= first_ ? head : 0;
        head = first_ + static_cast<std::uint32_t>(nodes_.size());
        nodes_.push_back({k, value, next});
      });
      return square;
    }

    void add_frequent(std::size_t rows) {
      for (std::size_t k = 1; k < rows && frequent_ > 0; ++k) {
        const float* const own = dense_.data() + k * frequent_;
        for (std::size_t q = 0; q < k; ++q) {
          const float* const other = dense_.data() + q * frequent_;
          double lanes[8] = {};
          std::size_t j = 0;
          for (; j + 8 <= frequent_; j += 8) {
            for (std::size_t lane = 0; lane < 8; ++lane) {
              lanes[lane] +=
                  static_cast<double>(own[j + lane]) * static_cast<double>(other[j + lane]);
            }
          }
          double sum = 0.0;
          for (const double lane : lanes) {
            sum += lane;
          }
          for (; j < frequent_; ++j) {
            sum += static_cast<double>(own[j]) * static_cast<double>(other[j]);
          }
          sums_[k * (k - 1) / 2 + q] += sum;
        }
      }
    }

    const Rows& rows_;
    std::size_t size_;
    std::size_t frequent_;
    Array<float> dense_;         ///< rows of the batch by frequent columns
    Array<std::uint32_t> head_;  ///< of each column the last node, from first_; below: none
    Array<Node> nodes_;
    Array<double> sums_;
    std::uint32_t first_ = 1;  ///< number of the batch's first node
  };

  std::size_t size_;
  Array<Index> rows_;
  Array<double> norms_;
  AlignedArray<float> cosines_;
};

}  // namespace sounder
