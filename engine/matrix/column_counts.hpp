// How many rows hold each column: d_j, by which Hogwild! splits the penalty.
#pragma once

#include <cstdint>
#include <utility>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/slots.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/matrix/nonzero_share.hpp>
#include <sounder/engine/threads/team.hpp>

namespace sounder {
namespace detail {

/// One histogram of columns a worker, over the rows of its nonzero_share.
[[nodiscard]] inline Slots<Array<Index>> column_histograms(const CsrMatrix& matrix,
                                                           const Team& team) {
  Slots<Array<Index>> histograms(static_cast<std::size_t>(team.size()));
  team.run([&](Worker worker) {
    Array<Index> counts(static_cast<std::size_t>(matrix.columns()));
    const Range rows = nonzero_share(matrix.row_pointers(), worker);
    for (std::int64_t i = rows.begin; i < rows.end; ++i) {
      for (const Index j : matrix.row(static_cast<Index>(i)).columns) {
        ++counts[static_cast<std::size_t>(j)];
      }
    }
    histograms[static_cast<std::size_t>(worker.rank)] = std::move(counts);
  });
  return histograms;
}

}  // namespace detail

/// d_j = number of rows that hold column j, for every column (p numbers).
///
/// The same result for any number of threads. O((nnz + n) / threads + p), and 4 p bytes a thread
/// for private histograms: with a shared one, the frequent columns of text would make all threads
/// fight for the same cache lines. May be called from several threads at once.
[[nodiscard]] inline Array<Index> column_counts(const CsrMatrix& matrix, const Team& team) {
  Slots<Array<Index>> histograms = detail::column_histograms(matrix, team);
  Array<Index> counts = std::move(histograms[0]);
  team.for_shares(matrix.columns(), [&](Range columns) {
    for (std::size_t t = 1; t < histograms.size(); ++t) {
      for (std::int64_t j = columns.begin; j < columns.end; ++j) {
        counts[static_cast<std::size_t>(j)] += histograms[t][static_cast<std::size_t>(j)];
      }
    }
  });
  return counts;
}

}  // namespace sounder
