// Numbers as text for the user, independent of the locale.
#pragma once

#include <cstdint>
#include <string>

namespace sounder {

/// 1234567 as "1,234,567".
[[nodiscard]] std::string with_commas(std::int64_t number);

/// The shortest text that reads back as the same number.
[[nodiscard]] std::string shortest(double number);

/// `number` with this many significant digits (printf's %g).
[[nodiscard]] std::string digits(double number, int significant);

/// `number` with this many decimals (printf's %f).
[[nodiscard]] std::string decimals(double number, int places);

/// The text padded with spaces on the left to `width` characters.
[[nodiscard]] std::string right(const std::string& text, std::size_t width);

/// "1 row", "2 rows": the noun takes an s, a final y becomes ies.
[[nodiscard]] std::string count_of(std::int64_t number, const std::string& noun);

}  // namespace sounder
