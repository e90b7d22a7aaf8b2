#include <sounder/engine/base/atomic_file.hpp>

#include <sys/stat.h>

#include "datasets/scratch.hpp"
#include "support/catch.hpp"

using sounder::AtomicFile;

namespace {

std::size_t files_in(const Scratch& scratch) {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator(scratch.folder()), {}));
}

}  // namespace

TEST_CASE("a file appears when it is committed, whole", "[atomic]") {
  const Scratch scratch;
  const std::string path = scratch.path("model");
  const std::string large(200'000, 'x');
  {
    AtomicFile file(path);
    file.write("begin ");
    file.write(large);
    file.write(" end");
    REQUIRE_FALSE(std::filesystem::exists(path));
    file.sync();
    REQUIRE_FALSE(std::filesystem::exists(path));
    file.commit();
    REQUIRE(Scratch::content(path) == "begin " + large + " end");
  }
  REQUIRE(files_in(scratch) == 1);
}

TEST_CASE("a file that is not committed leaves the old one and nothing else", "[atomic]") {
  const Scratch scratch;
  const std::string path = scratch.file("old", "model");
  {
    AtomicFile file(path);
    file.write(std::string(200'000, 'x'));
  }
  REQUIRE(Scratch::content(path) == "old");
  REQUIRE(files_in(scratch) == 1);
}

TEST_CASE("a file that is replaced keeps its mode, and a link stays a link", "[atomic]") {
  const Scratch scratch;
  const std::string path = scratch.file("old", "model");
  const std::string link = scratch.path("link");
  std::filesystem::create_symlink("model", link);
  REQUIRE(::chmod(path.c_str(), 0640) == 0);
  AtomicFile file(link);
  file.write("new");
  file.commit();
  REQUIRE(std::filesystem::is_symlink(link));
  REQUIRE(Scratch::content(path) == "new");
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  REQUIRE((status.st_mode & 0777U) == 0640U);
}

TEST_CASE("two writers of one file do not meet: the last commit wins", "[atomic]") {
  const Scratch scratch;
  const std::string path = scratch.path("model");
  AtomicFile first(path);
  AtomicFile second(path);
  first.write("first");
  second.write("second");
  second.commit();
  first.commit();
  REQUIRE(Scratch::content(path) == "first");
  REQUIRE(files_in(scratch) == 1);
}

TEST_CASE("errors carry the path and the system's words", "[atomic]") {
  const Scratch scratch;
  const std::string nowhere = scratch.path("no/such/folder/model");
  REQUIRE_THROWS_WITH(AtomicFile(nowhere), nowhere + ": No such file or directory");
  const std::string folder = scratch.folder().string();
  REQUIRE_THROWS_WITH(AtomicFile(folder), folder + ": Is a directory");
  if (std::filesystem::exists("/dev/full")) {
    AtomicFile full("/dev/full");
    full.write("x");
    REQUIRE_THROWS_WITH(full.commit(), "/dev/full: No space left on device");
  }
}

TEST_CASE("a device is written to, not replaced", "[atomic]") {
  AtomicFile file("/dev/null");
  file.write("x");
  file.sync();
  file.commit();
  REQUIRE(std::filesystem::is_character_file("/dev/null"));
}
