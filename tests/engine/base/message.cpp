#include <sounder/engine/base/message.hpp>

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>

#include "support/catch.hpp"

using sounder::message;

TEST_CASE("a message is its words and numbers, side by side", "[message]") {
  const std::string made = "made";
  REQUIRE(message({}).empty());
  REQUIRE(message({"row ", 3, " of ", std::size_t{12}, std::string_view(" is "), made}) ==
          "row 3 of 12 is made");
  REQUIRE(message({std::numeric_limits<std::int64_t>::min(), " ", -1, " ",
                   std::numeric_limits<std::int64_t>::max()}) ==
          "-9223372036854775808 -1 9223372036854775807");
}

TEST_CASE("refuse throws the message", "[message]") {
  REQUIRE_THROWS_AS(sounder::refuse({"no"}), std::invalid_argument);
  REQUIRE_THROWS_WITH(sounder::refuse({"row ", 7, " is bad"}), "row 7 is bad");
}
