// Whether values are stored as floats or as doubles, and that no information is lost.
#include <sounder/datasets/libsvm_reader.hpp>
#include <sounder/engine/base/random.hpp>

#include <charconv>
#include <functional>

#include "datasets/scratch.hpp"
#include "support/catch.hpp"

using sounder::Dataset;
using sounder::Index;
using sounder::RandomStream;
using sounder::read_libsvm;
using sounder::ReadOptions;
using sounder::Values;

namespace {

bool doubles(const Dataset& data) {
  return data.matrix.values().data<double>() != nullptr;
}

Dataset read(const std::string& path, Values values, int threads = 1) {
  ReadOptions options;
  options.values = values;
  options.threads = threads;
  return read_libsvm(path, options);
}

constexpr int exact_columns = 15;
constexpr int large_rows = 80'000;  // 2^20 entries are passed after four fifths of them

/// Rows of 15 ones and what `more(i)` appends, from column 16 on: more than 2^20 entries.
std::string large_text(const std::function<std::string(int)>& more) {
  std::string row;
  for (int j = 1; j <= exact_columns; ++j) {
    row += " " + std::to_string(j) + ":1";
  }
  std::string text;
  for (int i = 0; i < large_rows; ++i) {
    text += i % 2 == 0 ? "1" : "-1";
    text += row + more(i) + '\n';
  }
  return text;
}

/// A large file, and the same file packed, which cannot be read twice.
struct LargeFile {
  Scratch scratch;
  std::string plain;
  std::string packed;

  explicit LargeFile(const std::string& text) : plain(scratch.file(text)) {
    packed = scratch.path("data.z");
    gzFile file = gzopen(packed.c_str(), "wb1");
    gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
    gzclose(file);
  }
};

/// Requires doubles because of column 15 (from 0), whose values are those of `expected(i)`; or
/// floats, if there is no such function.
void require_kept(const LargeFile& file, const std::function<double(int)>& expected = {}) {
  for (const std::string& path : {file.plain, file.packed}) {
    for (const int threads : {1, 4}) {
      CAPTURE(path, threads);
      const Dataset data = read(path, Values::automatic, threads);
      REQUIRE(data.matrix.rows() == large_rows);
      REQUIRE(data.matrix.nonzeros() > sounder::Offset{1} << 20);
      REQUIRE(doubles(data) == static_cast<bool>(expected));
      REQUIRE(data.double_column == (expected ? exact_columns : -1));
      bool same = true;
      for (Index i = 0; i < large_rows && expected; ++i) {
        const auto row = data.matrix.row(i);
        same = same && row.values[0] == 1.0 && row.values[exact_columns] == expected(i);
      }
      REQUIRE(same);
    }
  }
}

/// Some number of [0, below) that depends on i.
int scattered(int i, int below) {
  return static_cast<int>(
      RandomStream(1, static_cast<std::uint64_t>(i)).below(static_cast<std::uint64_t>(below)));
}

}  // namespace

TEST_CASE("small data: floats where they are exact, else doubles", "[values]") {
  const Scratch scratch;
  const Dataset exact = read(scratch.file("1 1:1 2:0.5\n2 1:16777216 3:-1e10\n"), {});
  REQUIRE(!doubles(exact));
  REQUIRE(exact.double_column == -1);
  const Dataset data = read(scratch.file("1 1:1 3:0.1\n2 1:16777217 2:1e39 4:1e-60\n"), {});
  REQUIRE(doubles(data));
  REQUIRE(data.double_column == 2);
  REQUIRE(data.matrix.row(0).values[1] == 0.1);
  REQUIRE(data.matrix.row(1).values[0] == 16777217.0);
  REQUIRE(data.matrix.row(1).values[1] == 1e39);
  REQUIRE(data.matrix.row(1).values[2] == 1e-60);
}

TEST_CASE("values are kept as they are asked for", "[values]") {
  const Scratch scratch;
  const std::string path = scratch.file("1 1:0.1 2:1\n2 1:16777217\n");
  const Dataset floats = read(path, Values::floats);
  REQUIRE(!doubles(floats));
  REQUIRE(floats.double_column == -1);
  REQUIRE(floats.matrix.row(0).values[0] == double{0.1F});
  REQUIRE(floats.matrix.row(1).values[0] == 16777216.0);
  const Dataset wide = read(path, Values::doubles);
  REQUIRE(doubles(wide));
  REQUIRE(wide.double_column == -1);  // there was no choice to make
  REQUIRE(wide.matrix.row(0).values[0] == 0.1);
  REQUIRE(doubles(read(scratch.file("1 1:1\n"), Values::doubles)));
}

TEST_CASE("a float is the one nearest to the text, not to the nearest double", "[values]") {
  const Scratch scratch;
  // A little above the middle of 1 and the next float; the nearest double is the middle.
  const std::string path = scratch.file("1 1:1.00000005960464477540\n");
  REQUIRE(read(path, Values::floats).matrix.row(0).values[0] == 1.0 + 0x1p-23);
}

TEST_CASE("a late value that is no float turns all that came before into doubles", "[values]") {
  std::string text;
  for (int i = 0; i < 3000; ++i) {
    text += "1 1:" + std::to_string(i) + " 2:0.25 4:1\n";
  }
  text += "1 1:0.1 3:2\n";
  for (int i = 0; i < 500; ++i) {
    text += "1 2:" + std::to_string(i) + "\n";
  }
  const Scratch scratch;
  ReadOptions options;
  for (const std::string& path :
       {scratch.file(text), scratch.file(gzip(scratch, text), "data.z")}) {
    for (const int threads : {1, 2, 4, 8}) {
      for (const std::size_t bytes : {std::size_t{1}, std::size_t{300}, std::size_t{1} << 18}) {
        options.threads = threads;
        options.chunk_bytes = bytes;
        CAPTURE(path, threads, bytes);
        const Dataset data = read_libsvm(path, options);
        REQUIRE(doubles(data));
        REQUIRE(data.double_column == 0);
        bool same = data.matrix.row(3000).values[0] == 0.1;
        for (Index i = 0; i < 3000; ++i) {
          same = same && data.matrix.row(i).values[0] == i && data.matrix.row(i).values[1] == 0.25;
        }
        for (Index i = 0; i < 500; ++i) {
          same = same && data.matrix.row(3001 + i).values[0] == i;
        }
        REQUIRE(same);
      }
    }
  }
}

TEST_CASE("a feature that is left out does not decide", "[values]") {
  const Scratch scratch;
  ReadOptions options;
  options.columns = 2;
  options.drop_extra_columns = true;
  REQUIRE(!doubles(read_libsvm(scratch.file("1 1:1 3:0.1\n"), options)));
}

TEST_CASE("large data: what rounding does not falsify are floats", "[values]") {
  // A dense column without a mean, a column that is always 0.1, timestamps in every fifth row.
  require_kept(LargeFile(large_text([](int i) {
    return " 16:0." + std::to_string(scattered(i, 100'000)) + " 17:0.1" +
           (i % 5 == 0 ? " 18:" + std::to_string(1'600'000'000 + scattered(i, 1000)) : "");
  })));
}

TEST_CASE("large data: timestamps stay what they are", "[values]") {
  const auto time = [](int i) { return 1'600'000'000 + scattered(i, 1000); };
  require_kept(LargeFile(large_text([&](int i) { return " 16:" + std::to_string(time(i)); })),
               time);
  // In three of four rows.
  const LargeFile gaps(large_text(
      [&](int i) { return i % 4 == 0 ? std::string() : " 16:" + std::to_string(time(i)); }));
  const Dataset data = read(gaps.plain, Values::automatic);
  REQUIRE(data.double_column == exact_columns);
  REQUIRE(data.matrix.row(1).values[exact_columns] == time(1));
  REQUIRE(!doubles(read(gaps.plain, Values::floats)));
  ReadOptions options;
  options.chunk_bytes = 300;
  REQUIRE(read_libsvm(gaps.plain, options).double_column == exact_columns);
}

TEST_CASE("large data: a column that changes late is read again", "[values]") {
  const auto time = [](int i) { return 1'600'000'001 + (i < 75'000 ? 0 : scattered(i, 1000)); };
  require_kept(LargeFile(large_text([&](int i) { return " 16:" + std::to_string(time(i)); })),
               time);
}

TEST_CASE("large data: one value beyond all floats is enough", "[values]") {
  for (const int row : {100, 79'000}) {
    CAPTURE(row);
    // The 0.1 of another column has been rounded when it comes.
    const LargeFile file(large_text(
        [&](int i) { return i == row ? std::string(" 16:1e39 17:0.1") : std::string(" 17:0.1"); }));
    for (const std::string& path : {file.plain, file.packed}) {
      const Dataset data = read(path, Values::automatic);
      REQUIRE(data.double_column == exact_columns);
      REQUIRE(data.matrix.row(row).values[exact_columns] == 1e39);
      REQUIRE(data.matrix.row(2).values[exact_columns] == 0.1);
    }
  }
}
