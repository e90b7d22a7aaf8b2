// Every way in which a file can be wrong, with the line and column that the reader names.
#include <sounder/datasets/libsvm_reader.hpp>

#include "datasets/scratch.hpp"
#include "support/catch.hpp"

using sounder::InputError;
using sounder::ParseError;
using sounder::read_libsvm;
using sounder::ReadOptions;

namespace {

/// Requires the same first error with any number of threads, plain and gzip, for the text as it is
/// and far down in a longer file.
void require_error(const std::string& text, std::int64_t line, std::int64_t column,
                   const std::string& reason, ReadOptions options = {}) {
  const Scratch scratch;
  const auto required = [&](const std::string& content, std::int64_t at_line) {
    const std::string path = scratch.file(content);
    for (const int threads : {1, 2, 4, 8}) {
      for (const std::size_t bytes : {std::size_t{1}, std::size_t{100}, std::size_t{1} << 18}) {
        options.threads = threads;
        options.chunk_bytes = bytes;
        CAPTURE(text, threads, bytes);
        try {
          static_cast<void>(read_libsvm(path, options));
          FAIL("the file was accepted");
        } catch (const ParseError& error) {
          CHECK(error.line() == at_line);
          CHECK(error.column() == column);
          CHECK_THAT(error.reason(), Catch::Contains(reason));
          CHECK(error.what() == path + ":" + std::to_string(at_line) + ":" +
                                    std::to_string(column) + ": " + error.reason());
        }
      }
    }
  };
  required(text, line);
  required(gzip(scratch, text), line);
  std::string before;
  for (int k = 0; k < 50; ++k) {
    before += "1 1:1 2:0.5 4:3\r\n\n# a comment\n";
  }
  if (reason != "no rows") {
    required(before + text, line + 150);
  }
}

void require_cut(const std::string& text, std::int64_t line, std::int64_t column) {
  require_error(text, line, column, "the file ends in the middle of a number");
}

}  // namespace

TEST_CASE("an index that is 0, too large or no number", "[libsvm][errors]") {
  require_error("1 0:1\n", 1, 3, "index 0, but indices start at 1");
  require_error("1 1:1\n2 1:1 2:2\n-1 0:1 1:1\n", 3, 4, "index 0");
  require_error("1 1:1 2147483648:1\n", 1, 7, "index 2147483648 is too large");
  require_error("1 99999999999999999999:1\n", 1, 3, "too large");
  require_error("1 -1:1\n", 1, 3, "expected index:value, but found '-1:1'");
  require_error("1 +1:1\n", 1, 3, "expected index:value");
  require_error("1 x:1\n", 1, 3, "expected index:value, but found 'x:1'");
  require_error("1 :1\n", 1, 3, "expected index:value");
  require_error("1 1:1 qid:3\n", 1, 7, "expected index:value");
  require_error(std::string("1 1:1 \0 2:1\n", 12), 1, 7, "expected index:value, but found '?'");
  ReadOptions options;
  options.columns = 4;
  require_error("1 4:1\n1 4:1 5:1\n", 2, 7, "index 5 is too large: the largest allowed is 4",
                options);
  options = {};
  options.zero_based = true;
  require_error("1 1:1 2147483647:1\n", 1, 7, "is too large: the largest allowed is 2147483646",
                options);
  options.columns = 5;
  require_error("1 4:1 5:1\n", 1, 7, "the largest allowed is 4", options);
}

TEST_CASE("indices out of order or repeated", "[libsvm][errors]") {
  require_error("1 2:1 1:1\n", 1, 7, "index 1 after 2 is out of order");
  require_error("1 2:1 0:1\n", 1, 7, "index 0");
  require_error("1 1:1\n1 12:0.5 12:1\n", 2, 10, "index 12 is repeated");
  ReadOptions options;
  options.columns = 4;
  options.drop_extra_columns = true;
  require_error("1 7:1 6:1\n", 1, 7, "index 6 after 7 is out of order", options);
}

TEST_CASE("values that are not finite", "[libsvm][errors]") {
  for (const std::string value :
       {"nan", "NaN", "-nan", "inf", "-inf", "+inf", "Infinity", "1e400", "-2e308", "nan(1)"}) {
    require_error("1 1:1 2:" + value + "\n", 1, 9, "the value '" + value + "' is not finite");
  }
  ReadOptions floats;
  floats.values = sounder::Values::floats;
  for (const std::string value : {"nan", "1e39", "-3.5e38", "1e400"}) {
    require_error("1 1:1 2:" + value + "\n", 1, 9,
                  "the value '" + value + "' is not finite as a float", floats);
  }
}

TEST_CASE("a missing value", "[libsvm][errors]") {
  require_error("1 1:1 3:\n", 1, 9, "a value is missing");
  require_error("1 3: 4:1\n", 1, 5, "a value is missing");
  require_error("1 3:\r\n", 1, 5, "a value is missing");
  require_error("1 3:#\n", 1, 5, "a value is missing");
  require_error("1 1:1 3\n", 1, 8, "index 3 has no value");
  require_error("1 3 4:1\n", 1, 4, "index 3 has no value");
  require_error("1 3# 4:1\n", 1, 4, "index 3 has no value");
}

TEST_CASE("garbage after or instead of a number", "[libsvm][errors]") {
  require_error("1 3:1x\n", 1, 6, "garbage after a value: 'x'");
  require_error("1 3:1.5e\n", 1, 8, "garbage after a value: 'e'");
  require_error("1 3:1:2 4:1\n", 1, 6, "garbage after a value: ':2'");
  require_error("1 3:1,4:1\n", 1, 6, "garbage after a value: ',4:1'");
  require_error("1 3:0x1\n", 1, 6, "garbage");
  require_error("1 3:abc\n", 1, 5, "the value 'abc' is not a number");
  require_error("1 3:--1\n", 1, 5, "the value '--1' is not a number");
  require_error("1 3:+-1\n", 1, 5, "the value '+-1' is not a number");
  require_error("1 3x:1\n", 1, 4, "expected ':' after an index, but found 'x:1'");
  require_error("1 3.0:1\n", 1, 4, "expected ':' after an index");
  require_error(std::string("1 3:1\0\n", 7), 1, 6, "garbage");
  require_error("1 3:1x", 1, 6, "garbage after a value: 'x'");
}

TEST_CASE("a file without rows", "[libsvm][errors]") {
  require_error("", 1, 1, "no rows");
  require_error("\n \n# nothing\n", 1, 1, "no rows");
}

TEST_CASE("a file cut in the middle of a number", "[libsvm][errors]") {
  require_cut("1 1:1\n1 1:1 12:", 2, 10);
  require_cut("1 1:1\n1 1:1 12:1e", 2, 12);
  require_cut("1 1:1\n1 1:1 12:1.5e-", 2, 15);
  require_cut("1 1:1\n1 1:1 12:-", 2, 11);
  require_cut("1 1:1\n1 1:1 12:.", 2, 11);
  require_cut("1 1:1\n1 1:1 12", 2, 9);
  require_cut("1 1:1\n1 123456789", 2, 12);
  require_cut("1 1:1\n-", 2, 2);
  require_cut("1 1:1\n1e", 2, 3);
  require_cut("1 1:1\n1:", 2, 3);
  require_cut("1 1:1\n1:1e", 2, 5);
}

TEST_CASE("labels, weights and query numbers that are none", "[libsvm][errors]") {
  require_error("1 1:1\nx 1:1\n", 2, 1, "the label 'x' is not a finite number");
  require_error("  yes\n", 1, 3, "the label 'yes'");
  require_error("nan 1:1\n", 1, 1, "the label 'nan'");
  require_error("inf\n", 1, 1, "the label 'inf'");
  require_error("1e999\n", 1, 1, "the label '1e999'");
  require_error("1,2 1:1\n", 1, 1, "the label '1,2'");
  require_error("qid:1 1:1\n", 1, 1, "the label 'qid:1'");
  require_error("1: 1:1\n", 1, 3, "a weight is missing");
  require_error("1:-0.5 1:1\n", 1, 3, "the weight '-0.5'");
  require_error("1:nan 1:1\n", 1, 3, "the weight 'nan'");
  require_error("1:inf 1:1\n", 1, 3, "the weight 'inf'");
  require_error("1:x 1:1\n", 1, 3, "the weight 'x'");
  require_error("1:1:1 1:1\n", 1, 3, "the weight '1:1'");
  require_error("1 qid: 1:1\n", 1, 7, "the query number");
  require_error("1 qid:x 1:1\n", 1, 7, "the query number 'x'");
  require_error("1 qid:1.5 1:1\n", 1, 7, "the query number '1.5'");
}

TEST_CASE("of several errors the first in the file is named", "[libsvm][errors]") {
  std::string text;
  for (int k = 0; k < 500; ++k) {
    text += k >= 300 && k % 7 == 0 ? "1 1:1 0:1\n" : "1 1:1 2:1\n";
  }
  require_error(text, 302, 7, "index 0");
  require_error("1 0:nan\n", 1, 3, "index 0");
  require_error("1 3:1 2:nan\nx\n", 1, 7, "out of order");
}

TEST_CASE("gzip that is cut short or damaged, after the errors before it", "[libsvm][errors]") {
  const Scratch scratch;
  std::string text;
  for (int k = 0; k < 3000; ++k) {
    text += "1 1:" + std::to_string(k * 7919 % 10007) + " 2:1\n";
  }
  const std::string whole = gzip(scratch, text);
  const auto message = [&](const std::string& content, int threads) {
    ReadOptions options;
    options.threads = threads;
    options.chunk_bytes = 500;
    try {
      static_cast<void>(read_libsvm(scratch.file(content), options));
    } catch (const InputError& error) {
      return error.reason();
    }
    return std::string("none");
  };
  for (const int threads : {1, 2, 4, 8}) {
    CAPTURE(threads);
    REQUIRE(message(whole, threads) == "none");
    for (const std::size_t size :
         {whole.size() - 1, whole.size() - 9, whole.size() / 2, std::size_t{12}, std::size_t{2}}) {
      REQUIRE(message(whole.substr(0, size), threads) == "the gzip file is cut short");
    }
    std::string damaged = whole;
    damaged[damaged.size() - 6] = static_cast<char>(~damaged[damaged.size() - 6]);
    REQUIRE(message(damaged, threads) == "the gzip file is damaged");
    REQUIRE(message(whole + "more", threads) == "the gzip file is damaged");
    const std::string wrong = gzip(scratch, "1 1:1\n1 0:1\n" + text);
    REQUIRE_THAT(message(wrong.substr(0, wrong.size() / 2), threads), Catch::Contains("index 0"));
  }
  // The place is the line that cannot be read any more.
  const std::string cut = gzip(scratch, "1 1:1\n2 1:1\n3 1:1");
  const std::string path = scratch.file(cut.substr(0, cut.size() - 4));
  REQUIRE_THROWS_WITH(read_libsvm(path), path + ":3:1: the gzip file is cut short");
}

TEST_CASE("files that cannot be opened or read", "[libsvm][errors]") {
  const Scratch scratch;
  const std::string missing = scratch.path("missing");
  REQUIRE_THROWS_WITH(read_libsvm(missing), missing + ": No such file or directory");
  const std::string folder = scratch.folder().string();
  REQUIRE_THROWS_WITH(read_libsvm(folder), folder + ": Is a directory");
  REQUIRE_THROWS_AS(read_libsvm(missing), InputError);
}
