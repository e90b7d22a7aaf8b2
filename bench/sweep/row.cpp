#include <sounder/bench/sweep/row.hpp>

#include <sounder/datasets/parse_error.hpp>

#include <cstddef>

#include <sounder/bench/sweep/csv.hpp>

namespace sounder::sweep {
namespace {

template <auto Member>
constexpr auto field = [](Row& row) -> auto& {
  return row.*Member;
};

template <auto Member>
Column text(std::string_view name) {
  return {name, Column::Text(field<Member>)};
}
template <auto Member>
Column count(std::string_view name) {
  return {name, Column::Count(field<Member>)};
}
template <auto Member>
Column number(std::string_view name) {
  return {name, Column::Number(field<Member>)};
}

std::string written(const Column& column, Row& row) {
  if (const auto* as_text = std::get_if<Column::Text>(&column.field)) {
    return quoted((*as_text)(row));
  }
  if (const auto* as_count = std::get_if<Column::Count>(&column.field)) {
    return std::to_string((*as_count)(row));
  }
  return number_cell(std::get<Column::Number>(column.field)(row));
}

void read(const Column& column, const Cell& cell, const std::string& path, Row& row) {
  if (const auto* as_text = std::get_if<Column::Text>(&column.field)) {
    (*as_text)(row) = cell.text;
  } else if (const auto* as_count = std::get_if<Column::Count>(&column.field)) {
    (*as_count)(row) = static_cast<std::int64_t>(read_number(cell, path));
  } else {
    std::get<Column::Number>(column.field)(row) = read_number(cell, path);
  }
}

}  // namespace

const std::vector<Column>& columns() {
  static const std::vector<Column> all = {
      {"solver", [](Row& row) -> std::string& { return row.setting.solver; }},
      {"update", [](Row& row) -> std::string& { return row.setting.update; }},
      {"threads", [](Row& row) -> std::int64_t& { return row.setting.threads; }},
      count<&Row::repeat>("repeat"),
      number<&Row::seconds_to_target>("seconds_to_target"),
      number<&Row::epochs_to_target>("epochs_to_target"),
      number<&Row::epochs_per_second>("epochs_per_second"),
      number<&Row::speedup>("speedup"),
      number<&Row::statistical_efficiency>("statistical_efficiency"),
      number<&Row::hardware_efficiency>("hardware_efficiency"),
      number<&Row::collision_rate>("collision_rate"),
      number<&Row::retry_rate>("retry_rate"),
      number<&Row::lost_update_rate>("lost_update_rate"),
      number<&Row::staleness_mean>("staleness_mean"),
      number<&Row::staleness_p95>("staleness_p95"),
      number<&Row::staleness_max>("staleness_max"),
      text<&Row::status>("status"),
      text<&Row::kind>("kind"),
      count<&Row::oversubscribed>("oversubscribed"),
      number<&Row::own_speedup>("own_speedup"),
      number<&Row::objective>("objective"),
      number<&Row::relative_gap>("relative_gap"),
      count<&Row::epochs>("epochs"),
      number<&Row::seconds>("seconds"),
      count<&Row::parallel>("parallel"),
      count<&Row::seed>("seed"),
      number<&Row::balance>("balance"),
      number<&Row::predicted_seconds>("predicted_seconds"),
      number<&Row::predicted_speedup>("predicted_speedup"),
      text<&Row::problem>("problem"),
      text<&Row::machine>("machine"),
  };
  return all;
}

std::string to_csv(std::vector<Row> rows) {
  std::string out;
  for (const Column& column : columns()) {
    out.append(column.name).push_back(',');
  }
  out.back() = '\n';
  for (Row& row : rows) {
    for (const Column& column : columns()) {
      out.append(written(column, row)).push_back(',');
    }
    out.back() = '\n';
  }
  return out;
}

std::vector<Row> from_csv(const std::string& path, std::string_view text) {
  const std::vector<std::vector<Cell>> table = split_csv(path, text);
  if (table.empty()) {
    return {};
  }
  const auto complain = [&](std::size_t line, const std::string& what) {
    throw ParseError(path, static_cast<std::int64_t>(line), 1, what);
  };
  if (table.front().size() != columns().size()) {
    complain(1, "this is not the CSV of a sweep by this version; name another --csv");
  }
  for (std::size_t k = 0; k < columns().size(); ++k) {
    if (table.front()[k].text != columns()[k].name) {
      complain(1, "column '" + table.front()[k].text + "' is not '" +
                      std::string(columns()[k].name) + "'; name another --csv");
    }
  }
  std::vector<Row> rows;
  for (std::size_t line = 1; line < table.size(); ++line) {
    if (table[line].size() != columns().size()) {
      complain(line + 1, "the row has " + std::to_string(table[line].size()) + " cells, not " +
                             std::to_string(columns().size()));
    }
    Row& row = rows.emplace_back();
    for (std::size_t k = 0; k < columns().size(); ++k) {
      read(columns()[k], table[line][k], path, row);
    }
  }
  return rows;
}

}  // namespace sounder::sweep
