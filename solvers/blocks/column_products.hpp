// Inner products of seed columns with all the others.
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include <sounder/engine/analysis/spectral_radius.hpp>
#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/falling_order.hpp>
#include <sounder/engine/base/slots.hpp>
#include <sounder/engine/matrix/csc_matrix.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/threads/team.hpp>

namespace sounder {

/// Inner products of columns with every column, all scaled to unit length. A worker takes whole
/// seeds and adds up in the order of the rows, so the bits are the same for any number of threads.
///
/// 8 bytes a column, and for every worker 8 bytes a column, 4 for each column that shares a row
/// with a seed, and 32 for each that most_alike finds.
class ColumnProducts {
 public:
  /// The absolute product of a column with a seed, and the column's number.
  using Alike = detail::Ranked;

  /// Keeps references to all three, which must outlive it. O(nnz / threads).
  ColumnProducts(const CsrMatrix& rows, const CscMatrix& columns, const Team& team)
      : rows_(rows), columns_(columns), team_(team),
        inverse_norms_(detail::inverse_column_norms(columns, team)),
        scratches_(static_cast<std::size_t>(team.size())) {}

  /// Calls `work(k, rank)` for every k in [0, count), each on the next free worker, where `rank`
  /// selects its scratch. One parallel region; the caller works alone if there are few `nonzeros`.
  template <class Work>
  void hand_out(std::size_t count, std::int64_t nonzeros, Work&& work) const {
    std::atomic<std::size_t> next = 0;
    const auto take = [&](Worker worker) {
      for (std::size_t k = next.fetch_add(1, std::memory_order_relaxed); k < count;
           k = next.fetch_add(1, std::memory_order_relaxed)) {
        work(k, worker.rank);
      }
    };
    if (nonzeros < Team::few_numbers) {
      take({0, 1});
    } else {
      team_.run(take);
    }
  }

  /// Calls `visit(j, <x_seed, x_j> / (|x_seed| |x_j|))` for every column j whose product is not 0,
  /// the seed included, in no particular order. Different ranks may call it at once. O(nonzeros of
  /// the rows that hold the seed).
  template <class Visit>
  void visit(Index seed, int rank, Visit&& visit) {
    Array<double>& sums = scratches_[static_cast<std::size_t>(rank)].sums;
    Array<Index>& met = scratches_[static_cast<std::size_t>(rank)].met;
    const std::size_t p = inverse_norms_.size();
    sums.resize(p);
    std::size_t count = 0;  // columns met (twice if a sum passed through 0); p: look at all columns
    const SparseColumn column = columns_.column(seed);
    const double scale = inverse_norms_[static_cast<std::size_t>(seed)];
    for (std::size_t k = 0; k < column.size(); ++k) {
      const double x = static_cast<double>(column.values[k]) * scale;
      const SparseRow row = rows_.row(column.rows[k]);
      met.resize(std::max(met.size(), count + row.size()));
      row.for_each([&](Index j, float value) {
        double& sum = sums[static_cast<std::size_t>(j)];
        met[count] = j;
        count += sum == 0.0 ? 1 : 0;  // without a branch, which would be mispredicted half of the
                                      // time
        sum += x * static_cast<double>(value);
      });
      count = std::min(count, p);
    }
    for (std::size_t k = 0; k < count; ++k) {
      const Index j = count < p ? met[k] : static_cast<Index>(k);
      double& sum = sums[static_cast<std::size_t>(j)];
      const double product = sum * inverse_norms_[static_cast<std::size_t>(j)];
      sum = 0.0;
      if (product != 0.0) {
        visit(j, product);
      }
    }
  }

  /// The `most` columns that `wanted` accepts and that are most similar to the seed, in order;
  /// fewer if fewer share a row with it. O(nonzeros of the rows that hold the seed + most log
  /// most).
  template <class Wanted>
  [[nodiscard]] Array<Alike> most_alike(Index seed, std::size_t most, int rank, Wanted&& wanted) {
    Array<Alike>& found = scratches_[static_cast<std::size_t>(rank)].found;
    found.clear();
    double least = 0.0;  // smaller products are not among the most
    const auto cut = [&] {
      if (found.size() > most) {
        std::nth_element(found.begin(), found.begin() + (most - 1), found.end());
        found.cut(most);
        least = found.back().key;
      }
    };
    if (most > 0) {
      visit(seed, rank, [&](Index j, double product) {
        const double size = std::abs(product);
        if (size >= least && j != seed && wanted(j)) {
          if (found.size() >= 2 * most) {
            cut();
          }
          found.push_back({size, static_cast<std::size_t>(j)});
        }
      });
    }
    cut();
    detail::sort_falling(found);
    return found;
  }

 private:
  struct Scratch {
    Array<double> sums;
    Array<Index> met;
    Array<Alike> found;
  };

  const CsrMatrix& rows_;
  const CscMatrix& columns_;
  const Team& team_;
  Array<double> inverse_norms_;
  Slots<Scratch> scratches_;
};

}  // namespace sounder
