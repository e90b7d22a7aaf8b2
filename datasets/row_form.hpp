// What a LIBSVM file's rows begin with, and how their values are kept.
#pragma once

namespace sounder {

/// What stands in front of a row's features.
enum class Labels {
  weighted,  ///< `label` or `label:weight`
  plain,     ///< `label`; a `label:weight` is an error, since it looks like a feature as well
  none,      ///< nothing: the first token is a feature, and a row without features a blank line
};

/// How values are kept.
enum class Values {
  automatic,  ///< as floats, unless that would take from what the data say: see read_libsvm
  floats,     ///< 4 bytes each, rounded to the nearest float; beyond the largest float an error
  doubles,    ///< 8 bytes each, rounded to the nearest double
};

namespace detail {

/// How the parser takes a line.
struct RowForm {
  Labels labels = Labels::weighted;
  bool floats = false;  ///< values are rounded to float at once
};

}  // namespace detail
}  // namespace sounder
