#include "solvers/coordinate/coordinate_checks.hpp"
#include "solvers/coordinate/coordinate_solvers.hpp"

using namespace sounder;
using sounder::test::Pair;

TEMPLATE_TEST_CASE("block-greedy reaches the optimum", "[block_greedy]", (Pair<Logistic, Bounded>),
                   (Pair<Logistic, ElasticNet>)) {
  sounder::test::reaches_the_oracle_in_blocks<TestType>(sounder::test::by_greed, 0);
}

TEMPLATE_TEST_CASE("block-greedy reaches the optimum of other losses", "[block_greedy][slow]",
                   (Pair<Squared, Bounded>), (Pair<SquaredHinge, Bounded>)) {
  sounder::test::reaches_the_oracle_in_blocks<TestType>(sounder::test::by_greed, 0);
}

TEMPLATE_TEST_CASE("block-greedy reaches the optimum with one block, and with seven",
                   "[block_greedy][slow]", (Pair<Squared, Bounded>), (Pair<Logistic, Bounded>),
                   (Pair<SquaredHinge, Bounded>), (Pair<Logistic, ElasticNet>)) {
  for (const sounder::Index blocks : {1, 7}) {
    sounder::test::reaches_the_oracle_in_blocks<TestType>(sounder::test::by_greed, blocks);
  }
}
