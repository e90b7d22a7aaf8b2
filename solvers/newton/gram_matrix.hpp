// The Gram matrix of a few columns, weighted by row.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/matrix/csc_matrix.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/newton/gram_tiles.hpp>

namespace sounder {

/// The rows of the columns on a list. Products are found row by row, so pairs of columns without a
/// common row cost nothing; frequent columns are left to GramTiles. Keeps references to columns and
/// list. O(n + nonzeros of the columns) to build.
class CommonRows {
 public:
  /// An entry of a row in a column on the list.
  struct Entry {
    Index position;  ///< position on the list
    float value;     ///< x_ij
  };

  /// Counts the entries; fill() stores them.
  CommonRows(const CscMatrix& columns, std::span<const Index> list)
      : columns_(columns), list_(list), frequent_(columns, list),
        pointers_(static_cast<std::size_t>(columns.rows()) + 1) {
    Array<Index> counts(static_cast<std::size_t>(columns.rows()));
    for (std::size_t k = 0; k < list.size(); ++k) {
      const Index rare = frequent_.contains(k) ? 0 : 1;
      for (const Index i : columns.column(list[k]).rows) {
        ++counts[static_cast<std::size_t>(i)];
        pointers_[static_cast<std::size_t>(i) + 1] += rare;
      }
    }
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const auto count = static_cast<double>(counts[i]);
      pairs_ += count * count;
      pointers_[i + 1] += pointers_[i];
    }
  }

  /// Sum over the rows of (entries in the row)^2: the cost of the Gram matrix.
  [[nodiscard]] double pairs() const noexcept { return pairs_; }
  /// The columns whose entries are not stored here.
  [[nodiscard]] const GramTiles& frequent() const noexcept { return frequent_; }

  /// Stores the rows' entries. Call it before row().
  void fill() {
    entries_.resize(static_cast<std::size_t>(pointers_.back()));
    Array<Offset> next = pointers_;
    for (std::size_t k = 0; k < list_.size(); ++k) {
      if (frequent_.contains(k)) {
        continue;
      }
      const SparseColumn column = columns_.column(list_[k]);
      for (std::size_t q = 0; q < column.size(); ++q) {
        const Offset place = next[static_cast<std::size_t>(column.rows[q])]++;
        entries_[static_cast<std::size_t>(place)] = {static_cast<Index>(k), column.values[q]};
      }
    }
  }
  /// The entries of row i in columns that are not frequent, in the order of the list.
  [[nodiscard]] std::span<const Entry> row(Index i) const noexcept {
    const Offset first = pointers_[static_cast<std::size_t>(i)];
    return {entries_.data() + first,
            static_cast<std::size_t>(pointers_[static_cast<std::size_t>(i) + 1] - first)};
  }

 private:
  const CscMatrix& columns_;
  std::span<const Index> list_;
  GramTiles frequent_;
  Array<Offset> pointers_;
  Array<Entry> entries_;
  double pairs_ = 0.0;
};

/// The precision in which a Gram matrix keeps its products.
enum class GramPrecision : std::uint8_t {
  /// Floats (sums are in double, those with frequent columns in pieces of some hundred rows).
  /// Enough for a model that fresh gradients correct, if its columns are not nearly dependent.
  single,
  /// Doubles throughout, for nearly dependent columns, such as one-hot groups under a weak penalty.
  full,
};

/// G = X_W^T diag(d) X_W for a list W of columns that may grow at its end, symmetric. 4 |W|^2 bytes
/// in floats, 8 in doubles.
class GramMatrix {
 public:
  [[nodiscard]] std::size_t size() const noexcept { return size_; }  ///< |W|
  /// The precision given to clear().
  [[nodiscard]] GramPrecision precision() const noexcept { return precision_; }
  /// Makes W empty, and keeps later products in this precision.
  void clear(GramPrecision precision) noexcept {
    size_ = 0;
    stride_ = precision == precision_ ? stride_ : 0;
    precision_ = precision;
  }
  /// Makes W empty, and keeps the precision.
  void clear() noexcept { size_ = 0; }
  /// Turns products kept in doubles into floats. O(|W|^2).
  void narrow() {
    if (precision_ == GramPrecision::full) {
      narrow_.resize(stride_ * stride_);
      for (std::size_t k = 0; k < stride_ * stride_; ++k) {
        narrow_[k] = static_cast<float>(wide_[k]);
      }
      wide_ = {};
      precision_ = GramPrecision::single;
    }
  }
  /// G_kq. O(1).
  [[nodiscard]] double at(std::size_t k, std::size_t q) const noexcept {
    const std::size_t place = k * stride_ + q;
    return precision_ == GramPrecision::full ? wide_[place] : static_cast<double>(narrow_[place]);
  }
  /// Calls `use(row)` with row k as it is kept: size() floats or doubles.
  template <class Use>
  void with_row(std::size_t k, Use&& use) const {
    if (precision_ == GramPrecision::full) {
      use(wide_.data() + k * stride_);
    } else {
      use(narrow_.data() + k * stride_);
    }
  }

  /// Adds the products of list[size()...] with everything on the list. Unless `shift` is empty,
  /// subtracts shift shift^T / total, the part of a free intercept.
  /// @param rows rows of the list; filled here
  void extend(const CscMatrix& columns, std::span<const Index> list, CommonRows& rows,
              std::span<const float> d, std::span<const double> shift, double total,
              const Team& team) {
    const std::size_t m = list.size();
    const std::size_t known = size_;
    reserve(m);
    const GramTiles& frequent = rows.frequent();
    rows.fill();
    const auto set = [&](std::size_t i, std::size_t j, double product) {
      const double less = shift.empty() ? 0.0 : shift[i] * shift[j] / total;
      put(i, j, product - less);
    };
    team.run([&](Worker worker) {
      Array<std::size_t> own;
      for (auto k = known + static_cast<std::size_t>(worker.rank); k < m;
           k += static_cast<std::size_t>(worker.size)) {
        own.push_back(k);
      }
      Array<double> sums(m);
      const bool full = precision_ == GramPrecision::full;
      frequent.for_each_column(own, d, full, [&](std::size_t k, std::span<const double> products) {
        // A rare column needs, by symmetry, only the columns before it. A frequent one needs those
        // known before; the others add their products with it below.
        const bool is_frequent = frequent.contains(k);
        const std::size_t end = is_frequent ? known : k + 1;
        std::fill(sums.begin(), sums.end(), 0.0);
        if (end > 0) {
          add_common(columns.column(list[k]), rows, end, d, sums);
        }
        for (std::size_t q = 0; q < end; ++q) {
          if (!frequent.contains(q)) {
            set(k, q, sums[q]);
          }
        }
        for (std::size_t b = 0; b < frequent.positions().size(); ++b) {
          const std::size_t q = frequent.positions()[b];
          if (q <= k || !is_frequent) {
            set(std::max(k, q), std::min(k, q), products[b]);
          }
        }
      });
    });
    for (std::size_t k = 0; k < m; ++k) {
      for (std::size_t q = std::max(k + 1, known); q < m; ++q) {
        put(k, q, at(q, k));
      }
    }
    size_ = m;
  }

  /// Sets the products of a few columns with few nonzeros. O(|W| nonzeros of the columns).
  void assign(const CscMatrix& columns, std::span<const Index> list, std::span<const float> d) {
    clear();
    reserve(list.size());
    for (std::size_t k = 0; k < list.size(); ++k) {
      for (std::size_t q = 0; q <= k; ++q) {
        const double product =
            weighted_product(columns.column(list[k]), columns.column(list[q]), d);
        put(k, q, product);
        put(q, k, product);
      }
    }
    size_ = list.size();
  }

 private:
  void put(std::size_t k, std::size_t q, double product) noexcept {
    const std::size_t place = k * stride_ + q;
    if (precision_ == GramPrecision::full) {
      wide_[place] = product;
    } else {
      narrow_[place] = static_cast<float>(product);
    }
  }

  /// Adds the column's products with the entries of its rows, up to position `end` of the list.
  static void add_common(const SparseColumn& column, const CommonRows& rows, std::size_t end,
                         std::span<const float> d, std::span<double> sums) noexcept {
    for (std::size_t q = 0; q < column.size(); ++q) {
      const double x = static_cast<double>(column.values[q]) *
                       static_cast<double>(d[static_cast<std::size_t>(column.rows[q])]);
      for (const CommonRows::Entry& entry : rows.row(column.rows[q])) {
        if (static_cast<std::size_t>(entry.position) >= end) {
          break;
        }
        sums[static_cast<std::size_t>(entry.position)] += x * static_cast<double>(entry.value);
      }
    }
  }

  /// sum_i d_i one_i other_i, by merging their rows.
  [[nodiscard]] static double weighted_product(const SparseColumn& one, const SparseColumn& other,
                                               std::span<const float> d) noexcept {
    double sum = 0.0;
    std::size_t a = 0;
    std::size_t b = 0;
    while (a < one.size() && b < other.size()) {
      if (one.rows[a] < other.rows[b]) {
        ++a;
      } else if (other.rows[b] < one.rows[a]) {
        ++b;
      } else {
        sum += static_cast<double>(d[static_cast<std::size_t>(one.rows[a])]) *
               static_cast<double>(one.values[a]) * static_cast<double>(other.values[b]);
        ++a;
        ++b;
      }
    }
    return sum;
  }

  void reserve(std::size_t m) {
    if (m <= stride_) {
      return;
    }
    const std::size_t wider = (std::max(m, 2 * size_) + 15) / 16 * 16;
    if (precision_ == GramPrecision::full) {
      widen(wide_, wider);
    } else {
      widen(narrow_, wider);
    }
    stride_ = wider;
  }

  template <class Real>
  void widen(Array<Real>& values, std::size_t stride) const {
    Array<Real> wider(stride * stride);
    for (std::size_t k = 0; k < size_; ++k) {
      std::copy_n(values.data() + k * stride_, size_, wider.data() + k * stride);
    }
    values = std::move(wider);
  }

  GramPrecision precision_ = GramPrecision::single;
  Array<float> narrow_;
  Array<double> wide_;
  std::size_t stride_ = 0;
  std::size_t size_ = 0;
};

}  // namespace sounder
