#include <sounder/solvers/shotgun.hpp>

#include "solvers/coordinate.hpp"

namespace {

const auto solver = [](const auto& problem, const sounder::CoordinateOptions& options,
                       sounder::Trace& trace) { return sounder::shotgun(problem, options, trace); };

}  // namespace

TEMPLATE_LIST_TEST_CASE("shotgun reaches the optimum", "[shotgun]", sounder::test::SmoothPairs) {
  sounder::test::reaches_the_oracle<typename TestType::L, typename TestType::P>(solver);
}
