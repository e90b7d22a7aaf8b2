#include <sounder/engine/base/array.hpp>

#include <cstdint>
#include <utility>
#include <vector>

#include "support/catch.hpp"

using sounder::Array;

namespace {

/// Neither a power of two wide nor zero when made.
struct Triple {
  std::int16_t a = 1;
  std::int16_t b = 2;
  std::int16_t c = 3;

  friend bool operator==(const Triple&, const Triple&) = default;
};

template <class T>
std::vector<T> listed(const Array<T>& array) {
  return {array.begin(), array.end()};
}

}  // namespace

TEST_CASE("an array holds what was put in, as a vector does", "[array]") {
  Array<int> array;
  std::vector<int> expected;
  REQUIRE(array.empty());
  for (int k = 0; k < 1000; ++k) {
    array.push_back(k * k);
    expected.push_back(k * k);
    REQUIRE(array.back() == k * k);
  }
  REQUIRE(listed(array) == expected);
  array.pop_back();
  array.cut(900);
  expected.resize(900);
  REQUIRE(listed(array) == expected);
  array.resize(950);
  expected.resize(950);
  REQUIRE(listed(array) == expected);
  array.resize(2000, 7);
  expected.resize(2000, 7);
  REQUIRE(listed(array) == expected);
  REQUIRE(array.front() == 0);
  array.clear();
  REQUIRE(array.size() == 0);
}

TEST_CASE("new values are those of T(), or the one that is given, whatever their width",
          "[array]") {
  for (const std::size_t count : {0U, 1U, 2U, 3U, 681U, 682U, 683U, 1365U, 5000U}) {
    CAPTURE(count);
    REQUIRE(listed(Array<Triple>(count)) == std::vector<Triple>(count));
    REQUIRE(listed(Array<Triple>(count, {4, 5, 6})) == std::vector<Triple>(count, {4, 5, 6}));
    REQUIRE(listed(Array<double>(count)) == std::vector<double>(count));
    REQUIRE(listed(Array<char>(count, 'x')) == std::vector<char>(count, 'x'));
    Array<Triple> array(2, {7, 8, 9});
    array.assign(count, {1, 0, 1});
    REQUIRE(listed(array) == std::vector<Triple>(count, {1, 0, 1}));
  }
}

TEST_CASE("copies are deep, moves leave nothing behind that matters", "[array]") {
  Array<double> one{1.0, 2.0, 3.0};
  Array<double> other = one;
  other[0] = 5.0;
  REQUIRE(one[0] == 1.0);
  REQUIRE_FALSE(one == other);
  other = one;
  REQUIRE(one == other);
  other = *&other;
  REQUIRE(one == other);
  const double* const place = other.data();
  Array<double> moved = std::move(other);
  REQUIRE(moved.data() == place);
  REQUIRE(moved == one);
  moved = Array<double>(4, 1.0);
  REQUIRE(listed(moved) == std::vector<double>(4, 1.0));
}

TEST_CASE("an array may be given its own values", "[array]") {
  Array<int> array{1, 2, 3, 4, 5, 6, 7, 8};
  for (int k = 0; k < 100; ++k) {
    array.push_back(array[1]);  // also when it has to move
  }
  REQUIRE(array.size() == 108);
  REQUIRE(array.back() == 2);
  array.assign(std::span<const int>(array).subspan(2, 4));
  REQUIRE(listed(array) == std::vector<int>{3, 4, 5, 6});
  array.assign(std::span<const int>());
  REQUIRE(array.empty());
}

TEST_CASE("reserve and cut move nothing that stays", "[array]") {
  Array<int> array;
  array.reserve(100);
  const int* const place = array.data();
  for (int k = 0; k < 100; ++k) {
    array.push_back(k);
  }
  REQUIRE(array.data() == place);
  array.cut(3);
  REQUIRE(array.data() == place);
  REQUIRE(listed(array) == std::vector<int>{0, 1, 2});
}
