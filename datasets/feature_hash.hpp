// Feature hashing: maps indices of any size to 2^B columns.
#pragma once

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/growing_array.hpp>
#include <sounder/engine/base/random.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace sounder {

/// The most bits of a hashed column.
inline constexpr int most_hash_bits = 30;

/// The column and sign that feature hashing gives an index.
struct HashedFeature {
  Index column;  ///< in [0, 2^bits)
  bool negated;  ///< whether the value's sign is turned
};

/// Column and sign of an index as it is written in the file, zero-based or not: the low `bits` bits
/// of splitmix64(index), and its bit 63. If two features share a column, the signs make their
/// errors in inner products cancel on average (Weinberger, Dasgupta, Langford, Smola, Attenberg,
/// "Feature hashing for large scale multitask learning", ICML 2009).
///
/// With 8 bits, index 1 becomes column 0xC1, negated. @param bits in [1, most_hash_bits]
[[nodiscard]] constexpr HashedFeature hash_feature(std::uint64_t index, int bits) noexcept {
  const std::uint64_t hash = splitmix64(index);
  const std::uint64_t columns = std::uint64_t{1} << bits;
  return {static_cast<Index>(hash & (columns - 1)), (hash >> 63) != 0};
}

namespace detail {

/// The hashed column of an index; the hash's sign is applied to the value.
struct HashedColumns {
  int bits;

  Index operator()(std::int64_t index, double& value) const noexcept {
    const HashedFeature feature = hash_feature(static_cast<std::uint64_t>(index), bits);
    value = feature.negated ? -value : value;
    return feature.column;
  }
};

/// Sorts a row's hashed columns. Reused for other rows.
class HashedRow {
 public:
  /// Adds the values of equal columns, in the order of the row, and leaves one entry a column, also
  /// if its sum is 0. O(count) for typical hashes, O(count log count) at worst.
  /// @param columns, values `count` entries, columns below 2^bits in any order
  /// @return the number of entries left
  [[nodiscard]] std::size_t merge(Index* columns, double* values, std::size_t count, int bits) {
    sort(columns, values, count, bits);
    const Entry* const sorted = sorted_.data();
    std::size_t merged = 0;
    for (std::size_t k = 0; k < count; ++merged) {
      columns[merged] = sorted[k].column;
      values[merged] = sorted[k].value;
      for (++k; k < count && sorted[k].column == columns[merged]; ++k) {
        values[merged] += sorted[k].value;
      }
    }
    return merged;
  }

 private:
  struct Entry {
    Index column;
    double value;
  };

  /// Hashes are spread evenly: distributed by their leading bits over as many places as there are
  /// entries, they are nearly in order.
  void sort(const Index* columns, const double* values, std::size_t count, int bits) {
    const int place_bits = std::min(bits, static_cast<int>(std::bit_width(count)));
    const int shift = bits - place_bits;
    const auto place_of = [shift](Index column) {
      return static_cast<std::size_t>(column >> shift);
    };
    ends_.assign(std::size_t{1} << place_bits, 0);
    for (std::size_t k = 0; k < count; ++k) {
      ++ends_[place_of(columns[k])];
    }
    std::size_t before = 0;
    std::size_t fullest = 0;
    for (std::size_t& place : ends_) {
      fullest = std::max(fullest, place);
      before += std::exchange(place, before);
    }
    sorted_.reserve(count);
    for (std::size_t k = 0; k < count; ++k) {
      sorted_.data()[ends_[place_of(columns[k])]++] = {columns[k], values[k]};
    }
    constexpr std::size_t crowded = 16;
    if (shift == 0) {
      return;  // each place is one column
    }
    if (fullest > crowded) {
      std::stable_sort(sorted_.data(), sorted_.data() + count,
                       [](const Entry& a, const Entry& b) { return a.column < b.column; });
    } else {
      insert(count);
    }
  }

  /// Insertion sort; an entry only passes others of its own place.
  void insert(std::size_t count) noexcept {
    Entry* const entries = sorted_.data();
    for (std::size_t k = 1; k < count; ++k) {
      const Entry entry = entries[k];
      std::size_t at = k;
      for (; at > 0 && entries[at - 1].column > entry.column; --at) {
        entries[at] = entries[at - 1];
      }
      entries[at] = entry;
    }
  }

  GrowingArray<Entry> sorted_;
  Array<std::size_t> ends_;  ///< end of each place
};

}  // namespace detail
}  // namespace sounder
