// What is known about a solver by its name: a row of the table of solvers.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <sounder/engine/shared/shared_vector.hpp>

namespace sounder {

/// Whether a solver goes through the data by rows or by columns; decides which options it takes.
enum class Family : std::uint8_t {
  rows,      ///< SgdOptions; any penalty of the table
  columns,   ///< CoordinateOptions; any penalty, and bounds
  duals,     ///< goes by the samples' dual variables; options are DualOptions; an l2 penalty alone
  hessians,  ///< second derivatives of all coefficients; NewtonOptions; an l2 penalty alone
};

/// All facts about a solver except the function. Help, error messages, plans of sweeps and README's
/// table are made from it.
struct SolverRow {
  std::string_view name;            ///< value of --solver
  Family family = Family::rows;     ///< whose options it takes
  bool smooth_losses_only = false;  ///< the corner of a hinge would stop it too early
  bool rounds_corners = false;      ///< but takes a loss whose corner can be rounded
  bool l2_only = false;             ///< takes no other penalty
  bool runs_to_a_gap = false;  ///< stops at a gap by default; otherwise after the papers' number of
                               ///< epochs
  bool swept = false;          ///< part of `sounder sweep` by default
  std::span<const std::string_view> options = {};  ///< options it takes of those that not every
                                                   ///< solver has
  double (*bytes_a_column)(int threads) =
      nullptr;                    ///< bytes of all vectors that exist at the same time, at least
  std::string_view help;          ///< a clause for --help
  std::string_view method;        ///< description in README
  std::string_view threads;       ///< number of threads, in README
  bool on_virtual_cores = false;  ///< `sounder sweep --virtual` replays it
  std::span<const std::string_view> updates = {};  ///< policies of its workers, the default first;
                                                   ///< none: they share nothing

  /// The update policy that it uses by default.
  [[nodiscard]] std::string_view default_update() const noexcept {
    return updates.empty() ? "plain" : updates.front();
  }
  /// Whether it takes a loss, by what LossRow says of it.
  [[nodiscard]] constexpr bool takes_loss(bool smooth, bool rounded) const noexcept {
    return smooth || !smooth_losses_only || (rounds_corners && rounded);
  }
  /// Whether it takes this option of the command line, or this update policy. @{
  [[nodiscard]] bool takes(std::string_view option) const noexcept;
  [[nodiscard]] bool takes_update(std::string_view update) const noexcept;
  /// @}
};

/// Bytes a column that it takes at least to lay the data out by columns: first pointers, a
/// histogram a thread and each thread's places to write to; later pointers, norms and a vector.
[[nodiscard]] constexpr double bytes_a_column_by_columns(int threads) noexcept {
  return 12.0 + 4.0 * threads > 24.0 ? 12.0 + 4.0 * threads : 24.0;
}

/// Whether a run by this solver gives the same bits again: its workers do not race, or there is
/// only one.
[[nodiscard]] constexpr bool is_repeatable(const SolverRow& row, std::string_view update,
                                           int threads) noexcept {
  return row.updates.empty() || update == Exact::name || threads == 1;
}

/// The table, in the order in which it is shown.
[[nodiscard]] std::span<const SolverRow> solver_rows();

/// The row of this name. @throws std::invalid_argument if there is none
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
