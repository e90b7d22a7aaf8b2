#include "solvers/stochastic/hogwild_checks.hpp"

TEMPLATE_LIST_TEST_CASE("hogwild reaches the optimum of squared loss", "[hogwild]",
                        sounder::test::Penalties) {
  sounder::test::reaches_the_optimum<sounder::Squared, TestType>();
}
