// HotColumns: a worker's private copies of the coordinates that nearly every row holds.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include <sounder/engine/base/aligned_array.hpp>
#include <sounder/engine/matrix/column_order.hpp>

namespace sounder {

/// When hot columns are exchanged with the shared vector. Band k, the labels in [end[k-1], end[k]),
/// is exchanged every `rows << k` rows of a worker.
///
/// The bands follow the columns' frequencies: a worker makes about the same number of its own
/// updates to a coordinate between two exchanges, whatever the frequency. A column that every row
/// holds is exchanged after `rows` rows.
struct HotBands {
  static constexpr int most = 12;  ///< most bands

  std::int64_t rows = 16;         ///< rows of a worker between two exchanges of band 0
  int count = 1;                  ///< bands in use
  std::array<Index, most> end{};  ///< one past the last label of each band

  /// @param rows_of_worker how many rows one worker takes in an epoch: copies are exchanged several
  ///        times an epoch, however small the data
  HotBands(const ColumnOrder& order, Index matrix_rows, std::int64_t rows_of_worker) {
    rows = std::clamp<std::int64_t>(rows_of_worker / 16, 1, 16);
    Index from = 0;
    for (int k = 0; k < most; ++k) {
      count = k + 1;
      // Band k holds the columns in at least one row of 2^(k + 1); the last band holds the rest.
      const auto last = std::partition_point(
          order.count_of.begin() + from, order.count_of.begin() + order.hot, [&](Index held) {
            return k + 1 < most && (static_cast<Offset>(held) << (k + 1)) >= matrix_rows;
          });
      from = k + 1 < most ? static_cast<Index>(last - order.count_of.begin()) : order.hot;
      end[static_cast<std::size_t>(k)] = from;
      if (from == order.hot) {
        break;
      }
    }
  }

  /// How many bands, counted from band 0, are due at tick t (t = 1, 2, ..., one tick every `rows`
  /// rows).
  [[nodiscard]] int due(std::uint64_t tick) const noexcept {
    return std::min(count, 1 + std::countr_zero(tick));
  }
  /// The labels of band k: [begin_of(k), end_of(k)). @{
  [[nodiscard]] std::size_t begin_of(int k) const noexcept { return k == 0 ? 0 : end_of(k - 1); }
  [[nodiscard]] std::size_t end_of(int k) const noexcept {
    return static_cast<std::size_t>(end[static_cast<std::size_t>(k)]);
  }
  /// @}
};

/// A worker's private copies. In text data some columns are in nearly every row. If workers wrote
/// these in place, their cache lines would travel between the cores at every row, and two threads
/// would be slower than one. So a worker reads and writes its own copy, and adds its changes to the
/// shared vector when the column's band is due. No change is lost; other workers see it up to `rows
/// << band` rows later.
class HotColumns {
 public:
  /// Copies of the labels [0, count); undefined before fetch().
  explicit HotColumns(Index count)
      : mine_(static_cast<std::size_t>(count)), seen_(static_cast<std::size_t>(count)) {}

  /// The worker's own value of label j.
  [[nodiscard]] double& operator[](std::size_t j) noexcept { return mine_[j]; }
  /// The worker's own values. O(1).
  [[nodiscard]] double* mine() noexcept { return mine_.data(); }
  [[nodiscard]] std::size_t size() const noexcept { return mine_.size(); }  ///< number of labels

  /// Copies all of them from the shared vector, through the worker's view.
  template <class View>
  void fetch(View& shared) {
    for (std::size_t j = 0; j < mine_.size(); ++j) {
      mine_[j] = seen_[j] = shared.fetch(j);
    }
  }

  /// Adds this worker's changes of columns [begin, end) to the shared vector and takes over the
  /// changes of others. `advance(j, x)` is applied to the sum before it is stored.
  template <class View, class Advance>
  void exchange(std::size_t begin, std::size_t end, View& shared, Advance&& advance) noexcept {
    for (std::size_t j = begin; j < end; ++j) {
      const double change = mine_[j] - seen_[j];
      double latest = 0.0;
      shared.exchange(j, [&](double x) { return latest = advance(j, x + change); });
      mine_[j] = seen_[j] = latest;
    }
  }

 private:
  AlignedArray<double> mine_;
  AlignedArray<double> seen_;
};

}  // namespace sounder
