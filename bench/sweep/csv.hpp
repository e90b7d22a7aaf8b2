// Cells of CSV files (RFC 4180), as a sweep writes and reads them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sounder::sweep {

/// One cell, and its place for an error.
struct Cell {
  std::string text;
  std::int64_t line = 1;
  std::int64_t column = 1;  ///< of its first character
};

/// The cells of every line that is not empty. A quoted cell may hold commas and doubled quotes, no
/// line ends. @throws ParseError
[[nodiscard]] std::vector<std::vector<Cell>> split_csv(const std::string& path,
                                                       std::string_view text);

/// In quotes where it needs them.
[[nodiscard]] std::string quoted(const std::string& text);

/// The shortest text that reads back as the same number; nothing if it is not finite.
[[nodiscard]] std::string number_cell(double number);

/// NaN if the cell is empty. @throws ParseError
[[nodiscard]] double read_number(const Cell& cell, const std::string& path);

}  // namespace sounder::sweep
