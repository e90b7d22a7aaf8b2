// A fixed number of objects, for example one a worker.
#pragma once

#include <cstddef>
#include <new>
#include <utility>

namespace sounder {

/// A fixed number of objects of one type, which never move. Movable, not copyable. Different
/// threads may use different objects at once.
///
/// For objects that own memory; std::vector, which may move its elements, takes several times as
/// long to compile (see Array).
template <class T>
class Slots {
 public:
  Slots() = default;
  /// `count` objects T(). @throws std::bad_alloc, and what T() throws
  explicit Slots(std::size_t count) : Slots(count, [](std::size_t) { return T(); }) {}
  /// `count` objects, the k-th as make(k) returns it.
  template <class Make>
  Slots(std::size_t count, Make&& make) : Slots(Room{count}) {
    for (; size_ < count; ++size_) {
      ::new (static_cast<void*>(objects_ + size_)) T(make(size_));
    }
  }
  /// O(1). Move assignment leaves the other with the objects that were here. @{
  Slots(Slots&& other) noexcept { swap(other); }
  Slots& operator=(Slots&& other) noexcept {
    swap(other);
    return *this;
  }
  /// @}
  ~Slots() {
    while (size_ > 0) {
      objects_[--size_].~T();
    }
    ::operator delete (objects_, std::align_val_t{alignof(T)});
  }

  /// Same meaning as in std::vector. @{
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] T& operator[](std::size_t k) noexcept { return objects_[k]; }
  [[nodiscard]] const T& operator[](std::size_t k) const noexcept { return objects_[k]; }
  [[nodiscard]] T* begin() noexcept { return objects_; }
  [[nodiscard]] T* end() noexcept { return objects_ + size_; }
  [[nodiscard]] const T* begin() const noexcept { return objects_; }
  [[nodiscard]] const T* end() const noexcept { return objects_ + size_; }
  /// @}

 private:
  struct Room {
    std::size_t count;
  };
  explicit Slots(Room room)
      : objects_(static_cast<T*>(
            ::operator new (room.count * sizeof(T), std::align_val_t{alignof(T)}))) {}

  void swap(Slots& other) noexcept {
    std::swap(objects_, other.objects_);
    std::swap(size_, other.size_);
  }

  T* objects_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace sounder
