// A view of numbers that are stored as one of two types.
#pragma once

#include <concepts>
#include <cstddef>
#include <iterator>
#include <span>
#include <type_traits>

namespace sounder {

/// Whether a view of `Array` (deduced as a forwarding reference) may be kept: `Array` is not a
/// temporary, or is itself only a view, like std::span.
template <class Array>
concept Lasting = std::is_lvalue_reference_v<Array> ||
    std::ranges::enable_borrowed_range<std::remove_cvref_t<Array>>;

/// A lasting array of contiguous elements of type `Element`.
template <class Array, class Element>
concept LastingArray = Lasting<Array> && std::convertible_to<Array, std::span<const Element>>;

/// A view of an array of `Number` or of `Other`. Numbers are read as the wider of the two types, so
/// no number changes.
///
/// It copies nothing: the caller keeps the array alive. Reading a number costs a branch that is
/// always predicted correctly; `data` moves the branch out of a loop. As thread-safe as reading the
/// array.
template <class Number, class Other>
class EitherSpan {
 public:
  /// The type of the numbers that are read.
  using Wide = std::common_type_t<Number, Other>;

  /// Returns numbers, not references to them: good for one pass, as an input iterator.
  class Iterator {
   public:
    /// Requirements of the standard for an input iterator. @{
    using iterator_category = std::input_iterator_tag;
    using value_type = Wide;
    using difference_type = std::ptrdiff_t;
    using pointer = const Wide*;
    using reference = Wide;

    Iterator() = default;
    Iterator(const void* data, bool other, std::size_t k) noexcept
        : data_(data), k_(k), other_(other) {}

    Wide operator*() const noexcept { return read(data_, other_, k_); }
    Iterator& operator++() noexcept {
      ++k_;
      return *this;
    }
    Iterator operator++(int) noexcept {
      const Iterator before = *this;
      ++k_;
      return before;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) noexcept { return a.k_ == b.k_; }
    /// @}

   private:
    const void* data_ = nullptr;
    std::size_t k_ = 0;
    bool other_ = false;
  };

  EitherSpan() = default;

  // The first requirement excludes copies, before the more expensive one is checked.
  // NOLINTBEGIN(bugprone-forwarding-reference-overload)
  /// A view of the array, which must outlive it. O(1). @{
  template <class Array>
  requires(!std::same_as<std::remove_cvref_t<Array>, EitherSpan>) &&
      LastingArray<Array, Number> EitherSpan(Array&& array) noexcept
      : EitherSpan(std::span<const Number>(array), false) {}

  template <class Array>
  requires(!std::same_as<std::remove_cvref_t<Array>, EitherSpan>) &&
      LastingArray<Array, Other> EitherSpan(Array&& array) noexcept
      : EitherSpan(std::span<const Other>(array), true) {}
  /// @}
  // NOLINTEND(bugprone-forwarding-reference-overload)

  /// Same meaning as in std::span, but they return numbers instead of references. O(1). @{
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size_bytes() const noexcept {
    return size_ * (other_ ? sizeof(Other) : sizeof(Number));
  }

  [[nodiscard]] Wide operator[](std::size_t k) const noexcept { return read(data_, other_, k); }
  [[nodiscard]] Wide front() const noexcept { return (*this)[0]; }
  [[nodiscard]] Wide back() const noexcept { return (*this)[size_ - 1]; }
  [[nodiscard]] Iterator begin() const noexcept { return {data_, other_, 0}; }
  [[nodiscard]] Iterator end() const noexcept { return {data_, other_, size_}; }
  /// @}

  /// The array as it is stored; nullptr if it holds the other type.
  template <class Stored = Number>
  requires std::same_as<Stored, Number> || std::same_as<Stored, Other>
  [[nodiscard]] const Stored* data() const noexcept {
    return other_ == std::same_as<Stored, Other> ? static_cast<const Stored*>(data_) : nullptr;
  }

  /// The `count` numbers from `first` on.
  [[nodiscard]] EitherSpan subspan(std::size_t first, std::size_t count) const noexcept {
    const std::size_t bytes = first * (other_ ? sizeof(Other) : sizeof(Number));
    return {static_cast<const std::byte*>(data_) + bytes, count, other_};
  }

 private:
  template <class Stored>
  EitherSpan(std::span<const Stored> array, bool other) noexcept
      : EitherSpan(array.data(), array.size(), other) {}

  EitherSpan(const void* data, std::size_t size, bool other) noexcept
      : data_(data), size_(size), other_(other) {}

  static Wide read(const void* data, bool other, std::size_t k) noexcept {
    return other ? static_cast<Wide>(static_cast<const Other*>(data)[k])
                 : static_cast<Wide>(static_cast<const Number*>(data)[k]);
  }

  const void* data_ = nullptr;
  std::size_t size_ = 0;
  bool other_ = false;
};

}  // namespace sounder

/// @cond Doxygen takes it for a separate symbol
template <class Number, class Other>
inline constexpr bool std::ranges::enable_borrowed_range<sounder::EitherSpan<Number, Other>> = true;
/// @endcond
