#include "solvers/coordinate/coordinate_checks.hpp"
#include "solvers/coordinate/coordinate_solvers.hpp"

using namespace sounder;
using sounder::test::Pair;

namespace {

template <class TestPair>
void shotgun_reaches_the_oracle() {
  sounder::test::reaches_the_oracle<typename TestPair::L, typename TestPair::P>(
      sounder::test::by_shotgun);
}

}  // namespace

TEMPLATE_TEST_CASE("shotgun reaches the optimum", "[shotgun]", (Pair<Logistic, Bounded>),
                   (Pair<Squared, L1>)) {
  shotgun_reaches_the_oracle<TestType>();
}

TEMPLATE_TEST_CASE("shotgun reaches the optimum of other losses", "[shotgun][slow]",
                   (Pair<Squared, Bounded>), (Pair<SquaredHinge, Bounded>)) {
  shotgun_reaches_the_oracle<TestType>();
}
