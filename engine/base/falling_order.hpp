// Positions in falling order of a key.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include <sounder/engine/base/array.hpp>

namespace sounder::detail {

/// A position and its key.
struct Ranked {
  double key;
  std::size_t position;

  /// Larger keys come first, equal keys in order of position.
  friend bool operator<(const Ranked& a, const Ranked& b) noexcept {
    return a.key != b.key ? a.key > b.key : a.position < b.position;
  }
};

/// Sorts; O(n log n). Shared by all callers, because every instance of std::sort takes a tenth of a
/// second to compile.
[[gnu::noinline]] inline void sort_falling(std::span<Ranked> all) {
  std::sort(all.data(), all.data() + all.size());
}

/// Sorts `positions` by key[position].
inline void sort_falling(std::span<std::size_t> positions, std::span<const double> key) {
  Array<Ranked> all(positions.size(), Ranked{0.0, 0});
  for (std::size_t k = 0; k < all.size(); ++k) {
    all[k] = {key[positions[k]], positions[k]};
  }
  sort_falling(all);
  for (std::size_t k = 0; k < all.size(); ++k) {
    positions[k] = all[k].position;
  }
}

}  // namespace sounder::detail
