// Cholesky factors by blocks that stay in the caches, for systems of a hundred equations and more.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/call.hpp>

namespace sounder {

/// Factors one matrix as factor_cholesky() has it, panel of columns by panel. Rows are reduced four
/// at a time by four rows of the panel, so that a number loaded serves several products, and some
/// hundred columns at a time, so that the panel stays in the second cache. Rows below a panel are
/// independent of each other: a team may share them out, and the bits do not depend on how.
///
/// The left-looking variant in Golub, Van Loan, "Matrix Computations", section 4.2; blocks as in
/// Goto, van de Geijn, "Anatomy of high-performance matrix multiplication", ACM TOMS 2008.
class BlockedCholesky {
 public:
  /// Calls work(k) for every k of [first, last), in any order.
  using ForEach = Call<void(std::size_t first, std::size_t last, Call<void(std::size_t)> work)>;

  /// Views the matrix, of size s x s and row-major. O(s).
  BlockedCholesky(std::span<double> a, std::size_t s, double least_pivot)
      : a_(a.data()), s_(s), least_pivot_(least_pivot), diagonal_(s) {
    for (std::size_t i = 0; i < s; ++i) {
      diagonal_[i] = a_[i * s + i];
    }
  }

  /// Overwrites the lower triangle by the factor. Call it once. O(s^3 / workers).
  /// @return whether every pivot was large enough
  [[nodiscard, gnu::noinline]] bool factor(ForEach for_each) {
    const std::size_t groups = (s_ + side - 1) / side;
    for (begin_ = 0; begin_ < s_; begin_ += panel_width) {
      end_ = std::min(begin_ + panel_width, s_);
      const std::size_t first = begin_ / side;
      const std::size_t below = std::min(first + panel_width / side, groups);
      if (begin_ > 0) {
        for_each(first, groups, [&](std::size_t group) { reduce(group); });
      }
      for (std::size_t group = first; group < below; ++group) {
        finish(group);
        finish_corner(group);
      }
      for_each(below, groups, [&](std::size_t group) { finish(group); });
    }
    return definite_;
  }

 private:
  static constexpr std::size_t side = 4;          ///< rows and columns of a tile
  static constexpr std::size_t panel_width = 64;  ///< a multiple of `side`
  static constexpr std::size_t depth = 256;       ///< columns at a time, a multiple of 2

  /// Two numbers that are multiplied and added at once; every processor we know has such vectors.
  using Pair [[gnu::vector_size(16)]] = double;
  [[nodiscard]] static Pair pair_at(const double* place) noexcept {
    Pair pair;
    std::memcpy(&pair, place, sizeof(pair));
    return pair;
  }

  /// Row r of a group; the last one again for rows that are not there.
  [[nodiscard]] double* row_of(std::size_t group, std::size_t r) const noexcept {
    return a_ + std::min(group * side + r, s_ - 1) * s_;
  }

  /// Subtracts what the columns left of the panel take from a group's rows.
  void reduce(std::size_t group) const noexcept {
    for (std::size_t from = 0; from < begin_; from += depth) {
      const std::size_t to = std::min(from + depth, begin_);
      for (std::size_t tile = begin_ / side; tile <= group && tile * side < end_; ++tile) {
        subtract(group, tile, from, to);
      }
    }
  }

  /// Subtracts the products over columns [from, to) from the numbers that a group's rows have in
  /// the columns of a tile.
  [[gnu::noinline]] void subtract(std::size_t group, std::size_t tile, std::size_t from,
                                  std::size_t to) const noexcept {
    for (std::size_t c = 0; c < side; c += 2) {
      double sums[side][2];
      add_products(group, tile, c, from, to, sums);
      const std::size_t column = tile * side + c;
      for (std::size_t i = group * side; i < std::min(group * side + side, s_); ++i) {
        for (std::size_t j = column; j < column + 2 && j <= i; ++j) {
          a_[i * s_ + j] -= sums[i - group * side][j - column];
        }
      }
    }
  }

  /// The sums over columns [from, to) of four rows with two of the tile's, c and the next.
  void add_products(std::size_t group, std::size_t tile, std::size_t c, std::size_t from,
                    std::size_t to, double (&out)[side][2]) const noexcept {
    const double* const rows[side] = {row_of(group, 0), row_of(group, 1), row_of(group, 2),
                                      row_of(group, 3)};
    const double* const one = row_of(tile, c);
    const double* const other = row_of(tile, c + 1);
    Pair sums[side][2] = {};
    for (std::size_t q = from; q < to; q += 2) {
      const Pair x = pair_at(one + q);
      const Pair y = pair_at(other + q);
      for (std::size_t r = 0; r < side; ++r) {
        const Pair own = pair_at(rows[r] + q);
        sums[r][0] += own * x;
        sums[r][1] += own * y;
      }
    }
    for (std::size_t r = 0; r < side; ++r) {
      out[r][0] = sums[r][0][0] + sums[r][0][1];
      out[r][1] = sums[r][1][0] + sums[r][1][1];
    }
  }

  /// Solves for the numbers of a group's rows in the panel, left of the diagonal's tile.
  void finish(std::size_t group) const noexcept {
    for (std::size_t tile = begin_ / side; tile <= group && tile * side < end_; ++tile) {
      subtract(group, tile, begin_, tile * side);
      for (std::size_t i = group * side; tile < group && i < std::min(group * side + side, s_);
           ++i) {
        solve(i, tile * side, tile * side + side);
      }
    }
  }

  /// Solves for columns [from, to) of row i; what is left of `from` has been subtracted.
  [[gnu::noinline]] void solve(std::size_t i, std::size_t from, std::size_t to) const noexcept {
    double* const row = a_ + i * s_;
    for (std::size_t j = from; j < to; ++j) {
      const double* const other = a_ + j * s_;
      double rest = row[j];
      for (std::size_t q = from; q < j; ++q) {
        rest -= row[q] * other[q];
      }
      row[j] = rest / other[j];
    }
  }

  /// Factors the tile of a group on the diagonal.
  void finish_corner(std::size_t group) noexcept {
    const std::size_t from = group * side;
    for (std::size_t i = from; i < std::min(from + side, s_); ++i) {
      solve(i, from, i);
      double* const row = a_ + i * s_;
      double rest = row[i];
      for (std::size_t q = from; q < i; ++q) {
        rest -= row[q] * row[q];
      }
      const bool positive = rest > least_pivot_ * diagonal_[i];  // false for NaN
      row[i] = positive ? std::sqrt(rest) : std::numeric_limits<double>::max();
      definite_ = definite_ && positive;
    }
  }

  double* a_;
  std::size_t s_;
  double least_pivot_;
  Array<double> diagonal_;  ///< of the matrix itself
  std::size_t begin_ = 0;   ///< first column of the panel
  std::size_t end_ = 0;     ///< one past its last column
  bool definite_ = true;
};

}  // namespace sounder
