#include <sounder/solvers/named/solver_row.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <tuple>

#include <sounder/solvers/named/solver_table.hpp>

namespace sounder {
namespace {

bool holds(std::span<const std::string_view> words, std::string_view word) noexcept {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr auto rows =
    std::apply([](const auto&... entries) { return std::array{entries.row...}; },
               std::tuple_cat(row_solvers, dual_solvers, hessian_solvers, column_solvers));

}  // namespace

bool SolverRow::takes(std::string_view option) const noexcept {
  return holds(options, option);
}

bool SolverRow::takes_update(std::string_view update) const noexcept {
  return holds(updates, update);
}

std::span<const SolverRow> solver_rows() {
  return rows;
}

const SolverRow& solver_row(std::string_view name) {
  for (const SolverRow& row : rows) {
    if (row.name == name) {
      return row;
    }
  }
  throw std::invalid_argument("there is no solver '" + std::string(name) + "'");
}

}  // namespace sounder
