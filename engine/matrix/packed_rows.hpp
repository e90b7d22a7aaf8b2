// PackedRows: the rows of a matrix, laid out for stochastic steps.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

#include <sounder/engine/base/aligned_array.hpp>
#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/slots.hpp>
#include <sounder/engine/matrix/column_order.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/matrix/nonzero_share.hpp>
#include <sounder/engine/threads/team.hpp>

namespace sounder {

/// A nonzero of a packed row: the column's label and the scaled value.
struct PackedEntry {
  Index column;  ///< label
  float value;   ///< scaled
};

/// x.w over packed entries, in four independent sums, so that additions do not wait for each other;
/// `get(column)` reads w.
template <class Get>
[[nodiscard]] inline double packed_dot(std::span<const PackedEntry> entries, Get&& get) {
  double s0 = 0.0;
  double s1 = 0.0;
  double s2 = 0.0;
  double s3 = 0.0;
  const std::size_t size = entries.size();
  const PackedEntry* e = entries.data();
  std::size_t k = 0;
  const auto product = [&](const PackedEntry& entry) {
    return get(static_cast<std::size_t>(entry.column)) * static_cast<double>(entry.value);
  };
  for (; k + 4 <= size; k += 4) {
    s0 += product(e[k]);
    s1 += product(e[k + 1]);
    s2 += product(e[k + 2]);
    s3 += product(e[k + 3]);
  }
  for (; k < size; ++k) {
    s0 += product(e[k]);
  }
  return (s0 + s1) + (s2 + s3);
}

/// w += scale x over packed entries, whose columns differ. Four products first, then four places of
/// w: the products are SIMD then, and stores do not hold up the loads that follow.
inline void packed_add(std::span<const PackedEntry> entries, double scale, double* w) noexcept {
  const std::size_t size = entries.size();
  const PackedEntry* const e = entries.data();
  std::size_t k = 0;
  for (; k + 4 <= size; k += 4) {
    double terms[4];
    for (std::size_t lane = 0; lane < 4; ++lane) {
      terms[lane] = scale * static_cast<double>(e[k + lane].value);
    }
    for (std::size_t lane = 0; lane < 4; ++lane) {
      w[e[k + lane].column] += terms[lane];
    }
  }
  for (; k < size; ++k) {
    w[e[k].column] += scale * static_cast<double>(e[k].value);
  }
}

/// X S with renumbered columns, S a diagonal of scales. Index and value stand side by side, so a
/// random row is one stream of memory, not two. Each row holds its most frequent columns first,
/// then the other hot ones, then the cold ones.
///
/// Immutable once built; 8 bytes a nonzero in addition to the matrix it copies. With scales that
/// are powers of two, floats are copied exactly. For doubles, row() has the nearest floats, for
/// stochastic steps; the rest (8 bytes if it is not zero) is kept apart for margins() and
/// TransposeProduct, which lose nothing.
class PackedRows {
 public:
  /// @param scales one factor a label (order.size() numbers)
  /// @param unit_column every row begins with the entry (0, scales[0]); `order` must have been made
  ///        with a unit column
  PackedRows(const CsrMatrix& matrix, ColumnOrder order, std::span<const float> scales,
             bool unit_column, const Team& team)
      : order_(std::move(order)), begin_(static_cast<std::size_t>(matrix.rows()) + 1),
        hot_end_(static_cast<std::size_t>(matrix.rows())),
        squared_norm_(static_cast<std::size_t>(matrix.rows())),
        frequent_(std::min(most_frequent, static_cast<Index>(order_.size()))) {
    const Offset extra = unit_column ? 1 : 0;
    const OffsetSpan pointers = matrix.row_pointers();
    for (std::size_t i = 0; i < begin_.size(); ++i) {
      begin_[i] = pointers[i] + extra * static_cast<Offset>(i);
    }
    entries_ = AlignedArray<PackedEntry>(static_cast<std::size_t>(begin_.back()));
    keep_lows(matrix, scales);
    team.run([&](Worker worker) {
      const Range share = nonzero_share(pointers, worker);
      for (std::int64_t i = share.begin; i < share.end; ++i) {
        pack_row(static_cast<Index>(i), matrix.row(static_cast<Index>(i)), scales, unit_column);
      }
    });
  }

  /// n, the number of labels, the number of entries, and the order of the columns. O(1). @{
  [[nodiscard]] Index rows() const noexcept { return static_cast<Index>(hot_end_.size()); }
  [[nodiscard]] std::size_t columns() const noexcept { return order_.size(); }
  [[nodiscard]] Offset nonzeros() const noexcept { return begin_.back(); }
  [[nodiscard]] const ColumnOrder& order() const noexcept { return order_; }
  /// @}

  /// Row i: all of it, its hot entries, its cold entries. O(1). @{
  [[nodiscard]] std::span<const PackedEntry> row(Index i) const noexcept {
    return slice(begin_[at(i)], begin_[at(i) + 1]);
  }
  [[nodiscard]] std::span<const PackedEntry> hot(Index i) const noexcept {
    return slice(begin_[at(i)], hot_end_[at(i)]);
  }
  [[nodiscard]] std::span<const PackedEntry> cold(Index i) const noexcept {
    return slice(hot_end_[at(i)], begin_[at(i) + 1]);
  }
  /// @}
  /// The rest of row i's doubles beyond floats: entries to be added to those of row(). O(1).
  [[nodiscard]] std::span<const PackedEntry> low(Index i) const noexcept {
    if (low_begin_.empty()) {
      return {};
    }
    const Offset first = low_begin_[at(i)];
    return {lows_.data() + first, static_cast<std::size_t>(low_begin_[at(i) + 1] - first)};
  }
  /// Whether some low() is not empty.
  [[nodiscard]] bool has_lows() const noexcept { return lows_.size() > 0; }
  /// Labels below this come first in every row.
  [[nodiscard]] std::size_t frequent() const noexcept { return at(frequent_); }

  /// Calls `visit(label, value)` for the row's entries with labels below frequent().
  template <class Visit>
  void each_frequent(Index i, Visit&& visit) const {
    for (const PackedEntry& entry : row(i)) {
      if (entry.column >= frequent_) {
        return;
      }
      visit(at(entry.column), static_cast<double>(entry.value));
    }
  }

  /// Calls `visit(label, double)` for the entries of row(i), and of low(i): see OrderedRows. @{
  template <class Visit>
  void each(Index i, Visit&& visit) const {
    for (const PackedEntry& entry : row(i)) {
      visit(at(entry.column), static_cast<double>(entry.value));
    }
  }
  template <class Visit>
  void each_low(Index i, Visit&& visit) const {
    for (const PackedEntry& entry : low(i)) {
      visit(at(entry.column), static_cast<double>(entry.value));
    }
  }
  [[nodiscard]] Index name_of(std::size_t label) const noexcept {
    return static_cast<Index>(label);
  }
  /// @}

  /// ||S x_i||^2.
  [[nodiscard]] double squared_norm(Index i) const noexcept {
    return static_cast<double>(squared_norm_[at(i)]);
  }

  /// Prefetches a row that will be needed soon.
  void prefetch(Index i) const noexcept {
    constexpr Offset line = 64 / sizeof(PackedEntry);
    for (Offset k = begin_[at(i)]; k < begin_[at(i) + 1]; k += line) {
      __builtin_prefetch(entries_.data() + k);
    }
  }

  /// Whether a pass over the data is too short to be worth a team.
  [[nodiscard]] bool small() const noexcept { return nonzeros() < 16384; }

  /// z = (X S) w for all rows, in parallel; the same bits for any number of threads.
  void margins(std::span<const double> w, std::span<double> z, const Team& whole_team) const {
    const Team team(small() ? 1 : whole_team.size());
    team.run([&](Worker worker) {
      const Range share = nonzero_share(begin_, worker);
      for (std::int64_t i = share.begin; i < share.end; ++i) {
        const auto get = [w](std::size_t j) { return w[j]; };
        z[static_cast<std::size_t>(i)] = packed_dot(row(static_cast<Index>(i)), get) +
                                         packed_dot(low(static_cast<Index>(i)), get);
      }
    });
  }

 private:
  static constexpr Index most_frequent = 32;
  static constexpr float largest = 3.4e38F;  ///< limit of squared norms, so that none is infinite

  /// Stores, row by row, the second floats of doubles that are not zero.
  void keep_lows(const CsrMatrix& matrix, std::span<const float> scales) {
    const double* const stored = matrix.values().data<double>();
    if (stored == nullptr || !detail::exceeds_floats(matrix)) {
      return;
    }
    low_begin_.assign(begin_.size(), 0);
    for (Index i = 0; i < matrix.rows(); ++i) {
      const SparseRow source = matrix.row(i);
      for (std::size_t k = 0; k < source.size(); ++k) {
        const float left = detail::low_part(source.values.data<double>()[k]);
        if (left != 0.0F) {
          const Index label = order_.label_of[at(source.columns[k])];
          lows_.push_back({label, left * scales[at(label)]});
        }
      }
      low_begin_[at(i) + 1] = static_cast<Offset>(lows_.size());
    }
  }

  static std::size_t at(Index i) noexcept { return static_cast<std::size_t>(i); }

  [[nodiscard]] std::span<const PackedEntry> slice(Offset first, Offset last) const noexcept {
    return {entries_.data() + first, static_cast<std::size_t>(last - first)};
  }

  /// Fills the row's place with hot entries from the front and cold ones from the back.
  void pack_row(Index i, const SparseRow& source, std::span<const float> scales, bool unit_column) {
    PackedEntry* front = entries_.data() + begin_[at(i)];
    PackedEntry* back = entries_.data() + begin_[at(i) + 1];
    double squares = 0.0;
    const auto put = [&](PackedEntry* place, Index label, float value) {
      *place = {label, value};
      squares += static_cast<double>(value) * static_cast<double>(value);
    };
    if (unit_column) {
      put(front++, 0, scales[0]);
    }
    source.for_each([&](Index column, auto number) {
      const auto value = static_cast<float>(number);
      const Index label = order_.label_of[static_cast<std::size_t>(column)];
      put(label < order_.hot ? front++ : --back, label,
          value * scales[static_cast<std::size_t>(label)]);
    });
    std::partition(entries_.data() + begin_[at(i)],
                   order_.hot < frequent_ ? entries_.data() + begin_[at(i) + 1] : front,
                   [this](const PackedEntry& entry) { return entry.column < frequent_; });
    const bool unit_is_cold = unit_column && order_.hot == 0;
    hot_end_[at(i)] = unit_is_cold ? begin_[at(i)] : front - entries_.data();
    squared_norm_[at(i)] = static_cast<float>(std::min(squares, static_cast<double>(largest)));
  }

  ColumnOrder order_;
  Array<Offset> begin_;
  Array<Offset> hot_end_;
  Array<float> squared_norm_;
  Index frequent_;
  AlignedArray<PackedEntry> entries_;
  Array<Offset> low_begin_;  ///< empty if floats hold every value
  Array<PackedEntry> lows_;
};

/// Computes u = (X S)^T a, repeatedly and in parallel: rows are cut into parts, each with a sum of
/// its own, and these are added up in order. The bits depend on the number of parts, not on that of
/// threads. Holds 8 bytes a column and part.
class TransposeProduct {
 public:
  /// Keeps a reference to `rows`, which must outlive it.
  /// @param parts 0: one a thread
  TransposeProduct(const PackedRows& rows, const Team& team, int parts = 0)
      : rows_(&rows), team_(rows.small() ? 1 : team.size()),
        sums_(static_cast<std::size_t>(parts > 0 ? parts : team_.size()),
              [&](std::size_t) { return AlignedArray<double>(rows.columns()); }) {}

  /// @param a one number a row
  /// @param u output, one number a label. O((nnz + n) / threads + p), p the number of labels.
  void operator()(std::span<const double> a, std::span<double> u) {
    team_.for_parts(static_cast<int>(sums_.size()), [&](Worker part) {
      double* sum = sums_[static_cast<std::size_t>(part.rank)].data();
      std::fill_n(sum, rows_->columns(), 0.0);
      const Range share = share_of(rows_->rows(), part);
      for (std::int64_t i = share.begin; i < share.end; ++i) {
        const double scale = a[static_cast<std::size_t>(i)];
        if (scale != 0.0) {
          packed_add(rows_->row(static_cast<Index>(i)), scale, sum);
          packed_add(rows_->low(static_cast<Index>(i)), scale, sum);
        }
      }
    });
    team_.for_shares(
        static_cast<std::int64_t>(rows_->columns()),
        [&](Range columns) {
          for (std::int64_t j = columns.begin; j < columns.end; ++j) {
            double total = 0.0;
            for (const AlignedArray<double>& sum : sums_) {
              total += sum[static_cast<std::size_t>(j)];
            }
            u[static_cast<std::size_t>(j)] = total;
          }
        },
        Team::few_numbers);
  }

 private:
  const PackedRows* rows_;
  Team team_;
  Slots<AlignedArray<double>> sums_;
};

}  // namespace sounder
