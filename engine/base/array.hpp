// A growing array of plain values: like std::vector, but much cheaper to compile.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace sounder {
namespace detail {

/// The memory of an Array, in bytes. Not a template, so that the arrays of all types share one copy
/// of the code that allocates, moves and fills.
class ArrayMemory {
 public:
  ArrayMemory() = default;
  ArrayMemory(const ArrayMemory& other) { assign(other.begin_, other.bytes()); }
  ArrayMemory(ArrayMemory&& other) noexcept { swap(other); }
  ArrayMemory& operator=(const ArrayMemory& other) {
    if (this != &other) {
      assign(other.begin_, other.bytes());
    }
    return *this;
  }
  ArrayMemory& operator=(ArrayMemory&& other) noexcept {
    swap(other);
    return *this;
  }
  ~ArrayMemory() { ::operator delete(begin_); }

  /// The bytes in use, and the bytes allocated. @{
  [[nodiscard]] std::byte* begin() const noexcept { return begin_; }
  [[nodiscard]] std::size_t bytes() const noexcept {
    return static_cast<std::size_t>(end_ - begin_);
  }
  [[nodiscard]] std::size_t capacity() const noexcept {
    return static_cast<std::size_t>(limit_ - begin_);
  }
  /// @}

  /// Drops everything after the first `bytes`, at most bytes().
  void cut(std::size_t bytes) noexcept { end_ = begin_ + bytes; }

  /// Makes room for this many bytes. @throws std::bad_alloc, as do the next four
  [[gnu::noinline]] void reserve(std::size_t bytes) {
    if (bytes <= capacity()) {
      return;
    }
    auto* const fresh = static_cast<std::byte*>(::operator new(bytes));
    const std::size_t held = this->bytes();
    if (held > 0) {
      std::memcpy(fresh, begin_, held);
    }
    ::operator delete(begin_);
    begin_ = fresh;
    end_ = fresh + held;
    limit_ = fresh + bytes;
  }

  /// Changes the size to this many bytes; new ones are copies of the `width` bytes at `value`.
  [[gnu::noinline]] void resize(std::size_t bytes, const void* value, std::size_t width) {
    const std::size_t held = this->bytes();
    if (bytes > capacity()) {
      reserve(std::max(bytes, held == 0 ? 0 : 2 * capacity()));
    }
    end_ = begin_ + bytes;
    if (bytes > held) {
      fill(begin_ + held, bytes - held, value, width);
    }
  }

  /// Copies the bytes at `from`, which may lie in this memory.
  [[gnu::noinline]] void assign(const void* from, std::size_t bytes) {
    if (bytes > capacity()) {
      end_ = begin_;
      reserve(bytes);
    }
    if (bytes > 0) {
      std::memmove(begin_, from, bytes);
    }
    end_ = begin_ + bytes;
  }

  /// Adds `width` bytes at the end, not yet written; returns their place.
  [[nodiscard]] std::byte* append(std::size_t width) {
    if (static_cast<std::size_t>(limit_ - end_) < width) {
      reserve(std::max(2 * capacity(), bytes() + 4 * width));
    }
    std::byte* const place = end_;
    end_ += width;
    return place;
  }

 private:
  void swap(ArrayMemory& other) noexcept {
    std::swap(begin_, other.begin_);
    std::swap(end_, other.end_);
    std::swap(limit_, other.limit_);
  }

  static void fill(std::byte* out, std::size_t bytes, const void* value, std::size_t width) {
    // Copies the filled part behind itself, in pieces that stay in the nearest cache.
    constexpr std::size_t piece = 4096;
    std::memcpy(out, value, width);
    for (std::size_t done = width; done < bytes;) {
      const std::size_t size =
          std::min({done, bytes - done, std::max(piece / width, std::size_t{1}) * width});
      std::memcpy(out + done, out, size);
      done += size;
    }
  }

  std::byte* begin_ = nullptr;
  std::byte* end_ = nullptr;
  std::byte* limit_ = nullptr;
};

}  // namespace detail

/// Values of a plain type (one that may be copied byte by byte) side by side, growing at the end.
/// Names, costs, guarantees and thread-safety are those of std::vector; copies are deep.
///
/// Used inside the solvers: for every type of value std::vector makes the compiler instantiate some
/// fifty functions, this class a dozen short ones (LLVM's SmallVector exists for the same reason).
template <class T>
class Array {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T> &&
                alignof(T) <= alignof(std::max_align_t));

 public:
  using value_type = T;  ///< as in the standard containers

  Array() = default;
  /// `count` values T(). @throws std::bad_alloc, like every function that grows the array
  explicit Array(std::size_t count) { resize(count); }
  /// `count` copies of the value.
  Array(std::size_t count, const T& value) { resize(count, value); }
  /// A copy of the values.
  explicit Array(std::span<const T> values) { assign(values); }
  /// These values.
  Array(std::initializer_list<T> values) {
    memory_.assign(values.begin(), values.size() * sizeof(T));
  }

  /// Same meaning as in std::vector. @{
  [[nodiscard]] std::size_t size() const noexcept { return memory_.bytes() / sizeof(T); }
  [[nodiscard]] bool empty() const noexcept { return memory_.bytes() == 0; }
  [[nodiscard]] T* data() noexcept { return reinterpret_cast<T*>(memory_.begin()); }
  [[nodiscard]] const T* data() const noexcept {
    return reinterpret_cast<const T*>(memory_.begin());
  }
  [[nodiscard]] T* begin() noexcept { return data(); }
  [[nodiscard]] T* end() noexcept { return data() + size(); }
  [[nodiscard]] const T* begin() const noexcept { return data(); }
  [[nodiscard]] const T* end() const noexcept { return data() + size(); }
  [[nodiscard]] T& operator[](std::size_t k) noexcept { return data()[k]; }
  [[nodiscard]] const T& operator[](std::size_t k) const noexcept { return data()[k]; }
  [[nodiscard]] T& front() noexcept { return *data(); }
  [[nodiscard]] const T& front() const noexcept { return *data(); }
  [[nodiscard]] T& back() noexcept { return end()[-1]; }
  [[nodiscard]] const T& back() const noexcept { return end()[-1]; }

  void clear() noexcept { memory_.cut(0); }
  void reserve(std::size_t count) { memory_.reserve(count * sizeof(T)); }
  void resize(std::size_t count) { resize(count, T()); }
  void resize(std::size_t count, const T& value) {
    memory_.resize(count * sizeof(T), &value, sizeof(T));
  }
  void push_back(const T& value) {
    const T copy = value;  // value may be an element of this array, which moves
    ::new (memory_.append(sizeof(T))) T(copy);
  }
  void pop_back() noexcept { memory_.cut(memory_.bytes() - sizeof(T)); }
  /// @}

  /// `count` copies of the value, which must not be an element of this array.
  void assign(std::size_t count, const T& value) {
    clear();
    resize(count, value);
  }
  /// Copies the values, which may be elements of this array.
  void assign(std::span<const T> values) {
    memory_.assign(values.data(), values.size() * sizeof(T));
  }
  /// Keeps the first `count` values, at most size(). O(1).
  void cut(std::size_t count) noexcept { memory_.cut(count * sizeof(T)); }

  /// Whether they hold equal values.
  [[nodiscard]] friend bool operator==(const Array& a, const Array& b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  detail::ArrayMemory memory_;
};

}  // namespace sounder
