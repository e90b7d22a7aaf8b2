#include <sounder/engine/base/multiversion.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include <sounder/engine/base/lane_sum.hpp>

#include "support/catch.hpp"

TEST_CASE("a loop compiled for AVX2 gives the bits of the plain one", "[multiversion]") {
  std::vector<double> z(1000);
  for (std::size_t i = 0; i < z.size(); ++i) {
    z[i] = 0.0173 * static_cast<double>(i * i % 997) - 8.0;
  }
  const auto term = [&](std::size_t i) {
    const double square = 0.1 + z[i] * z[i];
    return std::sqrt(square) + z[i] / square - std::max(0.3 * z[i], 1.0);
  };
  for (const std::size_t count : {0UL, 1UL, 7UL, 8UL, 63UL, 64UL, 65UL, 1000UL}) {
    CAPTURE(count);
    const auto sum = [&] { return sounder::lane_sum(count, term); };
    const double plain = sum();
    REQUIRE(sounder::multiversion(sum) == plain);
  }
}
