// What is known of a solver by its name: a row of the table of solvers.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace sounder {

/// Which way a solver goes through the data, and so whose options it takes.
enum class Family : std::uint8_t {
  rows,     ///< SgdOptions; any penalty of the table
  columns,  ///< CoordinateOptions; any penalty, and bounds
};

/// Everything but the function: help, refusals, plans of sweeps and README's table are made of it.
struct SolverRow {
  std::string_view name;            ///< of --solver
  Family family = Family::rows;     ///< see there
  bool smooth_losses_only = false;  ///< a hinge's corner would hold it
  bool one_thread = false;          ///< whatever --threads says
  bool runs_to_a_gap = false;       ///< by default; else the papers' number of epochs
  bool swept = false;               ///< by `sounder sweep`, unless told otherwise
  std::span<const std::string_view> options = {};  ///< of those that not every solver takes
  double (*bytes_a_column)(int threads) =
      nullptr;                    ///< vectors that are there at the same time, at the leanest
  std::string_view help;          ///< what it is, in a clause of --help
  std::string_view method;        ///< what it is, in README
  std::string_view threads;       ///< how many it uses, in README
  bool on_virtual_cores = false;  ///< `sounder sweep --virtual` replays it
  std::span<const std::string_view> updates = {};  ///< how its workers may meet, the default
                                                   ///< first; none: they share nothing

  /// How its workers meet unless told otherwise.
  [[nodiscard]] std::string_view default_update() const noexcept {
    return updates.empty() ? "plain" : updates.front();
  }
  /// Whether it takes this option of the command line, or this update policy. @{
  [[nodiscard]] bool takes(std::string_view option) const noexcept;
  [[nodiscard]] bool takes_update(std::string_view update) const noexcept;
  /// @}
};

/// Memory a column that laying the data out by columns takes at least: pointers, a histogram a
/// thread, a thread's places to write to; later pointers, norms and a vector.
[[nodiscard]] constexpr double bytes_a_column_by_columns(int threads) noexcept {
  return 12.0 + 4.0 * threads > 24.0 ? 12.0 + 4.0 * threads : 24.0;
}

/// The table, in the order in which it is shown.
[[nodiscard]] std::span<const SolverRow> solver_rows();

/// @throws std::invalid_argument if there is none of this name
[[nodiscard]] const SolverRow& solver_row(std::string_view name);

/// Names of the solvers for which a condition holds, in the order of the table.
template <class Holds>
[[nodiscard]] std::vector<std::string_view> solver_names_where(Holds&& holds) {
  std::vector<std::string_view> names;
  for (const SolverRow& row : solver_rows()) {
    if (holds(row)) {
      names.push_back(row.name);
    }
  }
  return names;
}

}  // namespace sounder
