#include <sounder/datasets/libsvm_reader.hpp>
#include <sounder/datasets/libsvm_writer.hpp>
#include <sounder/engine/base/random.hpp>

#include <bit>
#include <limits>
#include <numeric>

#include "datasets/scratch.hpp"
#include "support/catch.hpp"

using sounder::CsrMatrix;
using sounder::Dataset;
using sounder::Index;
using sounder::Offset;
using sounder::RandomStream;
using sounder::read_libsvm;
using sounder::ReadOptions;
using sounder::Values;
using sounder::write_libsvm;
using sounder::WriteOptions;

namespace {

template <class Bits, class Real>
std::vector<Bits> bits(const Real* begin, std::size_t count) {
  std::vector<Bits> result(count);
  std::transform(begin, begin + count, result.begin(),
                 [](Real value) { return std::bit_cast<Bits>(value); });
  return result;
}

std::vector<std::uint64_t> bits(const std::vector<double>& values) {
  return bits<std::uint64_t>(values.data(), values.size());
}

/// Of floats or doubles, as they are kept.
std::pair<std::vector<std::uint32_t>, std::vector<std::uint64_t>> value_bits(
    const CsrMatrix& matrix) {
  const auto values = matrix.values();
  if (const float* const floats = values.data<float>()) {
    return {bits<std::uint32_t>(floats, values.size()), {}};
  }
  return {{}, bits<std::uint64_t>(values.data<double>(), values.size())};
}

bool same_bits(const Dataset& a, const Dataset& b) {
  const auto equal = [](auto x, auto y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end());
  };
  return equal(a.matrix.row_pointers(), b.matrix.row_pointers()) &&
         equal(a.matrix.column_indices(), b.matrix.column_indices()) &&
         value_bits(a.matrix) == value_bits(b.matrix) && a.matrix.columns() == b.matrix.columns() &&
         bits(a.labels) == bits(b.labels) && bits(a.weights) == bits(b.weights);
}

/// Any finite number, every bit pattern as likely as the other.
template <class Real, class Bits>
Real any_number(RandomStream& random) {
  for (;;) {
    const Real value = std::bit_cast<Real>(static_cast<Bits>(random()));
    if (std::isfinite(value)) {
      return value;
    }
  }
}

float some_value(RandomStream& random) {
  switch (random.below(4)) {
    case 0:
      return 1.0F;
    case 1:
      return static_cast<float>(random.below(100'000));
    case 2:
      return static_cast<float>(random.normal());
    default:
      return any_number<float, std::uint32_t>(random);
  }
}

Dataset random_dataset(RandomStream& random, Index rows, bool weighted) {
  std::vector<Offset> pointers{0};
  std::vector<Index> columns;
  std::vector<float> values;
  Dataset data;
  Index last = -1;
  for (Index i = 0; i < rows; ++i) {
    Index column = -1;
    const std::uint64_t gap = std::uint64_t{1} << (1 + random.below(20));
    for (std::uint64_t k = random.below(30); k > 0; --k) {
      column += static_cast<Index>(1 + random.below(gap));
      columns.push_back(column);
      values.push_back(some_value(random));
    }
    last = std::max(last, column);
    pointers.push_back(static_cast<Offset>(columns.size()));
    data.labels.push_back(random.below(2) == 0 ? 1.0 : any_number<double, std::uint64_t>(random));
    if (weighted) {
      data.weights.push_back(
          random.below(2) == 0 ? 1.0 : std::abs(any_number<double, std::uint64_t>(random)));
    }
  }
  data.matrix = CsrMatrix::adopt(pointers, columns, values, last + 1);
  return data;
}

Dataset one_row(std::vector<float> values) {
  std::vector<Index> columns(values.size());
  for (std::size_t k = 0; k < columns.size(); ++k) {
    columns[k] = static_cast<Index>(k);
  }
  const auto count = static_cast<Index>(values.size());
  return {CsrMatrix::adopt({0, count}, columns, std::move(values), count), {1.0}, {}};
}

}  // namespace

TEST_CASE("any data set reads back bit for bit, with 1, 2, 4 and 8 threads", "[writer]") {
  const Scratch scratch;
  RandomStream random(5);
  for (const bool weighted : {false, true}) {
    for (const Index rows : {1, 10, 4000}) {
      const Dataset data = random_dataset(random, rows, weighted);
      std::string first;
      for (const int threads : {1, 2, 4, 8}) {
        for (const std::string name : {"data", "data.gz"}) {
          const std::string path = scratch.path(name);
          WriteOptions write;
          write.threads = threads;
          write_libsvm(path, data, write);
          const std::string text = Scratch::content(path);
          REQUIRE((text.substr(0, 2) == "\x1f\x8b") == (name == "data.gz"));
          if (name == "data") {
            first = first.empty() ? text : first;
            REQUIRE(text == first);
          }
          ReadOptions read;
          read.values = Values::floats;
          read.threads = threads;
          for (const std::size_t bytes : {std::size_t{200}, std::size_t{1} << 18}) {
            read.chunk_bytes = bytes;
            CAPTURE(weighted, rows, threads, name, bytes);
            REQUIRE(same_bits(read_libsvm(path, read), data));
          }
        }
      }
    }
  }
}

TEST_CASE("odd floats are written in the shortest way that keeps their bits", "[writer]") {
  using Limits = std::numeric_limits<float>;
  const Scratch scratch;
  const Dataset data = one_row({0.0F, -0.0F, 1.0F, -1.0F, 0.1F, 16777216.0F, Limits::denorm_min(),
                                -Limits::denorm_min(), Limits::min(), Limits::max(),
                                Limits::lowest(), 123456.0F, 999999.0F, 1e6F, 0.333333343F});
  const std::string path = scratch.path("data");
  write_libsvm(path, data);
  REQUIRE(Scratch::content(path) ==
          "1 1:0 2:-0 3:1 4:-1 5:0.1 6:16777216 7:1e-45 8:-1e-45 9:1.1754944e-38 10:3.4028235e+38 "
          "11:-3.4028235e+38 12:123456 13:999999 14:1e+06 15:0.33333334\n");
  ReadOptions read;
  read.values = Values::floats;
  REQUIRE(same_bits(read_libsvm(path, read), data));
}

TEST_CASE("doubles are written in the shortest way that keeps their bits", "[writer]") {
  using Limits = std::numeric_limits<double>;
  RandomStream random(7);
  std::vector<double> values{0.1,           -0.0,           1.0,
                             1600000050.0,  123456.0,       1e6,
                             Limits::max(), -Limits::min(), Limits::denorm_min(),
                             1.0 + 0x1p-52};
  for (int k = 0; k < 2000; ++k) {
    values.push_back(any_number<double, std::uint64_t>(random));
  }
  std::vector<Index> columns(values.size());
  std::iota(columns.begin(), columns.end(), 0);
  const auto count = static_cast<Index>(values.size());
  const Dataset data{CsrMatrix::adopt({0, count}, columns, values, count), {1.0}, {}};
  const Scratch scratch;
  const std::string path = scratch.path("data");
  write_libsvm(path, data);
  REQUIRE(Scratch::content(path).starts_with("1 1:0.1 2:-0 3:1 4:1600000050 5:123456 6:1e+06 "));
  for (const Values kept : {Values::automatic, Values::doubles}) {
    ReadOptions read;
    read.values = kept;
    REQUIRE(same_bits(read_libsvm(path, read), data));
  }
}

TEST_CASE("zero-based files, and columns that are empty at the end", "[writer]") {
  const Scratch scratch;
  const Dataset data{CsrMatrix::adopt({0, 1, 1}, {0}, {1.0F}, 7), {1.0, -1.0}, {}};
  const std::string path = scratch.path("data");
  WriteOptions write;
  write.zero_based = true;
  write_libsvm(path, data, write);
  REQUIRE(Scratch::content(path) == "1 0:1\n-1\n");
  ReadOptions read;
  read.zero_based = true;
  REQUIRE(read_libsvm(path, read).matrix.columns() == 1);
  read.columns = 7;
  REQUIRE(same_bits(read_libsvm(path, read), data));
}

TEST_CASE("a data set that could not be read back is refused, and no file is left", "[writer]") {
  const Scratch scratch;
  const auto refused = [&](std::vector<double> labels, std::vector<double> weights,
                           const std::string& reason) {
    const Dataset data{CsrMatrix::adopt({0, 1, 1}, {0}, {1.0F}, 1), labels, weights};
    REQUIRE_THROWS_WITH(write_libsvm(scratch.path("data"), data), Catch::Contains(reason));
    REQUIRE(std::filesystem::is_empty(scratch.folder()));
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  refused({1.0}, {}, "differ in length");
  refused({1.0, 1.0}, {1.0}, "differ in length");
  refused({1.0, nan}, {}, "label");
  refused({1.0, 1.0}, {1.0, -1.0}, "weight");
}

TEST_CASE("an error of the system while writing reaches the caller, from any thread", "[writer]") {
  if (!std::filesystem::exists("/dev/full")) {
    WARN("there is no /dev/full here");
    return;
  }
  RandomStream random(6);
  const Dataset data = random_dataset(random, 20'000, false);
  for (const int threads : {1, 2, 4, 8}) {
    WriteOptions options;
    options.threads = threads;
    REQUIRE_THROWS_WITH(write_libsvm("/dev/full", data, options),
                        "/dev/full: No space left on device");
  }
}
