#include <sounder/bench/sweep/csv.hpp>

#include <sounder/datasets/parse_error.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

#include <sounder/solvers/output/text.hpp>

namespace sounder::sweep {
namespace {

/// The cell that begins at `place`; moves `place` behind it.
Cell next_cell(std::string_view line, std::int64_t number, std::size_t& place,
               const std::string& path) {
  Cell cell{{}, number, static_cast<std::int64_t>(place) + 1};
  if (place == line.size() || line[place] != '"') {
    const std::size_t end = std::min(line.find(',', place), line.size());
    cell.text = line.substr(place, end - place);
    place = end;
    return cell;
  }
  for (++place; place < line.size(); ++place) {
    if (line[place] == '"') {
      if (place + 1 == line.size() || line[place + 1] != '"') {
        ++place;
        return cell;
      }
      ++place;
    }
    cell.text += line[place];
  }
  throw ParseError(path, number, cell.column, "a quote is not closed");
}

}  // namespace

std::vector<std::vector<Cell>> split_csv(const std::string& path, std::string_view text) {
  std::vector<std::vector<Cell>> table;
  for (std::int64_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    if (line.empty()) {
      continue;
    }
    std::vector<Cell>& cells = table.emplace_back();
    std::size_t place = 0;
    cells.push_back(next_cell(line, number, place, path));
    while (place < line.size()) {
      if (line[place] != ',') {
        throw ParseError(path, number, static_cast<std::int64_t>(place) + 1, "a comma is missing");
      }
      cells.push_back(next_cell(line, number, ++place, path));
    }
  }
  return table;
}

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) {
    return text;
  }
  std::string out = "\"";
  for (const char c : text) {
    out += c == '"' ? "\"\"" : c == '\n' ? " " : std::string(1, c);
  }
  return out + '"';
}

std::string number_cell(double number) {
  return std::isfinite(number) ? shortest(number) : "";
}

double read_number(const Cell& cell, const std::string& path) {
  if (cell.text.empty()) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  double value = 0.0;
  const char* const last = cell.text.data() + cell.text.size();
  const auto [end, error] = std::from_chars(cell.text.data(), last, value);
  if (error != std::errc() || end != last) {
    throw ParseError(path, cell.line, cell.column, "'" + cell.text + "' is not a number");
  }
  return value;
}

}  // namespace sounder::sweep
