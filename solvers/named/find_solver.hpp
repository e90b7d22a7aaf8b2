// From the names of a solver and an update policy to the call.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>

#include <sounder/engine/base/type_list.hpp>
#include <sounder/engine/shared/counting.hpp>
#include <sounder/engine/shared/locked.hpp>
#include <sounder/engine/shared/shared_vector.hpp>
#include <sounder/solvers/named/solve.hpp>
#include <sounder/solvers/named/solver_table.hpp>

namespace sounder {
namespace detail {

/// Calls `use(entry)` with the entry of a tuple that has this name.
template <std::size_t K = 0, class Table, class Use>
auto with_entry(const Table& table, const std::string& name, Use&& use) {
  if constexpr (K + 1 < std::tuple_size_v<Table>) {
    if (std::get<K>(table).row.name != name) {
      return with_entry<K + 1>(table, name, use);
    }
  } else if (std::get<K>(table).row.name != name) {
    throw std::invalid_argument("there is no solver '" + name + "' of this kind");
  }
  return use(std::get<K>(table));
}

/// Calls `use(std::type_identity<Update>{})` with the policy that the request names, or with its
/// counting twin. Only policies on the solver's list are compiled.
template <class Entry, class Use>
auto with_update(const Entry& /*entry*/, const SolveRequest& request, Use&& use) {
  if constexpr (std::is_same_v<typename Entry::Updates, TypeList<>>) {
    return use(std::type_identity<Plain>{});
  } else {
    return with_type(typename Entry::Updates{}, request.update, [&](auto type) {
      using Update = typename decltype(type)::type;
      if constexpr (Entry::counts) {
        if (request.counted) {
          return use(std::type_identity<Counting<Update>>{});
        }
      }
      return use(type);
    });
  }
}

}  // namespace detail

/// Calls `use(run, std::type_identity<Update>{})` for the solver of a table and the update policy
/// that the request names.
/// @throws std::invalid_argument if the table has no such solver
template <class Table, class Use>
auto with_solver(const Table& table, const SolveRequest& request, Use&& use) {
  return detail::with_entry(table, request.solver, [&](const auto& entry) {
    return detail::with_update(entry, request, [&](auto update) { return use(entry.run, update); });
  });
}

/// Calls `use(replay)` for the solver of a table that the request names.
/// @throws std::invalid_argument if the solver does not run on virtual cores
template <class Table, class Use>
VirtualRun with_replay(const Table& table, const SolveRequest& request, Use&& use) {
  return detail::with_entry(table, request.solver, [&](const auto& entry) -> VirtualRun {
    if constexpr (std::is_same_v<std::decay_t<decltype(entry.replay)>, NoReplay>) {
      throw std::invalid_argument("the solver " + request.solver + " has no virtual cores");
    } else {
      return use(entry.replay);
    }
  });
}

}  // namespace sounder
