// Sparse rows: the data matrix X of every problem, n rows by p columns.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <sounder/engine/base/either_span.hpp>
#include <sounder/engine/base/index.hpp>
#include <sounder/engine/base/lane_sum.hpp>
#include <sounder/engine/base/message.hpp>

namespace sounder {

using OffsetSpan = EitherSpan<Offset, std::int32_t>;  ///< row pointers of 64 or 32 bits
using ValueSpan = EitherSpan<float, double>;  ///< values stored as float or double, read as doubles

/// One sparse row: `columns[k]` holds the value `values[k]`; columns strictly increase.
struct SparseRow {
  std::span<const Index> columns;  ///< column numbers
  ValueSpan values;                ///< as many as columns

  /// How many doubles are turned into floats at a time: a multiple of LaneSum::lanes.
  static constexpr std::size_t at_once = 8 * LaneSum::lanes;

  /// Number of nonzeros. @{
  [[nodiscard]] std::size_t size() const noexcept { return columns.size(); }
  [[nodiscard]] bool empty() const noexcept { return columns.empty(); }
  /// @}

  /// Calls `use` with a pointer to the size() values as they are stored, floats or doubles, and
  /// returns its result. For hot loops: it branches once a row, not once an entry.
  template <class Use>
  auto with_stored(Use&& use) const {
    const auto* const floats = values.data<float>();
    return floats != nullptr ? use(floats) : use(values.data<double>());
  }

  /// Calls `visit(column, value)` for every entry, in order, with the stored number as a double.
  template <class Visit>
  void for_each_double(Visit&& visit) const {
    with_stored([&](const auto* stored) {
      for (std::size_t k = 0; k < size(); ++k) {
        visit(columns[k], static_cast<double>(stored[k]));
      }
    });
  }

  /// Calls `visit(column, value)` for every entry, in order, with the value as a float. A double is
  /// rounded to the nearest float, to infinity if it is too large.
  template <class Visit>
  void for_each(Visit&& visit) const {
    float room[at_once];
    for (std::size_t first = 0; first < size();) {
      const std::span<const float> part = floats(first, room);
      for (std::size_t k = 0; k < part.size(); ++k) {
        visit(columns[first + k], part[k]);
      }
      first += part.size();
    }
  }

  /// The values from `first` on as floats. If floats are stored, returns all of them in O(1).
  /// Otherwise rounds as many as fit into `room`, which must not be empty, and returns these.
  /// O(room).
  [[nodiscard]] std::span<const float> floats(std::size_t first,
                                              std::span<float> room) const noexcept {
    if (const float* const stored = values.data<float>()) {
      return {stored + first, size() - first};
    }
    const double* const stored = values.data<double>();
    const std::size_t count = std::min(room.size(), size() - first);
    for (std::size_t k = 0; k < count; ++k) {
      room[k] = static_cast<float>(stored[first + k]);
    }
    return room.first(count);
  }

  /// Inner product of the stored numbers with x, one number a column, added like lane_sum().
  /// O(size()).
  [[nodiscard]] double dot(std::span<const double> x) const noexcept {
    return with_stored([&](const auto* stored) {
      return lane_sum(size(), [&](std::size_t k) {
        return static_cast<double>(stored[k]) * x[static_cast<std::size_t>(columns[k])];
      });
    });
  }
};

namespace detail {

/// Whether an `Array` that is not a temporary can be seen as a `View`.
template <class Array, class View>
inline constexpr bool is_viewable =
    std::convertible_to<const std::remove_reference_t<Array>&, View>;

/// `array` as a `View`; an empty one if a static_assert has already failed.
template <class View, class Array>
[[nodiscard]] View view_of(const Array& array) noexcept {
  if constexpr (std::convertible_to<const Array&, View>) {
    return array;
  } else {
    return {};
  }
}

}  // namespace detail

/// Compressed sparse rows: row pointers of 64 or 32 bits, 32-bit columns, values in float or
/// double.
///
/// Validated once when built, immutable afterwards, so any number of threads may read it at once.
/// It is a view with an optional keeper: copying a CsrMatrix copies neither indices nor values.
///
/// Doubles are read exactly, here and in SparseRow; only SparseRow::for_each and SparseRow::floats
/// round to the nearest float. Predictions use the stored numbers.
class CsrMatrix {
 public:
  CsrMatrix() = default;

  /// Views the caller's arrays without a copy: vectors, spans, C arrays, anything that converts to
  /// a span.
  ///
  /// Other types of numbers and temporary arrays do not compile.
  /// @param row_pointers n + 1 offsets, std::int64_t or std::int32_t, from 0 to nnz, never falling
  /// @param columns      nnz column numbers, std::int32_t, in [0, column_count), strictly rising
  ///                     inside a row
  /// @param values       nnz finite numbers, float or double
  /// @param keeper       whatever must stay alive for the arrays to stay valid (may be empty)
  /// @throws std::invalid_argument naming the first row that breaks one of these. O(n + nnz).
  template <class Pointers, class Columns, class Values>
  CsrMatrix(Pointers&& row_pointers, Columns&& columns, Values&& values, Index column_count,
            std::shared_ptr<const void> keeper = {})
      : CsrMatrix(Trusted{}, detail::view_of<OffsetSpan>(row_pointers),
                  detail::view_of<std::span<const Index>>(columns),
                  detail::view_of<ValueSpan>(values), column_count, std::move(keeper)) {
    static_assert(detail::is_viewable<Pointers, OffsetSpan>,
                  "CsrMatrix: row pointers must be 32-bit or 64-bit integers (std::int32_t or "
                  "std::int64_t) that lie side by side");
    static_assert(detail::is_viewable<Columns, std::span<const Index>>,
                  "CsrMatrix: column indices must be 32-bit integers (std::int32_t) that lie side "
                  "by side");
    static_assert(detail::is_viewable<Values, ValueSpan>,
                  "CsrMatrix: values must be float or double, and lie side by side");
    static_assert(Lasting<Pointers> && Lasting<Columns> && Lasting<Values>,
                  "CsrMatrix: a view of a temporary array would dangle; give the array a name, or "
                  "hand it over with CsrMatrix::adopt");
    validate();
  }

  /// Takes ownership of three vectors; types, shapes and errors are those of the viewing
  /// constructor.
  template <class Pointer = Offset, class Column = Index, class Value = float>
  [[nodiscard]] static CsrMatrix adopt(std::vector<Pointer> row_pointers,
                                       std::vector<Column> columns, std::vector<Value> values,
                                       Index column_count) {
    struct Arrays {
      std::vector<Pointer> row_pointers;
      std::vector<Column> columns;
      std::vector<Value> values;
    };
    auto arrays = std::make_shared<Arrays>(
        Arrays{std::move(row_pointers), std::move(columns), std::move(values)});
    return {arrays->row_pointers, arrays->columns, arrays->values, column_count, arrays};
  }

  /// From arrays that a reader validated while it parsed them: O(1), no second pass.
  static CsrMatrix trusted(std::span<const Offset> row_pointers, std::span<const Index> columns,
                           ValueSpan values, Index column_count,
                           std::shared_ptr<const void> keeper) {
    return {Trusted{}, row_pointers, columns, values, column_count, std::move(keeper)};
  }

  /// n, p and the number of stored entries. O(1). @{
  [[nodiscard]] Index rows() const noexcept { return rows_; }
  [[nodiscard]] Index columns() const noexcept { return columns_; }
  [[nodiscard]] Offset nonzeros() const noexcept { return static_cast<Offset>(values_.size()); }
  /// @}

  /// Row `i` in [0, rows()): a light view, O(1).
  [[nodiscard]] SparseRow row(Index i) const noexcept {
    const auto first = static_cast<std::size_t>(row_pointers_[static_cast<std::size_t>(i)]);
    const auto last = static_cast<std::size_t>(row_pointers_[static_cast<std::size_t>(i) + 1]);
    return {column_indices_.subspan(first, last - first), values_.subspan(first, last - first)};
  }

  /// The arrays as they are stored (n + 1 offsets, a column and a value an entry);
  /// `values().data<double>()` is the caller's own pointer. @{
  [[nodiscard]] OffsetSpan row_pointers() const noexcept { return row_pointers_; }
  [[nodiscard]] std::span<const Index> column_indices() const noexcept { return column_indices_; }
  [[nodiscard]] ValueSpan values() const noexcept { return values_; }
  /// @}

 private:
  struct Trusted {};

  CsrMatrix(Trusted, OffsetSpan row_pointers, std::span<const Index> columns, ValueSpan values,
            Index column_count, std::shared_ptr<const void> keeper)
      : row_pointers_(row_pointers), column_indices_(columns), values_(values),
        keeper_(std::move(keeper)),
        rows_(row_pointers.empty() ? 0 : static_cast<Index>(row_pointers.size() - 1)),
        columns_(column_count) {}

  void validate() const;

  OffsetSpan row_pointers_;
  std::span<const Index> column_indices_;
  ValueSpan values_;
  std::shared_ptr<const void> keeper_;
  Index rows_ = 0;
  Index columns_ = 0;
};

inline void CsrMatrix::validate() const {
  if (column_indices_.size() != values_.size()) {
    refuse({"CsrMatrix: columns and values differ in length"});
  }
  if (columns_ < 0) {
    refuse({"CsrMatrix: the number of columns is negative"});
  }
  if (row_pointers_.empty()) {
    if (!values_.empty()) {
      refuse({"CsrMatrix: there are values but no row pointers"});
    }
    return;
  }
  if (row_pointers_.size() - 1 > std::size_t{std::numeric_limits<Index>::max()}) {
    refuse({"CsrMatrix: there are more rows than an Index can number"});
  }
  if (row_pointers_.front() != 0 || row_pointers_.back() != nonzeros()) {
    refuse({"CsrMatrix: row pointers must run from 0 to the number of values"});
  }
  for (std::size_t i = 0; i + 1 < row_pointers_.size(); ++i) {
    if (row_pointers_[i] > row_pointers_[i + 1]) {
      refuse({"CsrMatrix: row ", i, " ends before it begins"});
    }
  }
  // Only for NaN and infinity the difference from themselves is not zero.
  const auto finite = [](auto value) { return value - value == 0; };
  const auto explain = [&](Index i) {
    const SparseRow entries = row(i);
    Index previous = -1;
    for (std::size_t k = 0; k < entries.size(); ++k) {
      const Index column = entries.columns[k];
      if (column <= previous || column >= columns_) {
        refuse({"CsrMatrix: row ", i, " has column ", column,
                " out of order, repeated or out of range"});
      }
      if (!finite(entries.values[k])) {
        refuse({"CsrMatrix: row ", i, " holds a value that is not finite"});
      }
      previous = column;
    }
  };
  for (Index i = 0; i < rows_; ++i) {
    const SparseRow entries = row(i);
    const bool sound = entries.with_stored([&](const auto* stored) {
      Index previous = -1;
      bool all = true;
      for (std::size_t k = 0; k < entries.size(); ++k) {
        const Index column = entries.columns[k];
        all = all && column > previous && column < columns_ && finite(stored[k]);
        previous = column;
      }
      return all;
    });
    if (!sound) {
      explain(i);
    }
  }
}

namespace detail {

/// Whether some of the matrix's values are doubles that a float does not hold exactly. O(nnz) for
/// doubles, O(1) for floats.
[[nodiscard]] inline bool exceeds_floats(const CsrMatrix& matrix) noexcept {
  const double* const stored = matrix.values().data<double>();
  for (std::size_t k = 0; stored != nullptr && k < matrix.values().size(); ++k) {
    if (static_cast<double>(static_cast<float>(stored[k])) != stored[k]) {
      return true;
    }
  }
  return false;
}

/// The difference between a double and its nearest float, as a float.
[[nodiscard]] inline float low_part(double value) noexcept {
  return static_cast<float>(value - static_cast<double>(static_cast<float>(value)));
}

}  // namespace detail

}  // namespace sounder
