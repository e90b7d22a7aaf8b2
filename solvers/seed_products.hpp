// Inner products of one column with all the others.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <sounder/engine/csc_matrix.hpp>
#include <sounder/engine/csr_matrix.hpp>
#include <sounder/engine/nonzero_share.hpp>
#include <sounder/engine/spectral_radius.hpp>
#include <sounder/engine/team.hpp>

namespace sounder {

/// Inner products of a column with every column, all scaled to unit length. One thread calls, the
/// team works: each worker a range of columns, so the same bits for any number of threads.
/// 16 bytes a column.
class SeedProducts {
 public:
  SeedProducts(const CsrMatrix& rows, const CscMatrix& columns, const Team& team)
      : rows_(rows), columns_(columns), team_(team),
        inverse_norms_(detail::inverse_column_norms(columns, team)),
        products_(inverse_norms_.size()) {}

  /// <x_seed, x_j> / (|x_seed| |x_j|) at j; 0 where a column is empty. Valid until the next call.
  /// O(p / threads + nonzeros of the rows that hold the seed / threads).
  [[nodiscard]] const std::vector<double>& of(Index seed) {
    const SparseColumn column = columns_.column(seed);
    const double scale = inverse_norms_[static_cast<std::size_t>(seed)];
    const auto fill = [&](Range range) {
      std::fill(products_.begin() + range.begin, products_.begin() + range.end, 0.0);
      for (std::size_t k = 0; k < column.size(); ++k) {
        add_row(rows_.row(column.rows[k]), static_cast<double>(column.values[k]) * scale, range);
      }
      for (auto j = static_cast<std::size_t>(range.begin); j < static_cast<std::size_t>(range.end);
           ++j) {
        products_[j] *= inverse_norms_[j];
      }
    };
    if (static_cast<std::int64_t>(column.size()) * 16 + columns_.columns() < Team::few_numbers) {
      fill({0, columns_.columns()});
    } else {
      team_.run([&](Worker worker) { fill(nonzero_share(columns_.column_pointers(), worker)); });
    }
    return products_;
  }

  /// The columns that `wanted` and share a row with the seed, by falling |product|; ties in order.
  template <class Wanted>
  [[nodiscard]] std::vector<Index> most_alike(Index seed, Wanted&& wanted) {
    const std::vector<double>& products = of(seed);
    std::vector<Index> found;
    for (Index j = 0; j < columns_.columns(); ++j) {
      if (products[static_cast<std::size_t>(j)] != 0.0 && j != seed && wanted(j)) {
        found.push_back(j);
      }
    }
    std::sort(found.begin(), found.end(), [&](Index a, Index b) {
      const double of_a = std::abs(products[static_cast<std::size_t>(a)]);
      const double of_b = std::abs(products[static_cast<std::size_t>(b)]);
      return of_a != of_b ? of_a > of_b : a < b;
    });
    return found;
  }

 private:
  /// products += x row, in the range of columns.
  void add_row(const SparseRow& row, double x, Range range) noexcept {
    const auto first = std::lower_bound(row.columns.begin(), row.columns.end(), range.begin);
    for (auto k = static_cast<std::size_t>(first - row.columns.begin());
         k < row.size() && row.columns[k] < range.end; ++k) {
      products_[static_cast<std::size_t>(row.columns[k])] += x * static_cast<double>(row.values[k]);
    }
  }

  const CsrMatrix& rows_;
  const CscMatrix& columns_;
  const Team& team_;
  std::vector<double> inverse_norms_;
  std::vector<double> products_;
};

}  // namespace sounder
