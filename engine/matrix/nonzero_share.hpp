// Shares of rows (or columns) with about equally many nonzeros.
#pragma once

#include <cstdint>

#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/threads/team.hpp>

namespace sounder {

/// The rows of one worker, such that every worker has about nnz / size nonzeros and rows.
///
/// Cuts where nonzeros + rows (the work of a pass over the data) reaches the worker's part, so
/// empty rows are shared out too. The shares of ranks 0, 1, ... are contiguous and cover [0, n).
/// @param pointers n + 1 row pointers (or column pointers); an empty span counts as n = 0
///
/// O(log n).
[[nodiscard]] inline Range nonzero_share(OffsetSpan pointers, Worker worker) noexcept {
  if (pointers.empty()) {
    return {};
  }
  const auto rows = static_cast<std::int64_t>(pointers.size()) - 1;
  const std::int64_t work = pointers.back() + rows;
  const auto cut = [&](int rank) {
    const std::int64_t target = share_of(work, {rank, worker.size}).begin;
    std::int64_t low = 0;
    std::int64_t high = rows;
    while (low < high) {  // find the first row that begins at or after the target
      const std::int64_t middle = low + (high - low) / 2;
      if (pointers[static_cast<std::size_t>(middle)] + middle < target) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  };
  return {cut(worker.rank), worker.rank + 1 == worker.size ? rows : cut(worker.rank + 1)};
}

}  // namespace sounder
