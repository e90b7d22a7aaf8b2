// ColumnOrder: columns renumbered from the most to the least frequent.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>

namespace sounder {

/// Labels for the columns that are not empty, the most frequent first, so that the coordinates in
/// nearly every row share a few cache lines. Workers keep private copies of the first `hot` labels
/// (see HotColumns).
struct ColumnOrder {
  static constexpr Index none = -1;  ///< stands for a missing label or column

  Array<Index> label_of;     ///< label of each of p columns, `none` for an empty one
  Array<Index> original_of;  ///< column of each label; `none` for the unit column
  Array<Index> count_of;     ///< number of rows of each label; never rises
  Index hot = 0;             ///< number of hot labels

  [[nodiscard]] std::size_t size() const noexcept { return original_of.size(); }  ///< labels
};

/// Orders columns by how many rows hold them (counting sort, ties by column). O(p + n).
///
/// @param counts      d_j for p columns
/// @param rows        n
/// @param unit_column put a column of ones (an intercept) in front, label 0
/// @param hot_limit   at most this many hot columns; -1 chooses: those in 1 row of 2,048 or more,
///                    at most 16,384 (their copies then stay in a core's second-level cache)
[[nodiscard]] inline ColumnOrder order_columns(std::span<const Index> counts, Index rows,
                                               bool unit_column, int hot_limit) {
  ColumnOrder order;
  Array<Index> first(static_cast<std::size_t>(rows) + 2);
  for (const Index count : counts) {
    ++first[static_cast<std::size_t>(rows - count) + 1];
  }
  const Index empty = first[static_cast<std::size_t>(rows) + 1];
  for (std::size_t k = 1; k < first.size(); ++k) {
    first[k] += first[k - 1];
  }
  const Index shift = unit_column ? 1 : 0;
  const auto used = static_cast<std::size_t>(static_cast<Index>(counts.size()) - empty + shift);
  order.label_of.assign(counts.size(), ColumnOrder::none);
  order.original_of.assign(used, ColumnOrder::none);
  order.count_of.assign(used, rows);
  for (std::size_t j = 0; j < counts.size(); ++j) {
    if (counts[j] > 0) {
      const Index label = first[static_cast<std::size_t>(rows - counts[j])]++ + shift;
      order.label_of[j] = label;
      order.original_of[static_cast<std::size_t>(label)] = static_cast<Index>(j);
      order.count_of[static_cast<std::size_t>(label)] = counts[j];
    }
  }
  constexpr Index rarest = 2048;
  constexpr Index most = 16384;
  if (hot_limit >= 0) {
    order.hot = std::min(static_cast<Index>(used), static_cast<Index>(hot_limit));
  } else {
    const auto cold =
        std::partition_point(order.count_of.begin(), order.count_of.end(), [rows](Index count) {
          return static_cast<Offset>(count) * rarest >= static_cast<Offset>(rows);
        });
    order.hot = std::min(most, static_cast<Index>(cold - order.count_of.begin()));
  }
  return order;
}

}  // namespace sounder
