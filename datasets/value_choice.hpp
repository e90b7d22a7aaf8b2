// ValueChoice: whether the values of a file are kept as floats or as doubles.
#pragma once

#include <sounder/datasets/libsvm_chunk.hpp>
#include <sounder/datasets/row_form.hpp>
#include <sounder/datasets/value_array.hpp>
#include <sounder/datasets/value_rounding.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>

#include <vector>

namespace sounder::detail {

/// Told of the chunks of a file in order, says how `Values::automatic` keeps their values.
///
/// Doubles as long as the data are small and not all are floats; beyond that floats, unless a
/// column looks as if they would falsify it. What cannot be read again goes on in doubles, and the
/// whole of it decides at the end.
class ValueChoice {
 public:
  /// @param again whether the file could be read again, after all, in doubles
  ValueChoice(Values wanted, bool again)
      : automatic_(wanted == Values::automatic), again_(again),
        doubles_(wanted == Values::doubles) {}

  /// How values are kept from this chunk on. @param entries so far, the chunk's included
  [[nodiscard]] bool doubles_from(const ParsedChunk& chunk, std::size_t entries) {
    if (!automatic_ || !(inexact_ || chunk.inexact)) {
      return doubles_;
    }
    inexact_ = true;
    beyond_ = beyond_ || chunk.beyond;
    sample_.add(chunk);
    if (!settled_) {
      settled_ = again_ && entries > small_entries;
      doubles_ = !settled_ || (doubles_ && suspicious());
      rounded_ = !doubles_;
    }
    return doubles_;
  }

  /// Whether floats falsify what has been read, so that the file has to be read again.
  [[nodiscard]] bool falsified() const { return rounded_ && suspicious(); }

  /// A column for which the values of the whole file, which are kept as doubles, have to stay so;
  /// -1 where floats will do, or nobody asked.
  [[nodiscard]] Index changed_column(const CsrMatrix& matrix) const {
    if (!automatic_ || !doubles_) {
      return -1;
    }
    if (static_cast<std::size_t>(matrix.nonzeros()) <= small_entries) {
      return column_of(matrix, is_inexact);
    }
    const Index beyond = beyond_ ? column_of(matrix, is_beyond) : -1;
    return beyond >= 0 ? beyond : falsified_column(matrix, sample_.suspects());
  }

 private:
  [[nodiscard]] bool suspicious() const { return beyond_ || !sample_.suspects().empty(); }

  bool automatic_;
  bool again_;
  bool doubles_;
  bool inexact_ = false;  ///< a value is no float
  bool beyond_ = false;   ///< a value is beyond all floats
  bool settled_ = false;  ///< the data are not small: nothing changes any more
  bool rounded_ = false;  ///< values have been rounded to float
  RoundingSample sample_;
};

}  // namespace sounder::detail
