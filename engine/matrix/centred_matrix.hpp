// Stores columns far from zero about their means.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/call.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>

namespace sounder {

/// A matrix with a constant subtracted from some columns.
struct CentredMatrix {
  CsrMatrix matrix;       ///< the caller's matrix if no column was centred
  Array<Index> columns;   ///< centred columns, rising
  Array<double> centres;  ///< constant subtracted from each
};

namespace detail {

/// Calls `visit(c, x)` for each column on the rising list in turn: x is the row's value in column
/// number c of the list, or 0. O(size of the row + of the list).
template <class Visit>
void for_each_of(const SparseRow& row, std::span<const Index> columns, Visit&& visit) {
  std::size_t k = 0;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    while (k < row.size() && row.columns[k] < columns[c]) {
      ++k;
    }
    const bool held = k < row.size() && row.columns[k] == columns[c];
    visit(c, held ? row.values[k] : 0.0);
  }
}

/// Means and mean squared deviations of some columns over rows weighted by s.
struct ColumnSpread {
  Array<double> mean;
  Array<double> deviation;  ///< mean squared deviation
  Array<double> most;       ///< the largest |x - mean|

  /// Two passes over the rows `at(k)`, k in [0, count), of positive weight.
  ColumnSpread(const CsrMatrix& matrix, std::span<const double> weights,
               std::span<const Index> columns, std::int64_t count, Call<Index(std::int64_t)> at)
      : mean(columns.size()), deviation(columns.size()), most(columns.size()) {
    const auto weight = [&](Index i) {
      return weights.empty() ? 1.0 : weights[static_cast<std::size_t>(i)];
    };
    double total = 0.0;
    for (std::int64_t k = 0; k < count; ++k) {
      total += weight(at(k));
    }
    // About the first row's values, so that the mean of equal numbers is exact.
    Array<double> first(columns.size());
    for_each_of(matrix.row(at(0)), columns, [&](std::size_t c, double x) { first[c] = x; });
    for (std::int64_t k = 0; k < count; ++k) {
      const double share = weight(at(k)) / total;
      for_each_of(matrix.row(at(k)), columns,
                  [&](std::size_t c, double x) { mean[c] += share * (x - first[c]); });
    }
    for (std::size_t c = 0; c < columns.size(); ++c) {
      mean[c] += first[c];
    }
    for (std::int64_t k = 0; k < count; ++k) {
      const double share = weight(at(k)) / total;
      if (share > 0.0) {
        for_each_of(matrix.row(at(k)), columns, [&](std::size_t c, double x) {
          deviation[c] += share * (x - mean[c]) * (x - mean[c]);
          most[c] = std::max(most[c], std::abs(x - mean[c]));
        });
      }
    }
  }
  /// Whether column c lies ten deviations or more from zero.
  [[nodiscard]] bool far(std::size_t c) const noexcept {
    return 99.0 * deviation[c] < mean[c] * mean[c];
  }
};

/// The columns on the list for which `keep(c)` holds, where c is the place on the list.
template <class Keep>
[[nodiscard]] Array<Index> kept(std::span<const Index> columns, Keep&& keep) {
  Array<Index> result;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (keep(c)) {
      result.push_back(columns[c]);
    }
  }
  return result;
}

/// Finds the columns that may be far from zero from a few rows spread over the matrix. Usually
/// there are none, and nothing else is looked at. O(nonzeros of these rows).
[[nodiscard]] inline Array<Index> likely_far(const CsrMatrix& matrix,
                                             std::span<const double> weights) {
  constexpr Index sample = 64;
  Array<Index> rows;
  for (Index k = 0; k < std::min(sample, matrix.rows()); ++k) {
    const auto i =
        static_cast<Index>(std::int64_t{k} * matrix.rows() / std::min(sample, matrix.rows()));
    if (weights.empty() || weights[static_cast<std::size_t>(i)] > 0.0) {
      rows.push_back(i);
    }
  }
  if (rows.empty()) {  // few rows have a positive weight: take any of them
    for (Index i = 0; i < matrix.rows() && rows.size() < 1; ++i) {
      if (weights[static_cast<std::size_t>(i)] > 0.0) {
        rows.push_back(i);
      }
    }
  }
  Array<Index> columns;
  if (rows.empty()) {
    return columns;
  }
  columns.assign(matrix.row(rows[0]).columns);
  // A column far from zero is in most rows: a missing one brings the deviation near the mean.
  for (std::size_t k = 1; k < rows.size() && !columns.empty(); ++k) {
    std::size_t missing = 0;
    Array<char> held(columns.size());
    for_each_of(matrix.row(rows[k]), columns, [&](std::size_t c, double x) {
      held[c] = x != 0.0 ? 1 : 0;
      missing += x != 0.0 ? 0 : 1;
    });
    if (missing > 0) {
      columns = kept(columns, [&](std::size_t c) { return held[c] != 0; });
    }
  }
  if (columns.empty()) {
    return columns;
  }
  const ColumnSpread spread(matrix, {}, columns, static_cast<std::int64_t>(rows.size()),
                            [&](std::int64_t k) { return rows[static_cast<std::size_t>(k)]; });
  return kept(columns, [&](std::size_t c) {
    return 9.0 * spread.deviation[c] < spread.mean[c] * spread.mean[c];
  });
}

}  // namespace detail

/// Subtracts the weighted mean, in double, from every column that lies ten deviations or more from
/// zero (such columns are dense). With a free intercept the problem stays the same. Without this, a
/// column of years, coordinates or 1e4 + noise acts as a second intercept, and its difference from
/// the first one is lost in rounding. A column that never changes becomes a column of zeros.
///
/// If there are no such columns the matrix itself is returned after a look at 64 rows; otherwise a
/// copy, 12 bytes an entry. O(nnz). Any number of threads.
/// @param weights n numbers >= 0, or empty for all ones
[[nodiscard]] inline CentredMatrix centred_matrix(const CsrMatrix& matrix,
                                                  std::span<const double> weights) {
  CentredMatrix result{matrix, {}, {}};
  const Array<Index> likely = detail::likely_far(matrix, weights);
  if (likely.empty()) {
    return result;
  }
  const detail::ColumnSpread spread(matrix, weights, likely, matrix.rows(),
                                    [](std::int64_t k) { return static_cast<Index>(k); });
  Array<double> most;
  for (std::size_t c = 0; c < likely.size(); ++c) {
    if (spread.far(c)) {
      result.columns.push_back(likely[c]);
      result.centres.push_back(spread.mean[c]);
      most.push_back(spread.most[c]);
    }
  }
  if (result.columns.empty()) {
    return result;
  }
  struct Arrays {
    Array<Offset> pointers;
    Array<Index> columns;
    Array<double> values;
  };
  const std::shared_ptr<Arrays> arrays(new Arrays);
  arrays->pointers.push_back(0);
  arrays->columns.reserve(static_cast<std::size_t>(matrix.nonzeros()));
  arrays->values.reserve(static_cast<std::size_t>(matrix.nonzeros()));
  const auto put = [&](Index column, double value) {
    arrays->columns.push_back(column);
    arrays->values.push_back(value);
  };
  constexpr double rounding = 4.0 * std::numeric_limits<double>::epsilon();
  for (Index i = 0; i < matrix.rows(); ++i) {
    const SparseRow row = matrix.row(i);
    std::size_t k = 0;
    const auto copy_up_to = [&](Index end) {
      for (; k < row.size() && row.columns[k] < end; ++k) {
        put(row.columns[k], row.values[k]);
      }
    };
    for (std::size_t c = 0; c < result.columns.size(); ++c) {
      copy_up_to(result.columns[c]);
      const bool held = k < row.size() && row.columns[k] == result.columns[c];
      const double x = held ? row.values[k] : 0.0;
      k += held ? 1 : 0;
      const double centre = result.centres[c];
      if (most[c] > rounding * std::abs(centre) && x != centre) {
        put(result.columns[c], x - centre);
      }
    }
    copy_up_to(std::numeric_limits<Index>::max());
    arrays->pointers.push_back(static_cast<Offset>(arrays->columns.size()));
  }
  result.matrix =
      CsrMatrix(arrays->pointers, arrays->columns, arrays->values, matrix.columns(), arrays);
  return result;
}

}  // namespace sounder
