// ValueChoice: decides whether the values of a file are stored as floats or as doubles.
#pragma once

#include <sounder/datasets/libsvm_parser.hpp>
#include <sounder/datasets/row_form.hpp>
#include <sounder/datasets/value_array.hpp>
#include <sounder/datasets/value_rounding.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>

#include <vector>

namespace sounder::detail {

/// Sees the chunks of a file in order, and decides how `Values::automatic` stores their values.
///
/// Doubles as long as the data are small and not all values are floats. In larger data floats,
/// unless a column looks as if they would change its values too much. A file that cannot be read
/// again stays in doubles, and the whole of it decides at the end.
class ValueChoice {
 public:
  /// @param again whether the file could be read again in doubles, if floats prove wrong
  ValueChoice(Values wanted, bool again)
      : automatic_(wanted == Values::automatic), again_(again),
        doubles_(wanted == Values::doubles) {}

  /// How values are stored from this chunk on. @param entries so far, this chunk's included
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

  /// Whether floats changed the values too much, so that the file has to be read again.
  [[nodiscard]] bool falsified() const { return rounded_ && suspicious(); }

  /// A column for which the values of the whole file, stored as doubles, must stay doubles; -1 if
  /// floats are good enough, or the choice was not automatic.
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
  bool inexact_ = false;  ///< a value does not fit exactly into a float
  bool beyond_ = false;   ///< a value is too large for a float
  bool settled_ = false;  ///< the data are not small, and the decision is final
  bool rounded_ = false;  ///< values have been rounded to float
  RoundingSample sample_;
};

}  // namespace sounder::detail
