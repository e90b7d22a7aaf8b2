// Distinct columns for one generated row, and how often each was drawn.
#pragma once

#include <sounder/engine/base/random.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace sounder::detail {

/// A small hash table of keys and counts, emptied for every row. One thread an object.
class KeyCounter {
 public:
  struct Entry {
    Index key;
    Index count;
  };

  /// Removes all keys and makes room for `capacity` keys. O(capacity).
  void reset(std::size_t capacity) {
    const std::size_t size = std::bit_ceil(2 * capacity + 2);
    slots_.resize(std::max(slots_.size(), size));
    std::fill_n(slots_.begin(), size, Index{-1});
    mask_ = size - 1;
    entries_.clear();
  }

  /// Counts one occurrence. O(1) on average.
  void add(Index key) {
    std::size_t slot = (static_cast<std::size_t>(key) * 0x9E3779B97F4A7C15U >> 32U) & mask_;
    while (slots_[slot] >= 0) {
      Entry& entry = entries_[static_cast<std::size_t>(slots_[slot])];
      if (entry.key == key) {
        ++entry.count;
        return;
      }
      slot = (slot + 1) & mask_;
    }
    slots_[slot] = static_cast<Index>(entries_.size());
    entries_.push_back({key, 1});
  }

  /// The number of distinct keys so far.
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

  /// Keys and counts; the caller may reorder them if it adds no more keys.
  [[nodiscard]] std::vector<Entry>& entries() noexcept { return entries_; }

 private:
  std::vector<Index> slots_;
  std::vector<Entry> entries_;
  std::size_t mask_ = 0;
};

/// Fills `columns` with distinct, rising, uniformly drawn members of [0, count). O(k log k) for few
/// columns, O(count) for many.
inline void draw_distinct(RandomStream& random, Index count, std::span<Index> columns,
                          KeyCounter& scratch) {
  const auto all = static_cast<std::size_t>(count);
  if (columns.size() > all / 4) {  // selection sampling: Knuth, volume 2, algorithm 3.4.2 S
    std::size_t taken = 0;
    for (std::size_t j = 0; taken < columns.size(); ++j) {
      if (random.below(all - j) < columns.size() - taken) {
        columns[taken++] = static_cast<Index>(j);
      }
    }
    return;
  }
  scratch.reset(columns.size());
  while (scratch.size() < columns.size()) {
    scratch.add(static_cast<Index>(random.below(all)));
  }
  std::transform(scratch.entries().begin(), scratch.entries().end(), columns.begin(),
                 [](const KeyCounter::Entry& entry) { return entry.key; });
  std::sort(columns.begin(), columns.end());
}

}  // namespace sounder::detail
