#include <sounder/datasets/number_text.hpp>
#include <sounder/engine/base/random.hpp>

#include <cstdio>
#include <string>

#include "support/catch.hpp"

using sounder::RandomStream;
using sounder::detail::leading_digits;
using sounder::detail::parse_number;
using sounder::detail::text_padding;

namespace {

template <class Real>
Real parsed(const std::string& text) {
  const std::string padded = text + std::string(text_padding, '\0');
  Real value = -77;
  const char* const end = parse_number(padded.data(), padded.data() + text.size(), value);
  CAPTURE(text);
  REQUIRE(end == padded.data() + text.size());
  return value;
}

template <class Real>
std::ptrdiff_t accepted(const std::string& text) {
  const std::string padded = text + std::string(text_padding, '\0');
  Real value = 0;
  const char* const end = parse_number(padded.data(), padded.data() + text.size(), value);
  return end == nullptr ? -1 : end - padded.data();
}

/// An assertion for each of many numbers would take most of the test's time.
template <class Real>
void require_same_as_standard(const std::string& text) {
  Real expected = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), expected);
  const std::string padded = text + std::string(text_padding, '\0');
  Real value = -77;
  const char* const end = parse_number(padded.data(), padded.data() + text.size(), value);
  if (result.ec != std::errc() || end != padded.data() + text.size() || value != expected ||
      std::signbit(value) != std::signbit(expected)) {
    FAIL(text << " was read as " << value << " instead of " << expected);
  }
}

std::string digits(RandomStream& random, std::uint64_t count) {
  std::string text;
  for (std::uint64_t k = 0; k < count; ++k) {
    text += static_cast<char>('0' + random.below(10));
  }
  return text;
}

}  // namespace

TEST_CASE("leading digits are read up to the first byte that is none", "[numbers]") {
  const std::string after = ": /;\t\n.e\x80\xff";
  for (const char next : after) {
    for (std::size_t count = 0; count <= 8; ++count) {
      const std::string text = std::string("12345678").substr(0, count) + next + "99999999";
      const auto result = leading_digits(text.data());
      REQUIRE(result.count == count);
      REQUIRE(result.value == (count == 0 ? 0 : std::stoul(text.substr(0, count))));
    }
  }
}

TEST_CASE("numbers of every length are rounded as by std::from_chars", "[numbers]") {
  RandomStream random(1);
  for (int k = 0; k < 100'000; ++k) {
    std::string text = random.below(3) == 0 ? "-" : "";
    text += digits(random, 1 + random.below(12));
    if (random.below(4) != 0) {
      text += "." + digits(random, random.below(14));
    }
    require_same_as_standard<float>(text);
    require_same_as_standard<double>(text);
    text += (random.below(2) == 0 ? "e-" : "E+") + std::to_string(random.below(20));
    require_same_as_standard<float>(text);
    require_same_as_standard<double>(text);
  }
}

TEST_CASE("decimals next to the midpoint of two floats are rounded once", "[numbers]") {
  RandomStream random(2);
  for (int k = 0; k < 20'000; ++k) {
    const auto low = 1.0F + static_cast<float>(random.uniform()) * 1000.0F;
    const float high = std::nextafter(low, 1e9F);
    const double midpoint = (static_cast<double>(low) + static_cast<double>(high)) / 2;
    for (const int decimals : {6, 9, 12, 15, 20, 30}) {
      std::array<char, 64> text{};
      std::snprintf(text.data(), text.size(), "%.*f", decimals, midpoint);
      require_same_as_standard<float>(text.data());
    }
  }
  // 1 + 2^-24 is a midpoint; one more digit decides.
  REQUIRE(parsed<float>("1.000000059604644775390625") == 1.0F);
  REQUIRE(parsed<float>("1.0000000596046447753906251") == std::nextafter(1.0F, 2.0F));
  REQUIRE(parsed<float>("16777217") == 16777216.0F);
  REQUIRE(parsed<float>("16777219") == 16777220.0F);
}

TEST_CASE("the ends of the range", "[numbers]") {
  using Limits = std::numeric_limits<float>;
  REQUIRE(parsed<float>("3.40282347e38") == Limits::max());
  REQUIRE(parsed<float>("1.17549435e-38") == Limits::min());
  REQUIRE(parsed<float>("1e-45") == Limits::denorm_min());
  REQUIRE(parsed<float>("0.0000000000000000000000000000000000000000000014") ==
          Limits::denorm_min());
  for (const std::string large : {"1e39", "3.5e38", "1e400", "1e99999999999999999999",
                                  "1000000000000000000000000000000000000000000e-2"}) {
    REQUIRE(parsed<float>(large) == Limits::infinity());
    REQUIRE(parsed<float>("-" + large) == -Limits::infinity());
  }
  REQUIRE(parsed<float>("1" + std::string(400, '0')) == Limits::infinity());
  for (const std::string small : {"1e-60", "1e-400", "1e-99999999999999999999", "0.001e-300"}) {
    REQUIRE(parsed<float>(small) == 0.0F);
    REQUIRE_FALSE(std::signbit(parsed<float>(small)));
    REQUIRE(std::signbit(parsed<float>("-" + small)));
  }
  REQUIRE(parsed<float>("0." + std::string(400, '0') + "1") == 0.0F);
  REQUIRE(parsed<double>("5e-324") == std::numeric_limits<double>::denorm_min());
  REQUIRE(parsed<double>("1e309") == std::numeric_limits<double>::infinity());
  REQUIRE(parsed<double>("0e999999") == 0.0);
}

TEST_CASE("what is a number, and where it ends", "[numbers]") {
  REQUIRE(parsed<double>("+1") == 1.0);
  REQUIRE(parsed<double>("+.5") == 0.5);
  REQUIRE(parsed<double>("1.") == 1.0);
  REQUIRE(std::signbit(parsed<float>("-0")));
  REQUIRE(std::isnan(parsed<float>("nan")));
  REQUIRE(std::isinf(parsed<float>("-inf")));
  for (const std::string none :
       {"", "-", "+", ".", "-.", "+-1", "++1", "--1", "x", ":", " 1", "e5"}) {
    CAPTURE(none);
    REQUIRE(accepted<float>(none) == -1);
    REQUIRE(accepted<double>(none) == -1);
  }
  REQUIRE(accepted<float>("1e") == 1);
  REQUIRE(accepted<float>("1e-") == 1);
  REQUIRE(accepted<float>("1x") == 1);
  REQUIRE(accepted<float>("1.5.5") == 3);
  REQUIRE(accepted<float>("0x10") == 1);
}
