#include <sounder/engine/base/random.hpp>

#include <array>

#include "support/catch.hpp"

using sounder::RandomStream;

TEST_CASE("a draw depends on seed, stream and counter alone", "[random]") {
  RandomStream stream(7, 3);
  for (std::uint64_t k = 0; k < 10; ++k) {
    REQUIRE(stream() == RandomStream(7, 3).at(k));
  }
  REQUIRE(RandomStream(7, 3).at(0) != RandomStream(7, 4).at(0));
  REQUIRE(RandomStream(7, 3).at(0) != RandomStream(8, 3).at(0));
}

TEST_CASE("integers below a bound are uniform, normals have mean 0 and variance 1", "[random]") {
  RandomStream stream(1);
  std::array<int, 7> counts{};
  for (int k = 0; k < 70'000; ++k) {
    counts[stream.below(7)]++;
  }
  for (const int count : counts) {
    REQUIRE(count == Approx(10'000).margin(500));
  }
  double sum = 0.0;
  double squares = 0.0;
  constexpr int draws = 100'000;
  for (int k = 0; k < draws; ++k) {
    const double x = stream.normal();
    sum += x;
    squares += x * x;
  }
  REQUIRE(sum / draws == Approx(0.0).margin(0.02));
  REQUIRE(squares / draws == Approx(1.0).margin(0.02));
}
