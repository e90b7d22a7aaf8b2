#include <sounder/solvers/shotgun.hpp>

#include <sounder/solvers/newton/newton_epochs.hpp>

#include "solvers/coordinate/coordinate_checks.hpp"

namespace {

const auto solver = [](const auto& problem, const sounder::CoordinateOptions& options,
                       sounder::Trace& trace) {
  return sounder::shotgun(problem, options, trace, sounder::newton_epochs);
};

}  // namespace

using namespace sounder;
using sounder::test::Pair;

TEMPLATE_TEST_CASE("shotgun reaches the optimum", "[shotgun]", (Pair<Squared, Bounded>),
                   (Pair<Logistic, Bounded>), (Pair<SquaredHinge, Bounded>), (Pair<Squared, L1>)) {
  sounder::test::reaches_the_oracle<typename TestType::L, typename TestType::P>(solver);
}
