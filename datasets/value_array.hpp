// ValueArray: values stored as floats or doubles, which is decided while they are read.
#pragma once

#include <sounder/engine/base/growing_array.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <span>

namespace sounder::detail {

/// A growing array of floats that can become one of doubles and back, in place. Threads may write
/// values at different positions at once; a thread that grows or converts it must be alone.
class ValueArray {
 public:
  [[nodiscard]] bool doubles() const noexcept { return width_ == sizeof(double); }
  [[nodiscard]] std::size_t capacity() const noexcept { return bytes_.capacity() / width_; }

  /// Like those of GrowingArray, in values. @{
  void reserve(std::size_t count) { bytes_.reserve(count * width_); }
  void resize(std::size_t count) { bytes_.resize(count * width_); }
  /// @}

  /// Writes values from position `first` on, for which there must be room; rounds if floats are
  /// stored.
  void put(std::size_t first, std::span<const double> values) noexcept {
    if (doubles()) {
      std::copy(values.begin(), values.end(), at<double>() + first);
    } else {
      std::transform(values.begin(), values.end(), at<float>() + first, rounded);
    }
  }

  /// Stores doubles from now on; converts the first `count` floats.
  void widen(std::size_t count) {
    bytes_.reserve(count * sizeof(double));
    width_ = sizeof(double);
    std::array<float, block> floats{};
    std::array<double, block> wide{};
    for (std::size_t last = count; last > 0;) {  // from the end, so that no float is overwritten
                                                 // before it is read
      const std::size_t size = std::min(block, last);
      last -= size;
      std::memcpy(floats.data(), bytes_.data() + last * sizeof(float), size * sizeof(float));
      std::copy_n(floats.begin(), size, wide.begin());
      std::memcpy(bytes_.data() + last * sizeof(double), wide.data(), size * sizeof(double));
    }
  }

  /// Stores floats from now on; rounds the first `count` doubles.
  void narrow(std::size_t count) noexcept {
    width_ = sizeof(float);
    std::array<float, block> floats{};
    std::array<double, block> wide{};
    for (std::size_t first = 0; first < count; first += block) {
      const std::size_t size = std::min(block, count - first);
      std::memcpy(wide.data(), bytes_.data() + first * sizeof(double), size * sizeof(double));
      std::transform(wide.begin(), wide.begin() + size, floats.begin(), rounded);
      std::memcpy(bytes_.data() + first * sizeof(float), floats.data(), size * sizeof(float));
    }
  }

  /// The first `count` values.
  [[nodiscard]] ValueSpan view(std::size_t count) noexcept {
    return doubles() ? ValueSpan(std::span<const double>(at<double>(), count))
                     : ValueSpan(std::span<const float>(at<float>(), count));
  }

 private:
  static constexpr std::size_t block = 512;

  static float rounded(double value) noexcept { return static_cast<float>(value); }

  template <class Value>
  [[nodiscard]] Value* at() noexcept {
    return static_cast<Value*>(static_cast<void*>(bytes_.data()));
  }

  GrowingArray<std::byte> bytes_;
  std::size_t width_ = sizeof(float);
};

}  // namespace sounder::detail
