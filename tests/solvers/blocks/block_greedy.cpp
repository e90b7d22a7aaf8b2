#include <sounder/solvers/block_greedy.hpp>

#include <sounder/solvers/newton/newton_epochs.hpp>

#include "solvers/coordinate/coordinate_checks.hpp"

namespace {

const auto solver = [](const auto& problem, const sounder::CoordinateOptions& options,
                       sounder::Trace& trace) {
  return sounder::block_greedy(problem, options, trace, sounder::newton_epochs);
};

}  // namespace

using namespace sounder;
using sounder::test::Pair;

TEMPLATE_TEST_CASE("block-greedy reaches the optimum", "[block_greedy]", (Pair<Squared, Bounded>),
                   (Pair<Logistic, Bounded>), (Pair<SquaredHinge, Bounded>),
                   (Pair<Logistic, ElasticNet>)) {
  sounder::test::reaches_the_oracle_in_blocks<TestType>(solver, 0);
}

TEMPLATE_TEST_CASE("block-greedy reaches the optimum with one block, and with seven",
                   "[block_greedy][slow]", (Pair<Squared, Bounded>), (Pair<Logistic, Bounded>),
                   (Pair<SquaredHinge, Bounded>), (Pair<Logistic, ElasticNet>)) {
  for (const sounder::Index blocks : {1, 7}) {
    sounder::test::reaches_the_oracle_in_blocks<TestType>(solver, blocks);
  }
}
