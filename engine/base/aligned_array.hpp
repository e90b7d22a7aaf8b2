// A fixed-size array of plain values, aligned to cache lines. It is not initialised, so that the
// worker that writes a page first owns it; large arrays ask for huge pages.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>
#include <type_traits>
#include <utility>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace sounder {

/// `size` values of a trivial type, uninitialised. Throws std::bad_alloc. Not copyable.
template <class T>
class AlignedArray {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  AlignedArray() = default;
  /// Asks the system for memory and writes none of it. @throws std::bad_alloc
  explicit AlignedArray(std::size_t size) : size_(size) {
    const std::size_t bytes = size * sizeof(T);
    const std::size_t alignment = bytes >= huge_page ? huge_page : cache_line;
    const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
    data_ = static_cast<T*>(std::aligned_alloc(alignment, rounded == 0 ? alignment : rounded));
    if (data_ == nullptr) {
      throw std::bad_alloc();
    }
#ifdef __linux__
    if (alignment == huge_page) {
      // Advice only: with small pages every random row of a large matrix costs a TLB miss.
      static_cast<void>(madvise(data_, rounded, MADV_HUGEPAGE));
    }
#endif
  }
  /// O(1): takes over the values; assignment leaves the other array with those that were here. @{
  AlignedArray(AlignedArray&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  AlignedArray& operator=(AlignedArray&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  /// @}
  ~AlignedArray() {
    std::free(data_);
  }

  /// The values, as std::vector has them. @{
  [[nodiscard]] std::size_t size() const noexcept {
    return size_;
  }
  [[nodiscard]] T* data() noexcept {
    return data_;
  }
  [[nodiscard]] const T* data() const noexcept {
    return data_;
  }
  [[nodiscard]] T& operator[](std::size_t k) noexcept {
    return data_[k];
  }
  [[nodiscard]] const T& operator[](std::size_t k) const noexcept {
    return data_[k];
  }
  /// @}

 private:
  static constexpr std::size_t cache_line = 64;
  static constexpr std::size_t huge_page = std::size_t{2} << 20;

  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace sounder
