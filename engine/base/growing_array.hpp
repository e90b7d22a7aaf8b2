// GrowingArray: numbers whose count is known only after they have been read.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace sounder::detail {

/// Memory that is not initialised, so that the thread that writes a page touches it first. Growing
/// uses realloc, which moves a large block's pages instead of copying them, so the peak is not
/// doubled. Room that was never written costs address space only.
template <class T>
class GrowingArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  GrowingArray() = default;
  GrowingArray(GrowingArray&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), capacity_(std::exchange(other.capacity_, 0)) {}
  GrowingArray(const GrowingArray&) = delete;
  GrowingArray& operator=(const GrowingArray&) = delete;
  GrowingArray& operator=(GrowingArray&&) = delete;
  ~GrowingArray() { std::free(data_); }

  [[nodiscard]] T* data() noexcept { return data_; }
  [[nodiscard]] const T* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

  /// Room for exactly `count` elements; elements written before stay, as far as they fit.
  void resize(std::size_t count) {
    if (count == 0 || count == capacity_) {
      return;
    }
    if (count > static_cast<std::size_t>(-1) / sizeof(T) / 2) {
      throw std::bad_alloc();
    }
    void* const moved = std::realloc(static_cast<void*>(data_), count * sizeof(T));
    if (moved == nullptr) {
      throw std::bad_alloc();
    }
    data_ = static_cast<T*>(moved);
    capacity_ = count;
    prefer_large_pages();
  }

  /// Room for at least `count` elements; grows to `count` or by half, whichever is more.
  void reserve(std::size_t count) {
    if (count > capacity_) {
      resize(count > capacity_ + capacity_ / 2 ? count : capacity_ + capacity_ / 2);
    }
  }

 private:
  /// Page faults for every 4 KiB of a large array would cost as much as a sixth of the parsing.
  void prefer_large_pages() noexcept {
    constexpr std::size_t page = 4096;
    constexpr std::size_t large = std::size_t{4} << 20;
    void* first = data_;
    std::size_t bytes = capacity_ * sizeof(T);
    if (bytes >= large && std::align(page, large / 2, first, bytes) != nullptr) {
      ::madvise(first, bytes / page * page, MADV_HUGEPAGE);
    }
  }

  T* data_ = nullptr;
  std::size_t capacity_ = 0;
};

}  // namespace sounder::detail
