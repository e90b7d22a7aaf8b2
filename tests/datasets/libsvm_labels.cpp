// Rows with labels, with weights if they are wanted, and without labels.
#include <sounder/datasets/libsvm_reader.hpp>

#include "datasets/scratch.hpp"
#include "support/catch.hpp"

using sounder::Dataset;
using sounder::Labels;
using sounder::ParseError;
using sounder::read_libsvm;
using sounder::ReadOptions;
using sounder::WeightError;

namespace {

ReadOptions with(Labels labels, int threads = 1) {
  ReadOptions options;
  options.labels = labels;
  options.threads = threads;
  options.chunk_bytes = 1;
  return options;
}

}  // namespace

TEST_CASE("rows without labels begin with a feature", "[libsvm]") {
  const Scratch scratch;
  const std::string path =
      scratch.file("1:1\n1:2 # one\n\n# nothing\n2:1\r\n 1:0.5\t2:-3\nqid:4 1:7\n");
  for (const int threads : {1, 2, 4, 8}) {
    const Dataset data = read_libsvm(path, with(Labels::none, threads));
    REQUIRE(data.matrix.rows() == 5);
    REQUIRE(data.matrix.columns() == 2);
    REQUIRE(data.matrix.nonzeros() == 6);
    REQUIRE(data.matrix.row(2).columns[0] == 1);
    REQUIRE(data.matrix.row(3).values[1] == -3.0);
    REQUIRE(data.matrix.row(4).values[0] == 7.0);
    REQUIRE(data.labels.empty());
    REQUIRE(data.weights.empty());
  }
}

TEST_CASE("a label where rows were to have none is refused at its place", "[libsvm][errors]") {
  const Scratch scratch;
  for (const std::string label : {"1", "+1", "-1", "0.5", "2e3"}) {
    const std::string path = scratch.file("1:1\n " + label + " 1:1\n");
    REQUIRE_THROWS_WITH(read_libsvm(path, with(Labels::none)),
                        path + ":2:2: rows were to have no labels, but here is '" + label + "'");
  }
  const std::string zero = scratch.file("0:1");
  REQUIRE_THROWS_WITH(read_libsvm(zero, with(Labels::none)),
                      Catch::Contains(zero + ":1:1: index 0, but indices start at 1"));
  const std::string path = scratch.file("1:1\nx:1\n");
  REQUIRE_THROWS_WITH(read_libsvm(path, with(Labels::none)),
                      path + ":2:1: expected index:value, but found 'x:1'");
}

TEST_CASE("a weight where none is wanted is refused, since it may be a feature",
          "[libsvm][errors]") {
  const Scratch scratch;
  for (const std::string token : {"1:0.5", "1:1", "-1:x", "3:", "1:1e"}) {
    for (const std::string after : {" 2:1\n", "\n", ""}) {
      const std::string path = scratch.file("1 1:1\n# \n  " + token + after);
      for (const int threads : {1, 4}) {
        CAPTURE(token, after, threads);
        try {
          static_cast<void>(read_libsvm(path, with(Labels::plain, threads)));
          FAIL("the weight was accepted");
        } catch (const WeightError& error) {
          CHECK(error.line() == 3);
          CHECK(error.column() == 3);
          CHECK(error.reason() == "'" + token +
                                      "' is a label with a weight, or a feature of a row without "
                                      "a label");
        }
      }
    }
  }
}

TEST_CASE("plain labels are read as ever, and other errors are no WeightError", "[libsvm]") {
  const Scratch scratch;
  const Dataset data = read_libsvm(scratch.file("1 1:1\n-1\n+2 3:4\n"), with(Labels::plain));
  REQUIRE(data.labels == std::vector<double>{1, -1, 2});
  REQUIRE(data.matrix.columns() == 3);
  try {
    static_cast<void>(read_libsvm(scratch.file("1 1:1\nx:2 1:1\n"), with(Labels::weighted)));
    FAIL("accepted");
  } catch (const WeightError&) {
    FAIL("a WeightError");
  } catch (const ParseError& error) {
    REQUIRE(error.line() == 2);
  }
}
