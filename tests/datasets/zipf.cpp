#include <sounder/datasets/zipf.hpp>

#include <cmath>
#include <limits>
#include <vector>

#include "support/catch.hpp"

using sounder::Index;
using sounder::RandomStream;
using sounder::ZipfDistribution;

TEST_CASE("ranks are as frequent as Zipf's law says", "[zipf]") {
  const int draws = 200'000;
  for (const double exponent : {0.0, 0.5, 1.0, 1.1, 2.0, 5.0}) {
    for (const Index count : {1, 2, 50}) {
      CAPTURE(exponent, count);
      const ZipfDistribution zipf(count, exponent);
      RandomStream random(3);
      std::vector<int> seen(static_cast<std::size_t>(count));
      for (int k = 0; k < draws; ++k) {
        seen.at(static_cast<std::size_t>(zipf(random)))++;
      }
      double total = 0.0;
      for (Index r = 0; r < count; ++r) {
        total += std::pow(r + 1.0, -exponent);
      }
      for (Index r = 0; r < count; ++r) {
        const double expected = draws * std::pow(r + 1.0, -exponent) / total;
        CAPTURE(r);
        REQUIRE(seen[static_cast<std::size_t>(r)] ==
                Approx(expected).margin(5.0 * std::sqrt(expected) + 1.0));
      }
    }
  }
}

TEST_CASE("a vocabulary as large as an index can count is drawn from at once", "[zipf]") {
  const Index count = std::numeric_limits<Index>::max();
  const ZipfDistribution zipf(count, 0.5);
  RandomStream random(1);
  int upper_half = 0;
  for (int k = 0; k < 10'000; ++k) {
    const Index rank = zipf(random);
    REQUIRE(rank >= 0);
    REQUIRE(rank < count);
    upper_half += rank >= count / 2 ? 1 : 0;
  }
  REQUIRE(upper_half == Approx(10'000 * (1.0 - std::sqrt(0.5))).margin(250));
}

TEST_CASE("Zipf's law refuses senseless parameters", "[zipf]") {
  REQUIRE_THROWS_WITH(ZipfDistribution(0, 1.0), Catch::Contains("at least one rank"));
  REQUIRE_THROWS_WITH(ZipfDistribution(5, -1.0), Catch::Contains("exponent"));
  REQUIRE_THROWS_WITH(ZipfDistribution(5, std::nan("")), Catch::Contains("exponent"));
}
