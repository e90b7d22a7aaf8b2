// Feature hashing: which column and sign an index gets, and how rows are read.
#include <sounder/datasets/feature_hash.hpp>
#include <sounder/datasets/libsvm_reader.hpp>

#include <map>

#include "datasets/scratch.hpp"
#include "support/catch.hpp"

using sounder::Dataset;
using sounder::hash_feature;
using sounder::Index;
using sounder::read_libsvm;
using sounder::ReadOptions;
using sounder::splitmix64;

namespace {

constexpr std::uint64_t largest = 0x7FFFFFFFFFFFFFFFU;

ReadOptions hashed(int bits) {
  ReadOptions options;
  options.hash_bits = bits;
  return options;
}

/// The row that a map from index to value becomes, the slow way: sums by column, in double.
std::map<Index, double> slow_row(const std::map<std::uint64_t, float>& row, int bits) {
  std::map<Index, double> columns;
  for (const auto& [index, value] : row) {
    const std::uint64_t hash = splitmix64(index);
    const auto column = static_cast<Index>(hash % (std::uint64_t{1} << bits));
    columns[column] += static_cast<double>((hash >> 63) == 1 ? -value : value);
  }
  return columns;
}

/// Requires that these rows are read like slow_row() makes them, wherever the text is cut.
void require_rows(const std::vector<std::map<std::uint64_t, float>>& rows, int bits) {
  std::string text;
  for (const auto& row : rows) {
    text += "1";
    for (const auto& [index, value] : row) {
      text += " " + std::to_string(index) + ":" + std::to_string(static_cast<double>(value));
    }
    text += "\n";
  }
  const Scratch scratch;
  const std::string path = scratch.file(text);
  for (const int threads : {1, 2, 8}) {
    for (const std::size_t bytes : {std::size_t{1}, std::size_t{500}, std::size_t{1} << 18}) {
      ReadOptions options = hashed(bits);
      options.threads = threads;
      options.chunk_bytes = bytes;
      const Dataset data = read_libsvm(path, options);
      CAPTURE(bits, threads, bytes);
      REQUIRE(data.matrix.columns() == Index{1} << bits);
      REQUIRE(static_cast<std::size_t>(data.matrix.rows()) == rows.size());
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto expected = slow_row(rows[i], bits);
        const auto row = data.matrix.row(static_cast<Index>(i));
        REQUIRE(row.size() == expected.size());
        std::size_t k = 0;
        for (const auto& [column, sum] : expected) {  // in rising order of columns
          REQUIRE(row.columns[k] == column);
          REQUIRE(row.values[k++] == static_cast<float>(sum));
        }
      }
    }
  }
}

}  // namespace

TEST_CASE("the hash is the first output of SplitMix64", "[hash]") {
  // The reference implementation's (Vigna, splitmix64.c), seeds 0, 1, 1234567.
  STATIC_REQUIRE(splitmix64(0) == 0xE220A8397B1DCDAFU);
  STATIC_REQUIRE(splitmix64(1) == 0x910A2DEC89025CC1U);
  STATIC_REQUIRE(splitmix64(1234567) == 6457827717110365317U);
  STATIC_REQUIRE(hash_feature(1, 8).column == 0xC1);
  STATIC_REQUIRE(hash_feature(1, 8).negated);
  STATIC_REQUIRE(hash_feature(1, 30).column == 0x09025CC1);
  STATIC_REQUIRE(hash_feature(1, 1).column == 1);
}

TEST_CASE("columns are spread evenly, and half of the signs are turned", "[hash]") {
  constexpr int bits = 6;
  std::vector<int> count(std::size_t{1} << bits);
  int negated = 0;
  for (std::uint64_t index = 1; index <= 64'000; ++index) {
    const auto feature = hash_feature(index, bits);
    ++count[static_cast<std::size_t>(feature.column)];
    negated += feature.negated ? 1 : 0;
  }
  for (const int held : count) {
    REQUIRE(std::abs(held - 1000) < 160);  // five deviations
  }
  REQUIRE(std::abs(negated - 32'000) < 700);
}

TEST_CASE("rows come out in rising columns, collisions added", "[hash][libsvm]") {
  require_rows({{{1, 0.5F}, {2, 2.0F}, {largest, 3.0F}}, {}, {{largest - 1, 1.0F}}, {{7, -0.25F}}},
               20);
  sounder::RandomStream random(3);
  std::vector<std::map<std::uint64_t, float>> rows(40);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t k = 0; k < i * i / 4; ++k) {
      const std::uint64_t index = (random() >> 1 >> random.below(60)) + 1;
      rows[i][std::min(index, largest)] = static_cast<float>(random.below(64)) / 16.0F - 2.0F;
    }
  }
  for (const int bits : {1, 2, 5, 8, 12, 18, 30}) {
    require_rows(rows, bits);
  }
}

TEST_CASE("indices that all hash to a few columns are in order too", "[hash][libsvm]") {
  std::map<std::uint64_t, float> row;
  for (std::uint64_t index = 1; row.size() < 300; ++index) {
    if (hash_feature(index, 20).column < 1024) {  // one place of many
      row[index] = 0.5F;
    }
  }
  require_rows({row}, 20);
}

TEST_CASE("collisions are added in double, in the order of the row; a sum of 0 stays", "[hash]") {
  sounder::detail::HashedRow row;
  std::vector<Index> columns{3, 1, 3, 1, 3, 0};
  std::vector<double> values{0x1p53, 2.0, 1.0, -2.0, 1.0, -0.0};
  REQUIRE(row.merge(columns.data(), values.data(), columns.size(), 2) == 3);
  REQUIRE(columns[0] == 0);
  REQUIRE(std::signbit(values[0]));
  REQUIRE((columns[1] == 1 && values[1] == 0.0));
  REQUIRE((columns[2] == 3 && values[2] == 0x1p53));  // from behind it would be 2 more
  REQUIRE(row.merge(columns.data(), values.data(), 0, 2) == 0);
}

namespace {

/// A row of indices that share column 0 of two and keep their signs, with these values.
std::string row_of_one_column(const std::vector<std::string>& values) {
  std::string row = "1";
  std::uint64_t index = 0;
  for (const std::string& value : values) {
    do {
      ++index;
    } while (hash_feature(index, 1).column != 0 || hash_feature(index, 1).negated);
    row += " " + std::to_string(index) + ":" + value;
  }
  return row + "\n";
}

}  // namespace

TEST_CASE("sums are rounded once, and kept as doubles where floats do not hold them", "[hash]") {
  const Scratch scratch;
  ReadOptions options = hashed(1);
  const auto sum = [&](const std::vector<std::string>& values) {
    const Dataset data = read_libsvm(scratch.file(row_of_one_column(values)), options);
    REQUIRE(data.matrix.nonzeros() == 1);
    double found = 0.0;
    data.matrix.row(0).for_each_double([&](Index, double value) { found = value; });
    return std::pair(found, data.double_column);
  };
  // One by one floats would stay at 2^24. Each value is a float; the sum of some is none.
  REQUIRE(sum({"16777216", "1", "1"}) == std::pair(16777218.0, Index{-1}));
  REQUIRE(sum({"16777216", "1"}) == std::pair(16777217.0, Index{0}));
  REQUIRE(sum({"3e38", "3e38"}) == std::pair(6e38, Index{0}));
  REQUIRE(sum({"0.1", "-0.1"}) == std::pair(0.0, Index{-1}));
  options.values = sounder::Values::floats;
  REQUIRE(sum({"16777216", "1", "1"}) == std::pair(16777218.0, Index{-1}));
  REQUIRE(sum({"16777216", "1"}) == std::pair(16777216.0, Index{-1}));
}

TEST_CASE("an index is hashed as it is written, zero-based or not", "[hash][libsvm]") {
  const Scratch scratch;
  const std::string path = scratch.file("1 1:1 9223372036854775807:1\n");
  ReadOptions options = hashed(24);
  const Dataset one_based = read_libsvm(path, options);
  options.zero_based = true;
  const Dataset zero_based = read_libsvm(path, options);
  REQUIRE(std::ranges::equal(one_based.matrix.row(0).columns, zero_based.matrix.row(0).columns));
  REQUIRE(one_based.matrix.row(0).columns[0] ==
          std::min(hash_feature(1, 24).column, hash_feature(largest, 24).column));
  const Dataset zero = read_libsvm(scratch.file("1 0:1\n"), options);
  REQUIRE(zero.matrix.row(0).columns[0] == hash_feature(0, 24).column);
}

TEST_CASE("what hashed files may not hold, at its place", "[hash][libsvm][errors]") {
  const Scratch scratch;
  ReadOptions options = hashed(1);
  const auto require_error = [&](const std::string& text, std::int64_t column,
                                 const std::string& reason) {
    CAPTURE(text);
    try {
      static_cast<void>(read_libsvm(scratch.file("1 1:1\n" + text), options));
      FAIL("the file was accepted");
    } catch (const sounder::ParseError& error) {
      CHECK(error.line() == 2);
      CHECK(error.column() == column);
      CHECK_THAT(error.reason(), Catch::Contains(reason));
    }
  };
  require_error("1 0:1\n", 3, "index 0, but indices start at 1");
  require_error("1 5000000000:1 5000000000:1\n", 16, "index 5000000000 is repeated");
  require_error("1 5000000000:1 4000000000:1\n", 16, "index 4000000000 after 5000000000 is out");
  require_error("1 9223372036854775808:1\n", 3, "too large");
  require_error("1 5000000000:nan\n", 14, "not finite");
  require_error(row_of_one_column({"1e308", "1e308"}), 3, "more than a double can hold");
  options.values = sounder::Values::floats;
  require_error(row_of_one_column({"3e38", "3e38"}), 3, "more than a float can hold");
}

TEST_CASE("hash bits that cannot be", "[hash][libsvm]") {
  REQUIRE_THROWS_WITH(read_libsvm("x", hashed(31)), Catch::Contains("hash_bits"));
  REQUIRE_THROWS_WITH(read_libsvm("x", hashed(-1)), Catch::Contains("hash_bits"));
  ReadOptions both = hashed(3);
  both.columns = 5;
  REQUIRE_THROWS_WITH(read_libsvm("x", both), Catch::Contains("hash_bits"));
}
