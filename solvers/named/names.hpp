// Turns the names of losses and penalties into types. To add a penalty, put it on the list here.
#pragma once

#include <array>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <sounder/engine/base/type_list.hpp>
#include <sounder/solvers/dual/dual_step.hpp>
#include <sounder/solvers/multipliers/rounded_hinge.hpp>
#include <sounder/solvers/penalty/elastic_net.hpp>
#include <sounder/solvers/penalty/l1.hpp>
#include <sounder/solvers/penalty/l2.hpp>
#include <sounder/solvers/penalty/none.hpp>

#include "loss_list.hpp"

namespace sounder {

using Penalties = TypeList<L1, L2, ElasticNet, NoPenalty>;

inline constexpr auto loss_names = names_of(Losses{});
inline constexpr auto penalty_names = names_of(Penalties{});
inline constexpr std::array<std::string_view, 4> update_names = {"relaxed", "atomic", "locked",
                                                                 "exact"};
inline constexpr std::array<std::string_view, 3> block_kind_names = {"random", "clustered",
                                                                     "balanced"};

/// What is known about a loss by its name.
struct LossRow {
  std::string_view name;            ///< value of --loss
  std::string_view formula;         ///< in y, z and the parameter's name
  bool smooth = true;               ///< has no corner
  bool rounded = false;             ///< is a CornerLoss
  bool hinge = false;               ///< is zero beyond a margin
  bool has_dual_steps = false;      ///< is a DualLoss
  bool classification = true;       ///< targets are +1 and -1
  std::string_view parameter = {};  ///< set by --NAME-PARAMETER; empty: the loss has none
  std::string_view parameter_help = {};
  double parameter_default = 0.0;

  /// The option of the command line that sets the parameter.
  [[nodiscard]] std::string parameter_option() const {
    return std::string(name) + "-" + std::string(parameter);
  }
};

namespace detail {

template <class L>
[[nodiscard]] constexpr LossRow loss_row_of() {
  LossRow row{.name = L::name,
              .formula = L::formula,
              .smooth = L::smooth,
              .rounded = CornerLoss<L>,
              .hinge = is_hinge<L>,
              .has_dual_steps = DualLoss<L>,
              .classification = L::classification};
  if constexpr (requires { L::parameter; }) {
    row.parameter = L::parameter;
    row.parameter_help = L::parameter_help;
    row.parameter_default = L{}.parameter_value();
  }
  return row;
}
template <class... Types>
[[nodiscard]] constexpr auto loss_rows_of(TypeList<Types...> /*list*/) {
  return std::array{loss_row_of<Types>()...};
}

}  // namespace detail

/// The table of losses.
inline constexpr auto loss_rows = detail::loss_rows_of(Losses{});

/// The row of this name. @throws std::invalid_argument if there is none
[[nodiscard]] inline const LossRow& loss_row(std::string_view name) {
  for (const LossRow& row : loss_rows) {
    if (row.name == name) {
      return row;
    }
  }
  throw std::invalid_argument("there is no loss '" + std::string(name) + "'");
}

/// Calls `use(loss)` with the loss of this name, and with the parameter if one is given.
template <class Use>
decltype(auto) with_loss(std::string_view name, std::optional<double> parameter, Use&& use) {
  return with_type(Losses{}, name, [&](auto type) -> decltype(auto) {
    using L = typename decltype(type)::type;
    L loss{};
    if constexpr (requires { L::parameter; }) {
      loss = L::with_parameter(parameter.value_or(loss.parameter_value()));
    }
    return use(loss);
  });
}

/// Calls `use(penalty)`. An elastic net with one part only becomes the penalty of that part.
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
