// Every loss and every penalty; property tests run over all of them. The losses are those of the
// library's table; add a new penalty here.
#pragma once

#include <sounder/engine/base/type_list.hpp>
#include <sounder/solvers/penalty/bounded.hpp>
#include <sounder/solvers/penalty/elastic_net.hpp>
#include <sounder/solvers/penalty/l1.hpp>
#include <sounder/solvers/penalty/l2.hpp>
#include <sounder/solvers/penalty/none.hpp>

#include <cmath>
#include <tuple>
#include <type_traits>
#include <vector>

#include "loss_list.hpp"
#include "solvers/problem/own_parts.hpp"

namespace sounder::test {

using mine::Berhu;
using mine::Prior;

namespace detail {

template <class L>
using IfSmooth = std::conditional_t<L::smooth, std::tuple<L>, std::tuple<>>;

template <class... Types>
std::tuple<Types...> as_tuple(TypeList<Types...>);
template <class... Types>
decltype(std::tuple_cat(IfSmooth<Types>{}...)) smooth_of(TypeList<Types...>);

}  // namespace detail

using LibraryLosses = decltype(detail::as_tuple(sounder::Losses{}));
using Losses = decltype(std::tuple_cat(LibraryLosses{}, std::tuple<mine::Huber>{}));
using SmoothLosses = decltype(detail::smooth_of(sounder::Losses{}));
using Penalties = std::tuple<NoPenalty, L1, L2, ElasticNet>;  ///< accepted by every solver
using AllPenalties = std::tuple<NoPenalty, L1, L2, ElasticNet, Bounded, Prior, Berhu>;

template <class LossType, class PenaltyType>
struct Pair {
  using L = LossType;
  using P = PenaltyType;
};

namespace detail {

template <class P, class... Types>
std::tuple<Pair<Types, P>...> with_penalty(TypeList<Types...>);

}  // namespace detail

template <class P>
using WithEveryLoss = decltype(detail::with_penalty<P>(sounder::Losses{}));

using OwnPairs = std::tuple<Pair<mine::Huber, L1>, Pair<Logistic, Prior>, Pair<Logistic, Berhu>,
                            Pair<mine::Huber, Berhu>>;

/// Every loss with every penalty of the library, and a user's own.
using Pairs =
    decltype(std::tuple_cat(WithEveryLoss<NoPenalty>{}, WithEveryLoss<L1>{}, WithEveryLoss<L2>{},
                            WithEveryLoss<ElasticNet>{}, WithEveryLoss<Bounded>{}, OwnPairs{}));

/// A penalty of its kind and strength lambda; `rho` is the mix of an elastic net, bounded from one
/// side or not at all.
template <class P>
[[nodiscard]] P make_penalty(double lambda, double rho = 0.5) {
  if constexpr (std::is_same_v<P, ElasticNet>) {
    return {lambda, rho};
  } else if constexpr (std::is_same_v<P, Bounded>) {
    return {.l1_strength = lambda * rho, .l2_strength = lambda * (1.0 - rho), .lower = -0.25};
  } else if constexpr (std::is_same_v<P, Prior>) {
    return {.rows = 2.0,
            .scale = 0.5 / (lambda * rho),
            .sigma = std::sqrt(0.5 / (lambda * (1.0 - rho)))};
  } else if constexpr (std::is_same_v<P, NoPenalty>) {
    return {};
  } else {
    return {lambda};
  }
}

/// Targets that the loss is made for.
template <class L>
[[nodiscard]] std::vector<double> some_targets() {
  return L::classification ? std::vector<double>{-1.0, 1.0}
                           : std::vector<double>{-30.0, -1.0, 0.0, 0.5, 2.0};
}

}  // namespace sounder::test
