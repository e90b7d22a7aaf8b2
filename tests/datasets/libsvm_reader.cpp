#include <sounder/datasets/libsvm_reader.hpp>

#include <unistd.h>

#include <cstdlib>

#include "datasets/scratch.hpp"
#include "support/catch.hpp"

using sounder::Dataset;
using sounder::Index;
using sounder::InputError;
using sounder::Offset;
using sounder::read_libsvm;
using sounder::ReadOptions;

namespace {

/// How a text is cut among threads: as it comes, and so that every line is a piece of its own.
std::vector<ReadOptions> ways(ReadOptions options = {}) {
  std::vector<ReadOptions> result;
  for (const int threads : {1, 2, 4, 8}) {
    for (const std::size_t bytes : {std::size_t{1}, std::size_t{64}, std::size_t{1} << 18}) {
      options.threads = threads;
      options.chunk_bytes = bytes;
      result.push_back(options);
    }
  }
  return result;
}

/// The rows as text, to compare with one look.
std::string shown(const Dataset& data) {
  std::string text;
  for (Index i = 0; i < data.matrix.rows(); ++i) {
    const auto row = data.matrix.row(i);
    text += std::to_string(static_cast<int>(data.labels[static_cast<std::size_t>(i)]));
    for (std::size_t k = 0; k < row.size(); ++k) {
      text += ' ' + std::to_string(row.columns[k]) + '=';
      text += std::to_string(static_cast<double>(row.values[k])).substr(0, 4);
    }
    text += ';';
  }
  return text + std::to_string(data.matrix.columns());
}

void require_read(const std::string& text, const std::string& expected, ReadOptions options = {}) {
  const Scratch scratch;
  const std::string path = scratch.file(text);
  const std::string packed = scratch.file(gzip(scratch, text), "data.z");
  for (const ReadOptions& way : ways(options)) {
    CAPTURE(text, way.threads, way.chunk_bytes);
    REQUIRE(shown(read_libsvm(path, way)) == expected);
    REQUIRE(shown(read_libsvm(packed, way)) == expected);
  }
}

}  // namespace

TEST_CASE("rows, labels and columns", "[libsvm]") {
  require_read("+1 1:0.5 3:2\n-1 2:-1\n", "1 0=0.50 2=2.00;-1 1=-1.0;3");
  require_read("1 1:1\n1 1:1 2:22 10:4\n2 123456789:7\n",
               "1 0=1.00;1 0=1.00 1=22.0 9=4.00;2 123456788=7.00;123456789");
  require_read("1 00000000000000000003:1\n", "1 2=1.00;3");
  require_read("1 2147483647:1\n", "1 2147483646=1.00;2147483647");
}

TEST_CASE("what is accepted: blanks, comments, carriage returns, qid, rows without features",
          "[libsvm]") {
  require_read("1 1:1", "1 0=1.00;1");
  require_read("1\n-1\n", "1;-1;0");
  require_read("1", "1;0");
  require_read("1 \n 2\t\n", "1;2;0");
  require_read("\n\n1 1:1\n\n \t\n2 1:2\n\n", "1 0=1.00;2 0=2.00;1");
  require_read("1 1:1\r\n2 2:1\r\n\r\n3\r\n", "1 0=1.00;2 1=1.00;3;2");
  require_read("1 1:1\r", "1 0=1.00;1");
  require_read("1\t1:1\t\t2:2  3:3 \n", "1 0=1.00 1=2.00 2=3.00;3");
  require_read("# head\n1 1:1 # 9:9\n2#x\n3 1:3#9\n#", "1 0=1.00;2;3 0=3.00;1");
  require_read("1 qid:7 1:1\n2 qid:7\n3 qid:123456789012 2:1\n", "1 0=1.00;2;3 1=1.00;2");
  require_read("1 1:+1 2:1e1 3:.5 4:5. 5:-0 6:1E-2\n",
               "1 0=1.00 1=10.0 2=0.50 3=5.00 4=-0.0 5=0.01;6");
}

TEST_CASE("zero-based files, given columns and extra columns", "[libsvm]") {
  ReadOptions options;
  options.zero_based = true;
  require_read("1 0:1 2:3\n", "1 0=1.00 2=3.00;3", options);
  require_read("1 2147483646:1\n", "1 2147483646=1.00;2147483647", options);
  options = {};
  options.columns = 5;
  require_read("1 1:1\n", "1 0=1.00;5", options);
  require_read("1 5:1\n", "1 4=1.00;5", options);
  options.drop_extra_columns = true;
  require_read("1 1:1 6:2 7:3\n2 6:1\n3 5:1 2147483647:2\n", "1 0=1.00;2;3 4=1.00;5", options);
}

TEST_CASE("weights: 1 where a row gives none, empty where no row does", "[libsvm]") {
  const Scratch scratch;
  const std::string text = "1 1:1\n2 1:1\n3:0.25 1:1\n4:0 1:1\n5 1:1\n6:2\n";
  for (const ReadOptions& way : ways()) {
    const Dataset data = read_libsvm(scratch.file(text), way);
    REQUIRE(data.weights == std::vector<double>{1, 1, 0.25, 0, 1, 2});
    REQUIRE(data.labels == std::vector<double>{1, 2, 3, 4, 5, 6});
    REQUIRE(read_libsvm(scratch.file("1 1:1\n"), way).weights.empty());
  }
}

TEST_CASE("labels are real numbers, rounded to double", "[libsvm]") {
  const Scratch scratch;
  const Dataset data = read_libsvm(scratch.file("0.1 1:1\n-1e300\n1922\n3.141592653589793238\n"));
  REQUIRE(data.labels == std::vector<double>{0.1, -1e300, 1922, 3.141592653589793});
}

TEST_CASE("a line may be longer than any piece", "[libsvm]") {
  std::string text = "1 1:1\n2";
  for (int k = 1; k <= 20'000; ++k) {
    text += " " + std::to_string(k) + ":" + std::to_string(k % 13);
  }
  text += "\n3 1:1\n";
  const Scratch scratch;
  for (const std::string& content : {text, gzip(scratch, text)}) {
    const std::string path = scratch.file(content);
    for (const ReadOptions& way : ways()) {
      const Dataset data = read_libsvm(path, way);
      REQUIRE(data.matrix.rows() == 3);
      REQUIRE(data.matrix.nonzeros() == 20'002);
      REQUIRE(data.matrix.row(1).values[19'999] == 20'000 % 13);
    }
  }
}

TEST_CASE("a file may end at the end of a page", "[libsvm]") {
  const auto page = static_cast<std::size_t>(::getpagesize());
  const Scratch scratch;
  for (const std::size_t size : {page - 1, page, page + 1, 2 * page}) {
    std::string text = "1 1:1 #";
    text += std::string(size - text.size() - 7, '.') + "\n2 12:5";
    REQUIRE(text.size() == size);
    REQUIRE(shown(read_libsvm(scratch.file(text))) == "1 0=1.00;2 11=5.00;12");
  }
}

TEST_CASE("gzip: several members, zeros after the last", "[libsvm]") {
  const Scratch scratch;
  const std::string members = gzip(scratch, "1 1:1\n2 ") + gzip(scratch, "") +
                              gzip(scratch, "2:2\n3 3") + gzip(scratch, ":3\n") +
                              std::string(512, '\0');
  for (const ReadOptions& way : ways()) {
    REQUIRE(shown(read_libsvm(scratch.file(members), way)) == "1 0=1.00;2 1=2.00;3 2=3.00;3");
  }
}

TEST_CASE("a pipe is read, plain and gzip, even when it gives a byte at a time", "[libsvm]") {
  const Scratch scratch;
  const std::string text = "1 1:1\n2 2:2\n3 3:3\n";
  for (const std::string& content : {text, gzip(scratch, text)}) {
    for (const int threads : {1, 2, 4, 8}) {
      int ends[2];
      REQUIRE(::pipe(ends) == 0);
      for (const char c : content) {  // a pipe holds more than this
        REQUIRE(::write(ends[1], &c, 1) == 1);
      }
      ::close(ends[1]);
      ReadOptions options;
      options.threads = threads;
      options.chunk_bytes = 4;
      const std::string path = "/proc/self/fd/" + std::to_string(ends[0]);
      REQUIRE(shown(read_libsvm(path, options)) == "1 0=1.00;2 1=2.00;3 2=3.00;3");
      ::close(ends[0]);
    }
  }
}

TEST_CASE("options that make no sense are refused", "[libsvm]") {
  const auto refused = [](auto change, const std::string& field) {
    ReadOptions options;
    change(options);
    REQUIRE_THROWS_WITH(read_libsvm("unread", options), Catch::Contains(field));
  };
  refused([](ReadOptions& options) { options.threads = 0; }, "threads");
  refused([](ReadOptions& options) { options.columns = -1; }, "columns");
  refused([](ReadOptions& options) { options.chunk_bytes = 0; }, "chunk_bytes");
  refused([](ReadOptions& options) { options.drop_extra_columns = true; }, "drop_extra_columns");
}

TEST_CASE("real data: the sizes that its description states", "[libsvm]") {
  const char* const folder = std::getenv("SOUNDER_DATA");
  if (folder == nullptr) {
    WARN("SOUNDER_DATA is not set: real data is not read");
    return;
  }
  struct Expected {
    const char* name;
    Index rows;
    Index columns;
    Offset nonzeros;
  };
  for (const Expected& expected :
       {Expected{"heart_scale", 270, 13, 3'378}, Expected{"a9a", 32'561, 123, 451'592},
        Expected{"w8a", 49'749, 300, 579'586}, Expected{"mug05_12_12", 12'410, 24'820, 892'327},
        Expected{"leu", 38, 7'129, 270'902}}) {
    for (const int threads : {1, 2, 4, 8}) {
      ReadOptions options;
      options.threads = threads;
      const Dataset data = read_libsvm(std::string(folder) + "/" + expected.name, options);
      CAPTURE(expected.name, threads);
      REQUIRE(data.matrix.rows() == expected.rows);
      REQUIRE(data.matrix.columns() == expected.columns);
      REQUIRE(data.matrix.nonzeros() == expected.nonzeros);
    }
  }
}
