// Positions in falling order of a key.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

namespace sounder::detail {

/// Sorts `positions` by key[position], the largest first, equal ones by position. One function for
/// all who sort so: each sort of its own takes a tenth of a second to compile.
inline void sort_falling(std::span<std::size_t> positions, std::span<const double> key) {
  std::sort(positions.begin(), positions.end(), [key](std::size_t a, std::size_t b) {
    return key[a] != key[b] ? key[a] > key[b] : a < b;
  });
}

}  // namespace sounder::detail
