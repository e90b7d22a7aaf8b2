// Products of columns with the frequent columns among them, which are laid out densely.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/matrix/csc_matrix.hpp>

namespace sounder {

/// The columns on a list with an entry in at least every sixteenth row, such as stop words and all
/// columns of a dense matrix. A row's entries in them lie side by side, so another column's
/// products with all of them are sums of whole rows, without indices. Keeps references to columns
/// and list, which must outlive it. Any number of threads may call.
class GramTiles {
 public:
  /// O(size of the list).
  GramTiles(const CscMatrix& columns, std::span<const Index> list)
      : columns_(columns), list_(list), among_(list.size()) {
    for (std::size_t k = 0; k < list.size(); ++k) {
      if (16 * static_cast<Offset>(columns.column(list[k]).size()) >= columns.rows()) {
        among_[k] = 1;
        positions_.push_back(k);
      }
    }
    width_ = (positions_.size() + lanes - 1) / lanes * lanes;
  }

  /// Positions of the frequent columns on the list, rising.
  [[nodiscard]] std::span<const std::size_t> positions() const noexcept { return positions_; }
  /// Whether position k of the list is a frequent column.
  [[nodiscard]] bool contains(std::size_t k) const noexcept { return among_[k] != 0; }

  /// Calls `visit(k, products)` for each k of `which` in turn, positions on the list. products[b] =
  /// sum_i d_i x_ik x_ib over the frequent columns b, in the order of positions(), followed by some
  /// zeros. Adds some hundred rows each in float (in double if `full`), and these sums in double.
  /// O(nonzeros of the columns `which` x positions()), and a pass over the frequent columns for
  /// every few hundred.
  template <class Visit>
  void for_each_column(std::span<const std::size_t> which, std::span<const float> d, bool full,
                       Visit&& visit) const {
    const std::size_t at_once = 64 + most_products / (width_ + 1);
    while (!which.empty()) {
      const auto part = which.first(std::min(at_once, which.size()));
      const Array<double> sums = full ? products<double>(part, d) : products<float>(part, d);
      for (std::size_t a = 0; a < part.size(); ++a) {
        visit(part[a], std::span(sums).subspan(a * width_, width_));
      }
      which = which.subspan(part.size());
    }
  }

 private:
  /// Entry q, with its second float if sums are in double.
  template <class Real>
  [[nodiscard]] static Real value_of(const SparseColumn& column, std::size_t q) noexcept {
    const auto value = static_cast<Real>(column.values[q]);
    return sizeof(Real) == sizeof(float) || column.lows.empty()
               ? value
               : value + static_cast<Real>(column.lows[q]);
  }

  static constexpr std::size_t lanes = 16;  ///< numbers that are added side by side, in registers
  static constexpr std::size_t most_products = std::size_t{1} << 19;  ///< products at once: 4 MB
  static constexpr std::size_t tile_numbers = std::size_t{1} << 16;   ///< 256 kB, half of a cache

  /// The products: width_ numbers a column.
  template <class Real>
  [[nodiscard]] Array<double> products(std::span<const std::size_t> which,
                                       std::span<const float> d) const {
    Array<double> sums(which.size() * width_);
    if (width_ == 0) {
      return sums;
    }
    const std::size_t height = std::clamp<std::size_t>(tile_numbers / width_, 16, 1024);
    const auto rows = static_cast<std::size_t>(columns_.rows());
    Array<Real> tile(std::min(height, rows) * width_);
    Array<std::size_t> laid_out(positions_.size());  // entries of each frequent column done so far
    Array<std::size_t> used(which.size());           // entries of each other column done so far
    for (std::size_t begin = 0; begin < rows; begin += height) {
      const auto end = static_cast<Index>(std::min(begin + height, rows));
      std::fill(tile.begin(), tile.end(), Real{0});
      for (std::size_t b = 0; b < positions_.size(); ++b) {
        const SparseColumn column = columns_.column(list_[positions_[b]]);
        std::size_t& q = laid_out[b];
        for (; q < column.size() && column.rows[q] < end; ++q) {
          tile[(static_cast<std::size_t>(column.rows[q]) - begin) * width_ + b] =
              value_of<Real>(column, q);
        }
      }
      for (std::size_t a = 0; a < which.size(); ++a) {
        const SparseColumn column = columns_.column(list_[which[a]]);
        const std::size_t first = used[a];
        std::size_t last = first;
        while (last < column.size() && column.rows[last] < end) {
          ++last;
        }
        used[a] = last;
        const SparseColumn part{column.rows.subspan(first, last - first),
                                column.values.subspan(first, last - first),
                                column.lows.empty() ? std::span<const float>()
                                                    : column.lows.subspan(first, last - first)};
        for (std::size_t b = 0; b < width_ && !part.empty(); b += lanes) {
          add_rows(part, d, tile.data() + b, begin, sums.data() + a * width_ + b);
        }
      }
    }
    return sums;
  }

  template <class Real>
  void add_rows(const SparseColumn& part, std::span<const float> d, const Real* tile,
                std::size_t begin, double* out) const noexcept {
    Real sums[lanes] = {};
    for (std::size_t q = 0; q < part.size(); ++q) {
      const auto i = static_cast<std::size_t>(part.rows[q]);
      const Real x = value_of<Real>(part, q) * static_cast<Real>(d[i]);
      const Real* const row = tile + (i - begin) * width_;
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        sums[lane] += x * row[lane];
      }
    }
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      out[lane] += static_cast<double>(sums[lane]);
    }
  }

  const CscMatrix& columns_;
  std::span<const Index> list_;
  Array<char> among_;
  Array<std::size_t> positions_;
  std::size_t width_ = 0;  ///< numbers in a row of a tile: positions_, rounded up to lanes
};

}  // namespace sounder
