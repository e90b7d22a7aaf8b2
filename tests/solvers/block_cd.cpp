#include <sounder/solvers/block_cd.hpp>

#include "solvers/coordinate.hpp"

namespace {

const auto solver = [](const auto& problem, const sounder::CoordinateOptions& options,
                       sounder::Trace& trace) {
  return sounder::block_cd(problem, options, trace);
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("block-cd reaches the optimum", "[block_cd]", sounder::test::SmoothPairs) {
  for (const sounder::Index blocks : {0, 1, 7}) {
    sounder::CoordinateOptions options;
    options.blocks = blocks;
    sounder::test::reaches_the_oracle<typename TestType::L, typename TestType::P>(solver, options);
  }
}
