// Packed files, in every format of this build.
#include <sounder/datasets/libsvm_reader.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "datasets/packed.hpp"
#include "support/catch.hpp"

using sounder::Dataset;
using sounder::InputError;
using sounder::ParseError;
using sounder::read_libsvm;
using sounder::ReadOptions;

namespace {

/// Rows with values that depend on the row and `seed`: they can be packed, but not to nothing.
std::string rows(int count, int seed = 7919) {
  std::string text;
  for (int k = 0; k < count; ++k) {
    text += "1 1:" + std::to_string(k * seed % 10007) + " 2:1\n";
  }
  return text;
}

std::vector<ReadOptions> ways_to_read() {
  std::vector<ReadOptions> result;
  for (const int threads : {1, 2, 4, 8}) {
    for (const std::size_t bytes : {std::size_t{1}, std::size_t{500}, std::size_t{1} << 18}) {
      ReadOptions options;
      options.threads = threads;
      options.chunk_bytes = bytes;
      result.push_back(options);
    }
  }
  return result;
}

/// Requires that a file of these bytes is read like one of this text, in every way.
void require_same(const std::string& content, const std::string& text) {
  const Scratch scratch;
  const Dataset expected = read_libsvm(scratch.file(text, "plain"));
  const std::string path = scratch.file(content, "packed");
  for (const ReadOptions& way : ways_to_read()) {
    CAPTURE(way.threads, way.chunk_bytes);
    const Dataset data = read_libsvm(path, way);
    const auto equal = [](auto a, auto b) { return std::ranges::equal(a, b); };
    REQUIRE(equal(data.labels, expected.labels));
    REQUIRE(equal(data.matrix.row_pointers(), expected.matrix.row_pointers()));
    REQUIRE(equal(data.matrix.column_indices(), expected.matrix.column_indices()));
    REQUIRE(equal(data.matrix.values(), expected.matrix.values()));
  }
}

/// The error without `FILE:LINE:COLUMN: `.
std::string reason(const std::string& content, const ReadOptions& options = {}) {
  const Scratch scratch;
  try {
    static_cast<void>(read_libsvm(scratch.file(content), options));
  } catch (const InputError& error) {
    return error.reason();
  }
  return "none";
}

}  // namespace

TEST_CASE("the formats of this build", "[packed]") {
  std::string missing;
#ifndef SOUNDER_WITH_BZIP2
  missing += " bzip2";
#endif
#ifndef SOUNDER_WITH_LZMA
  missing += " xz";
#endif
#ifndef SOUNDER_WITH_ZSTD
  missing += " zstd";
#endif
  if (!missing.empty()) {
    WARN("skipped, because their libraries were not found:" + missing);
  }
  REQUIRE(packers().size() +
              static_cast<std::size_t>(std::count(missing.begin(), missing.end(), ' ')) ==
          4);
}

TEST_CASE("a packed file is read as its text is", "[packed]") {
  for (const Packer& packer : packers()) {
    CAPTURE(packer.name);
    require_same(packer.pack("1 1:1\n-1 2:2\n3 3:3"), "1 1:1\n-1 2:2\n3 3:3");
    require_same(packer.pack("\xEF\xBB\xBF"
                             "1 1:1\n"),
                 "1 1:1\n");
    const std::string text = rows(3000);
    require_same(packer.pack(text), text);
  }
}

TEST_CASE("more than any buffer holds, packed and unpacked", "[packed]") {
  std::string text;
  std::uint64_t state = 1;
  for (int k = 0; k < 90'000; ++k) {  // digits that do not pack to less than a third
    state = state * 6364136223846793005U + 1442695040888963407U;
    text += "1 1:" + std::to_string(state >> 32U) + " 2:" + std::to_string(state % 99991) + "\n";
  }
  const Scratch scratch;
  const Dataset expected = read_libsvm(scratch.file(text, "plain"));
  for (const Packer& packer : packers()) {
    CAPTURE(packer.name);
    const std::string packed = packer.pack(text);
    REQUIRE(packed.size() > std::size_t{1} << 19);
    const Dataset data = read_libsvm(scratch.file(packed, "packed"));
    REQUIRE(std::ranges::equal(data.matrix.values(), expected.matrix.values()));
    REQUIRE(data.labels == expected.labels);
  }
  // What packs to next to nothing: much output of little input.
  const std::string zeros = "1 1:1 #" + std::string(10'000'000, '0') + "\n2 1:1\n";
  for (const Packer& packer : packers()) {
    CAPTURE(packer.name);
    REQUIRE(read_libsvm(scratch.file(packer.pack(zeros), "packed")).labels ==
            std::vector<double>{1, 2});
  }
}

TEST_CASE("streams one after another are one text; zeros may be between them", "[packed]") {
  for (const Packer& packer : packers()) {
    CAPTURE(packer.name);
    const std::string streams = packer.pack("1 1:1\n2 ") + packer.pack("") +
                                packer.pack("2:2\n3 3") + std::string(8, '\0') +
                                packer.pack(":3\n");
    require_same(streams, "1 1:1\n2 2:2\n3 3:3\n");
    require_same(streams + std::string(512, '\0'), "1 1:1\n2 2:2\n3 3:3\n");
    // So many zeros that they fill buffers.
    require_same(streams + std::string(600'000, '\0') + packer.pack("4 1:1"),
                 "1 1:1\n2 2:2\n3 3:3\n4 1:1");
    std::string many;
    std::string text;
    for (int k = 0; k < 200; ++k) {
      many += packer.pack(rows(3, k + 1));
      text += rows(3, k + 1);
    }
    require_same(many, text);
  }
}

#ifdef SOUNDER_WITH_ZSTD
TEST_CASE("zstd: frames to be skipped, first, last and between; long windows", "[packed]") {
  const std::string skipped("\x5A\x2A\x4D\x18\x05\0\0\0other", 13);
  require_same(skipped + zstd("1 1:1\n") + skipped + skipped + zstd("2 2:2\n") + skipped,
               "1 1:1\n2 2:2\n");
  REQUIRE(reason(skipped) == "the file has no rows");
  REQUIRE(reason(zstd("1 1:1\n") + skipped.substr(0, 10)) == "the zstd file is cut short");
  const std::string text = rows(100);
  std::string packed(1 << 16, '\0');
  ZSTD_CCtx* const state = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(state, ZSTD_c_windowLog, 30);
  ZSTD_CCtx_setParameter(state, ZSTD_c_contentSizeFlag, 0);
  ZSTD_inBuffer from{text.data(), text.size(), 0};
  ZSTD_outBuffer to{packed.data(), packed.size(), 0};
  REQUIRE(ZSTD_compressStream2(state, &to, &from, ZSTD_e_flush) == 0);
  REQUIRE(ZSTD_compressStream2(state, &to, &from, ZSTD_e_end) == 0);
  ZSTD_freeCCtx(state);
  require_same(packed.substr(0, to.pos), text);
}
#endif

TEST_CASE("a packed file without text has no rows", "[packed]") {
  for (const Packer& packer : packers()) {
    for (const std::string text : {"", "\n", "# nothing", "\xEF\xBB\xBF"}) {
      CAPTURE(packer.name, text);
      REQUIRE(reason(packer.pack(text)) == "the file has no rows");
    }
  }
}

TEST_CASE("a packed file that is cut short or damaged, after the errors before it", "[packed]") {
  for (const Packer& packer : packers()) {
    const std::string text = rows(3000);
    const std::string whole = packer.pack(text);
    const std::string cut_short = "the " + packer.name + " file is cut short";
    const std::string damaged = "the " + packer.name + " file is damaged";
    for (const ReadOptions& way : ways_to_read()) {
      CAPTURE(packer.name, way.threads, way.chunk_bytes);
      for (const std::size_t size : {whole.size() - 1, whole.size() - 3, whole.size() / 2,
                                     std::size_t{12}, std::size_t{6}}) {
        CAPTURE(size);
        REQUIRE(reason(whole.substr(0, size), way) == cut_short);
      }
      REQUIRE(reason(whole + whole.substr(0, 12), way) == cut_short);
      REQUIRE(reason(whole + "and more of it", way) == damaged);
      std::string changed = whole;
      changed[whole.size() / 2] = static_cast<char>(~changed[whole.size() / 2]);
      const std::string said = reason(changed, way);
      CHECK((said == damaged || said.find("label") != std::string::npos ||
             said.find("index") != std::string::npos || said.find("value") != std::string::npos));
      const std::string wrong = packer.pack("1 1:1\n1 0:1\n") + whole;
      REQUIRE_THAT(reason(wrong.substr(0, wrong.size() - 9), way), Catch::Contains("index 0"));
    }
  }
}

TEST_CASE("checksums are compared, and the place is the line that cannot be read", "[packed]") {
  const Scratch scratch;
  for (const Packer& packer : packers()) {
    CAPTURE(packer.name);
    const std::string good = packer.pack("1 1:1\n2 1:1\n");
    const std::string later = packer.pack("3 1:1\n4 1:1\n");
    const std::string cut = scratch.file(good + later.substr(0, later.size() / 3));
    REQUIRE_THROWS_WITH(read_libsvm(cut), cut + ":3:1: the " + packer.name + " file is cut short");
    // The checksum's bytes: the last of zstd; before the length of gzip's; before xz's index.
    const std::size_t back = packer.name == "gzip" ? 6 : packer.name == "zstd" ? 2 : 0;
    if (back > 0) {
      std::string changed = good;
      changed[good.size() - back] = static_cast<char>(~changed[good.size() - back]);
      REQUIRE(reason(changed) == "the " + packer.name + " file is damaged");
    }
    // A change of any one byte never gives other rows without an error.
    for (std::size_t k = 0; k < good.size(); ++k) {
      std::string changed = good;
      changed[k] = static_cast<char>(changed[k] ^ 0x10);
      const std::string path = scratch.file(changed);
      try {
        const Dataset data = read_libsvm(path);
        CAPTURE(k);
        REQUIRE(data.labels == std::vector<double>{1, 2});
        REQUIRE(data.matrix.nonzeros() == 2);
      } catch (const InputError&) {
      }
    }
  }
}

TEST_CASE("packed files from a pipe, a byte at a time", "[packed]") {
  const Scratch scratch;
  const std::string text = rows(40);
  const Dataset expected = read_libsvm(scratch.file(text));
  for (const Packer& packer : packers()) {
    for (const int threads : {1, 4}) {
      CAPTURE(packer.name, threads);
      int ends[2];
      REQUIRE(::pipe(ends) == 0);
      const std::string packed = packer.pack(text);
      std::jthread writer([&packed, end = ends[1]] {
        for (const char c : packed) {
          static_cast<void>(::write(end, &c, 1));
        }
        ::close(end);
      });
      ReadOptions options;
      options.threads = threads;
      options.chunk_bytes = 4;
      const Dataset data = read_libsvm("/proc/self/fd/" + std::to_string(ends[0]), options);
      ::close(ends[0]);
      REQUIRE(std::ranges::equal(data.matrix.values(), expected.matrix.values()));
    }
  }
}

TEST_CASE("packed in a packed file", "[packed]") {
  for (const Packer& outer : packers()) {
    for (const Packer& inner : packers()) {
      CAPTURE(outer.name, inner.name);
      const std::string said = reason(outer.pack(inner.pack("1 1:1\n")));
      REQUIRE_THAT(said, Catch::Contains("this is a"));
      REQUIRE_THAT(said, Catch::Contains("`" + outer.name + " -dc FILE | " + inner.name + " -dc`"));
    }
  }
}
