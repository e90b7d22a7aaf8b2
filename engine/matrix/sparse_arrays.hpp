// Arrays that the makers of sparse matrices fill in parallel.
#pragma once

#include <span>
#include <utility>

#include <sounder/engine/base/aligned_array.hpp>
#include <sounder/engine/base/array.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>

namespace sounder {

/// The three arrays of a compressed sparse matrix whose pointers are known before its entries.
///
/// Indices and values start uninitialised, so that the thread that fills a page touches it first;
/// the maker must write every one of them. Hold it in a std::shared_ptr, as the keeper of the
/// matrix that views it.
class SparseArrays {
 public:
  /// @param pointers n + 1 offsets from 0 to nnz; at least one.
  explicit SparseArrays(Array<Offset> pointers)
      : pointers_(std::move(pointers)), indices_(static_cast<std::size_t>(pointers_.back())),
        values_(indices_.size()) {}

  /// The arrays: n + 1 pointers, then nnz indices and nnz values to be written. O(1). @{
  [[nodiscard]] std::span<const Offset> pointers() const noexcept { return pointers_; }
  [[nodiscard]] std::span<Index> indices() noexcept { return {indices_.data(), indices_.size()}; }
  [[nodiscard]] std::span<float> values() noexcept { return {values_.data(), values_.size()}; }
  /// @}
  /// Makes room for a second float an entry, to be written too. O(1).
  [[nodiscard]] std::span<float> make_lows() {
    lows_ = AlignedArray<float>(indices_.size());
    return {lows_.data(), lows_.size()};
  }

 private:
  Array<Offset> pointers_;
  AlignedArray<Index> indices_;
  AlignedArray<float> values_;
  AlignedArray<float> lows_;
};

}  // namespace sounder
