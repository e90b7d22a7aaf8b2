// The one list of losses and the one list of penalties; properties run over all of them. A new
// loss or penalty is added here and nowhere else in the tests.
#pragma once

#include <sounder/solvers/loss/hinge.hpp>
#include <sounder/solvers/loss/logistic.hpp>
#include <sounder/solvers/loss/squared.hpp>
#include <sounder/solvers/loss/squared_hinge.hpp>
#include <sounder/solvers/penalty/bounded.hpp>
#include <sounder/solvers/penalty/elastic_net.hpp>
#include <sounder/solvers/penalty/l1.hpp>
#include <sounder/solvers/penalty/l2.hpp>
#include <sounder/solvers/penalty/none.hpp>

#include <cmath>
#include <tuple>
#include <vector>

#include "solvers/problem/own_parts.hpp"

namespace sounder::test {

using mine::Berhu;
using mine::Huber;
using mine::Prior;

using Losses = std::tuple<Squared, Logistic, SquaredHinge, Hinge, Huber>;
using SmoothLosses = std::tuple<Squared, Logistic, SquaredHinge>;
using Penalties = std::tuple<NoPenalty, L1, L2, ElasticNet>;  ///< that every solver takes
using AllPenalties = std::tuple<NoPenalty, L1, L2, ElasticNet, Bounded, Prior, Berhu>;

template <class LossType, class PenaltyType>
struct Pair {
  using L = LossType;
  using P = PenaltyType;
};

template <class P>
using WithEveryLoss =
    std::tuple<Pair<Squared, P>, Pair<Logistic, P>, Pair<SquaredHinge, P>, Pair<Hinge, P>>;

using OwnPairs =
    std::tuple<Pair<Huber, L1>, Pair<Logistic, Prior>, Pair<Logistic, Berhu>, Pair<Huber, Berhu>>;

/// Every loss of the library with every penalty of it; and what a user wrote.
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
