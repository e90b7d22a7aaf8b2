// Files that are not LIBSVM text: each gets one sentence that names the format and what helps.
#include <sounder/datasets/libsvm_reader.hpp>

#include "datasets/packed.hpp"
#include "support/catch.hpp"

using sounder::Dataset;
using sounder::InputError;
using sounder::ParseError;
using sounder::read_libsvm;
using sounder::ReadOptions;

namespace {

std::string what(const std::string& content, const ReadOptions& options = {}) {
  const Scratch scratch;
  try {
    static_cast<void>(read_libsvm(scratch.file(content), options));
  } catch (const InputError& error) {
    return std::string(error.what()).substr(scratch.path("data").size());
  }
  return "none";
}

/// The sentence has these parts, from any number of threads; a pipe leads to standard input.
void require_said(const std::string& content, const std::vector<std::string>& parts) {
  ReadOptions options;
  for (const int threads : {1, 4}) {
    for (const std::size_t bytes : {std::size_t{1}, std::size_t{1} << 18}) {
      options.threads = threads;
      options.chunk_bytes = bytes;
      const std::string said = what(content, options);
      for (const std::string& part : parts) {
        CHECK_THAT(said, Catch::Contains(part));
      }
      CHECK(said.find('\n') == std::string::npos);
      if (said.find("FILE") != std::string::npos) {
        CHECK_THAT(said, Catch::EndsWith(", to be read from standard input, `-`"));
      }
    }
  }
}

/// `text` in UTF-16 of one byte order, without a mark.
std::string utf16(std::string_view text, bool little) {
  std::string wide;
  for (const char c : text) {
    wide += little ? std::string{c, '\0'} : std::string{'\0', c};
  }
  return wide;
}

/// The header of a file of `size` bytes in a tar archive, as far as it matters here.
std::string tar_of(std::string_view text) {
  std::string block = "rows.txt";
  block.resize(257, '\0');
  block += std::string(
      "ustar\0"
      "00",
      8);
  block.resize(512, '\0');
  return block + std::string(text) + std::string(1024, '\0');
}

}  // namespace

TEST_CASE("archives and formats that are not unpacked: the name and the pipe", "[formats]") {
  require_said(std::string("PK\x03\x04\x14\0\0\0", 8),
               {": this is a zip archive", "`unzip -p FILE`"});
  require_said("PK\x05\x06more", {"a zip archive"});
  require_said("7z\xBC\xAF\x27\x1C\x01", {"a 7z archive", "`7z x -so FILE`"});
  require_said("Rar!\x1A\x07\x01", {"a rar archive", "`unrar p -inul FILE`"});
  require_said("\x1F\x9D\x90more", {"compress (.Z)", "`gzip -dc FILE`"});
  require_said("\x04\x22\x4D\x18more", {"an lz4 file", "`lz4 -dc FILE`"});
  require_said("LZIP\x01more", {"an lzip file", "`lzip -dc FILE`"});
  require_said(std::string("\x5D\0\0\x80\0more", 9), {"an lzma file", "`xz -dc FILE`"});
  require_said(tar_of("1 1:1\n"), {"a tar archive", "`tar -xOf FILE`"});
  require_said(gzip(Scratch(), tar_of("1 1:1\n")),
               {"a tar archive in a gzip file", "`gzip -dc FILE | tar -xOf -`"});
  require_said(gzip(Scratch(), "7z\xBC\xAF\x27\x1C\x01"),
               {"a 7z archive in a gzip file: unpack it"});
  // The word alone makes no archive.
  REQUIRE(what("# " + std::string(255, '.') + "ustar\n1 1:1\n") == "none");
}

TEST_CASE("packed formats whose library is not there", "[formats]") {
  std::vector<std::pair<std::string, std::string>> heads;
#ifndef SOUNDER_WITH_BZIP2
  heads.emplace_back("bzip2", "BZh91AY&SYmore");
#endif
#ifndef SOUNDER_WITH_LZMA
  heads.emplace_back("xz", std::string("\xFD\x37zXZ\0\0\x04", 8));
#endif
#ifndef SOUNDER_WITH_ZSTD
  heads.emplace_back("zstd", "\x28\xB5\x2F\xFDmore");
  heads.emplace_back("zstd", "\x50\x2A\x4D\x18more");
#endif
  for (const auto& [name, head] : heads) {
    require_said(
        head, {" " + name + " file, which this build does not unpack", "`" + name + " -dc FILE`"});
    require_said(gzip(Scratch(), head), {"`gzip -dc FILE | " + name + " -dc`"});
  }
}

TEST_CASE("UTF-16 and UTF-32, with a mark and without", "[formats]") {
  const std::string text = "1 1:1\n-1 2:1\n";
  require_said("\xFF\xFE" + utf16(text, true), {"UTF-16 text", "`iconv -f UTF-16 -t UTF-8 FILE`"});
  require_said("\xFE\xFF" + utf16(text, false), {"UTF-16 text", "`iconv -f UTF-16 -t UTF-8 FILE`"});
  require_said(utf16(text, true), {"UTF-16 text", "`iconv -f UTF-16LE -t UTF-8 FILE`"});
  require_said(utf16(text, false), {"UTF-16 text", "`iconv -f UTF-16BE -t UTF-8 FILE`"});
  require_said(gzip(Scratch(), "\xFF\xFE" + utf16(text, true)),
               {"UTF-16 text in a gzip file", "`gzip -dc FILE | iconv -f UTF-16 -t UTF-8`"});
  require_said(std::string("\xFF\xFE\0\0"
                           "1\0\0\0",
                           8),
               {"UTF-32 text", "`iconv -f UTF-32"});
}

TEST_CASE("a UTF-8 byte-order mark is skipped, and columns count from after it", "[formats]") {
  const Scratch scratch;
  const std::string mark = "\xEF\xBB\xBF";
  for (const auto& content : {mark + "1 1:1\n-1 2:1\n", gzip(scratch, mark + "1 1:1\n-1 2:1\n")}) {
    for (const std::size_t bytes : {std::size_t{1}, std::size_t{1} << 18}) {
      ReadOptions options;
      options.chunk_bytes = bytes;
      REQUIRE(read_libsvm(scratch.file(content), options).labels == std::vector<double>{1, -1});
    }
  }
  REQUIRE(what(mark) == ":1:1: the file has no rows");
  REQUIRE_THAT(what(mark + "1 0:1\n"), Catch::StartsWith(":1:3: index 0"));
  REQUIRE_THAT(what(mark + "1 1:1\n1 0:1\n"), Catch::StartsWith(":2:3: index 0"));
  REQUIRE_THAT(what(mark + mark + "1 1:1\n"), Catch::StartsWith(":1:1: the label '???1'"));
  REQUIRE_THAT(what(mark + "2 3 4\n1 1:1\n"), Catch::StartsWith(":1:1: '2 3 4' looks like"));
}

TEST_CASE("carriage returns alone as line ends", "[formats]") {
  require_said("1 1:1\r-1 2:1\r", {":1:6: ", "carriage return", "`tr '\\r' '\\n' < FILE`"});
  require_said("1:1 1:1\r2:1 3:1\r", {":1:8: ", "carriage return"});     // would be one row
  require_said("# old\r1 1:1\r2 2:1\r", {":1:6: ", "carriage return"});  // would be no row
  require_said("1\r2\r", {":1:2: ", "carriage return"});
  require_said(gzip(Scratch(), "1 1:1\r-1 2:1\r"), {":1:6: ", "`gzip -dc FILE | tr '\\r' '\\n'`"});
  // One such line among others.
  require_said("1 1:1\n1 1:1\r-1 2:1\n", {":2:6: ", "carriage return", "`tr '\\r' '\\n'`"});
  require_said("1 1:1\n1:1 1:1\r2:1 3:1\n", {":2:8: ", "carriage return"});
  require_said("1 1:1\n2 # c\r2:1 3:1\n", {":2:6: ", "carriage return"});
  require_said("1 1:1\n2 1:1 \t\r\r # c\n", {":2:9: ", "carriage return"});
  require_said("1 1:1\n\r\t2 1:1\n", {":2:1: ", "carriage return"});
  // At the end of a line they are nothing.
  for (const std::string text : {"1 1:1\r", "1 1:1\r\n2 1:1\r\n", "1 1:1\r\r\n2 1:1 # c\r\n",
                                 "\r\n1 1:1 \r \t\r\n# c \r\r\n", "1 1:1 # c\r"}) {
    REQUIRE(what(text) == "none");
  }
}

TEST_CASE("header lines of sizes", "[formats]") {
  for (const std::string header : {"2 3", "2 3 4", " 12410\t24820 892327 \r"}) {
    require_said(header + "\n1 1:1\n-1 2:1\n",
                 {"looks like a header line of sizes", "`tail -n +2 FILE`"});
  }
  require_said("2 3 4\n1 1:1\n", {":1:1: '2 3 4' looks"});
  require_said("10 20 3 4\n1 1:1\n", {"header line"});  // rows follow
  require_said("10 20 3\n1 1\n2 2\n", {"header line"});
  require_said("# sizes\n\n 2 3 # here\n1 1:1\n",
               {":3:2: '2 3' looks like a header line", "`tail -n +4 FILE`"});
  require_said(gzip(Scratch(), "2 3 4\n1 1:1\n"), {"`gzip -dc FILE | tail -n +2`"});
  // Such a line further down is a row that is wrong.
  REQUIRE_THAT(what("1 1:1\n2 3 4\n"), Catch::StartsWith(":2:4: index 3 has no value"));
  REQUIRE_THAT(what("2 3 4"), Catch::StartsWith(":1:4: index 3 has no value"));
  // These are rows.
  REQUIRE(what("2\n3 1:1\n") == "none");
  REQUIRE(what("2 qid:3\n3 1:1\n") == "none");
}

TEST_CASE("tables: CSV, names of columns, numbers without indices, web pages", "[formats]") {
  require_said("1,0.5,2\n-1,3,4\n", {":1:1: ", "CSV, values separated by commas"});
  require_said("label,a,b\n1,2,3\n", {"CSV"});
  require_said("1;0,5;2\n-1;3;4\n", {"CSV"});
  require_said("\"1\";\"2\"\n", {"CSV, values separated by semicolons"});
  require_said(
      "label height width\n1 1:5 2:3\n",
      {":1:1: 'label height width' looks like a line of column names", "`tail -n +2 FILE`"});
  require_said("label height width\n1 5 3\n", {"column names", "index:value"});
  require_said("1 0.5 2\n-1 3 4\n", {":1:1: ", "table of numbers without indices"});
  require_said("1 5 2\n2 3 4\n", {"table of numbers"});
  require_said("1\t2\t3\t4\n1\t2\t3\t4\n", {"table of numbers"});
  require_said("<!DOCTYPE html>\n<html>\n", {":1:1: ", "web page"});
  // What has a colon is judged by the parser, and so is one word.
  REQUIRE_THAT(what("1,2 1:1\n"), Catch::StartsWith(":1:1: the label '1,2'"));
  REQUIRE_THAT(what("yes\n"), Catch::StartsWith(":1:1: the label 'yes'"));
  REQUIRE_THAT(what("1 1:1 5\n"), Catch::StartsWith(":1:8: index 5 has no value"));
  REQUIRE_THAT(what(std::string("1 2\0 3\n", 7)), Catch::StartsWith(":1:4: "));
}
