// Where the names of losses and penalties become types. To add a penalty, put it on its list here.
#pragma once

#include <array>
#include <string_view>

#include <sounder/solvers/named/type_list.hpp>
#include <sounder/solvers/penalty/elastic_net.hpp>
#include <sounder/solvers/penalty/l1.hpp>
#include <sounder/solvers/penalty/l2.hpp>
#include <sounder/solvers/penalty/none.hpp>

#include "loss_list.hpp"

namespace sounder {

using Penalties = TypeList<L1, L2, ElasticNet, NoPenalty>;

inline constexpr auto loss_names = names_of(Losses{});
inline constexpr auto penalty_names = names_of(Penalties{});
inline constexpr std::array<std::string_view, 3> update_names = {"relaxed", "atomic", "locked"};
inline constexpr std::array<std::string_view, 3> block_kind_names = {"random", "clustered",
                                                                     "balanced"};

/// Calls `use(loss)` with the loss of this name.
template <class Use>
decltype(auto) with_loss(std::string_view name, Use&& use) {
  return with_type(Losses{}, name, [&](auto type) -> decltype(auto) {
    return use(typename decltype(type)::type{});
  });
}

/// Whether a loss of this name has no corner.
[[nodiscard]] inline bool is_smooth_loss(std::string_view name) {
  return with_loss(name, [](auto loss) { return decltype(loss)::smooth; });
}

/// Its formula in y and z.
[[nodiscard]] inline std::string_view loss_formula(std::string_view name) {
  return with_loss(name, [](auto loss) { return decltype(loss)::formula; });
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

}  // namespace sounder
