// What the rows of a LIBSVM file begin with, and how their values are stored.
#pragma once

namespace sounder {

/// What precedes a row's features.
enum class Labels {
  weighted,  ///< `label` or `label:weight`
  plain,     ///< `label`; a `label:weight` is an error, because it also looks like a feature
  none,      ///< nothing: the first token is a feature, and a blank line is a row without features
};

/// How values are stored.
enum class Values {
  automatic,  ///< as floats, unless that would lose information: see read_libsvm
  floats,     ///< 4 bytes each, rounded to the nearest float; too large a value is an error
  doubles,    ///< 8 bytes each, rounded to the nearest double
};

namespace detail {

/// How the parser reads a line.
struct RowForm {
  Labels labels = Labels::weighted;
  bool floats = false;  ///< values are rounded to float at once
};

}  // namespace detail
}  // namespace sounder
