// Reads and writes cells of a sweep's CSV files (RFC 4180).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sounder::sweep {

/// One cell, and its place for errors.
struct Cell {
  std::string text;
  std::int64_t line = 1;
  std::int64_t column = 1;  ///< column of its first character
};

/// The cells of every line that is not empty. A quoted cell may hold commas and doubled quotes, but
/// no line ends. @throws ParseError
[[nodiscard]] std::vector<std::vector<Cell>> split_csv(const std::string& path,
                                                       std::string_view text);

/// The text, in quotes if it needs them.
[[nodiscard]] std::string quoted(const std::string& text);

/// The shortest text that reads back as the same number; empty if it is not finite.
[[nodiscard]] std::string number_cell(double number);

/// The number in a cell; NaN if the cell is empty. @throws ParseError
[[nodiscard]] double read_number(const Cell& cell, const std::string& path);

}  // namespace sounder::sweep
