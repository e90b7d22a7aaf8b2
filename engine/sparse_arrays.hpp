// Storage that the makers of sparse matrices fill in parallel.
#pragma once

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <sounder/engine/csr_matrix.hpp>

namespace sounder {

/// The three arrays of a compressed sparse matrix whose pointers are known before its entries.
///
/// Indices and values start uninitialised, so that the thread that fills a page is the first to
/// touch it; the maker must write every one of them. Hold it in a std::shared_ptr as the keeper of
/// the matrix that views it.
class SparseArrays {
 public:
  /// @param pointers n + 1 offsets from 0 to nnz; at least one.
  explicit SparseArrays(std::vector<Offset> pointers)
      : pointers_(std::move(pointers)), nonzeros_(static_cast<std::size_t>(pointers_.back())),
        indices_(std::make_unique_for_overwrite<Index[]>(nonzeros_)),
        values_(std::make_unique_for_overwrite<float[]>(nonzeros_)) {}

  [[nodiscard]] std::span<const Offset> pointers() const noexcept { return pointers_; }
  [[nodiscard]] std::span<Index> indices() noexcept { return {indices_.get(), nonzeros_}; }
  [[nodiscard]] std::span<float> values() noexcept { return {values_.get(), nonzeros_}; }

 private:
  std::vector<Offset> pointers_;
  std::size_t nonzeros_;
  std::unique_ptr<Index[]> indices_;
  std::unique_ptr<float[]> values_;
};

}  // namespace sounder
