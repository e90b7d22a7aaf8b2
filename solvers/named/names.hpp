// Where names from the command line become types. To add a loss, a penalty or an update policy, put
// it on its list here; a solver is a row of `solvers` and a branch in solve_loss.hpp, one that
// walks columns in solve_coordinates.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

#include <sounder/engine/shared/counting.hpp>
#include <sounder/engine/shared/locked.hpp>
#include <sounder/solvers/loss/hinge.hpp>
#include <sounder/solvers/loss/logistic.hpp>
#include <sounder/solvers/loss/squared.hpp>
#include <sounder/solvers/loss/squared_hinge.hpp>
#include <sounder/solvers/penalty/elastic_net.hpp>
#include <sounder/solvers/penalty/l1.hpp>
#include <sounder/solvers/penalty/l2.hpp>
#include <sounder/solvers/penalty/none.hpp>

namespace sounder {

template <class... Types>
struct TypeList {};

using Losses = TypeList<Logistic, Squared, SquaredHinge, Hinge>;
using Penalties = TypeList<L1, L2, ElasticNet, NoPenalty>;
using Updates = TypeList<Relaxed, Atomic, Locked>;
using CoordinateUpdates = TypeList<Relaxed, Atomic>;

template <class... Types>
[[nodiscard]] constexpr auto names_of(TypeList<Types...> /*list*/) {
  return std::array{Types::name...};
}

inline constexpr auto loss_names = names_of(Losses{});
inline constexpr auto penalty_names = names_of(Penalties{});
inline constexpr auto update_names = names_of(Updates{});
inline constexpr std::array<std::string_view, 7> solver_names = {
    "auto", "sgd", "hogwild", "cd", "shotgun", "block-greedy", "block-cd"};
/// Of these, the ones that walk columns: they take bounds, and smooth losses only.
inline constexpr std::array<std::string_view, 4> coordinate_solver_names = {
    "cd", "shotgun", "block-greedy", "block-cd"};
/// And those that run on virtual cores.
inline constexpr std::array<std::string_view, 3> virtual_solver_names = {"hogwild", "shotgun",
                                                                         "block-greedy"};
inline constexpr std::array<std::string_view, 3> block_kind_names = {"random", "clustered",
                                                                     "balanced"};

[[nodiscard]] inline bool is_coordinate_solver(std::string_view name) {
  return std::find(coordinate_solver_names.begin(), coordinate_solver_names.end(), name) !=
         coordinate_solver_names.end();
}
[[nodiscard]] inline bool is_virtual_solver(std::string_view name) {
  return std::find(virtual_solver_names.begin(), virtual_solver_names.end(), name) !=
         virtual_solver_names.end();
}

/// Calls `use(std::type_identity<T>{})` for the T of the list that has this name.
template <class Use, class First, class... Rest>
decltype(auto) with_type(TypeList<First, Rest...> /*list*/, std::string_view name, Use&& use) {
  if constexpr (sizeof...(Rest) > 0) {
    if (name != First::name) {
      return with_type(TypeList<Rest...>{}, name, use);
    }
  } else if (name != First::name) {
    throw std::invalid_argument("there is no '" + std::string(name) + "'");
  }
  return use(std::type_identity<First>{});
}

/// Calls `use(loss)` with the loss of this name.
template <class Use>
decltype(auto) with_loss(std::string_view name, Use&& use) {
  return with_type(Losses{}, name, [&](auto type) -> decltype(auto) {
    return use(typename decltype(type)::type{});
  });
}

/// Calls `use(penalty)`. An elastic net of one kind only is the penalty of that kind.
template <class Use>
decltype(auto) with_penalty(std::string_view name, double lambda, double l1_ratio, Use&& use) {
  if (name == L1::name || (name == ElasticNet::name && l1_ratio == 1.0)) {
    return use(L1{lambda});
  }
  if (name == L2::name || (name == ElasticNet::name && l1_ratio == 0.0)) {
    return use(L2{lambda});
  }
  if (name == ElasticNet::name) {
    return use(ElasticNet{lambda, l1_ratio});
  }
  return use(NoPenalty{});
}

/// Calls `use(std::type_identity<Update>{})` with the update policy of this name on the list, or
/// with its counting twin.
template <class List, class Use>
decltype(auto) with_update(List list, std::string_view name, bool counted, Use&& use) {
  return with_type(list, name, [&](auto type) -> decltype(auto) {
    using Update = typename decltype(type)::type;
    return counted ? use(std::type_identity<Counting<Update>>{}) : use(type);
  });
}

}  // namespace sounder
