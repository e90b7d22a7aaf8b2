// How much memory may be taken, as a made-up system describes it.
#include "memory.hpp"

#include <sys/resource.h>

#include <cmath>

#include "datasets/scratch.hpp"
#include "support/catch.hpp"

using sounder::cli::AvailableMemory;
using sounder::cli::memory_to_be_had;
using sounder::cli::MemorySources;

namespace {

/// /proc and /sys/fs/cgroup of a system that has 5000 KiB left.
class System {
 public:
  System() {
    file("proc/meminfo", "MemTotal:  8000 kB\nMemFree:  100 kB\nMemAvailable:   5000 kB\n");
  }
  System& file(const std::string& name, const std::string& text) {
    const auto path = scratch_.folder() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return *this;
  }
  [[nodiscard]] AvailableMemory memory(std::uint64_t address_space = RLIM_INFINITY) const {
    return memory_to_be_had(
        {scratch_.path("proc"), {scratch_.path("proc/self/cgroup"), scratch_.path("cgroup")}},
        address_space);
  }

 private:
  Scratch scratch_;
};

}  // namespace

TEST_CASE("what nothing says is infinite", "[memory]") {
  System system;
  system.file("proc/meminfo", "");
  REQUIRE(std::isinf(system.memory().bytes));
}

TEST_CASE("the machine's free memory", "[memory]") {
  const AvailableMemory memory = System().memory();
  REQUIRE(memory.bytes == 5000.0 * 1024);
  REQUIRE(memory.limit == "free");
}

TEST_CASE("control groups of version 2: the least of all ancestors", "[memory]") {
  System system;
  system.file("proc/self/cgroup", "0::/a/b/c\n")
      .file("cgroup/a/b/c/memory.max", "max\n")
      .file("cgroup/a/b/c/memory.current", "4000\n");
  REQUIRE(system.memory().limit == "free");
  system.file("cgroup/a/b/memory.max", "1000000\n").file("cgroup/a/b/memory.current", "400000\n");
  REQUIRE(system.memory().bytes == 600'000);
  REQUIRE(system.memory().limit.find("control group") != std::string::npos);
  system.file("cgroup/a/memory.max", "2000000\n").file("cgroup/a/memory.current", "1900000\n");
  REQUIRE(system.memory().bytes == 100'000);
  // The system drops pages of files if memory is needed.
  system.file("cgroup/a/memory.stat", "anon 5\nactive_file 30000\ninactive_file 200000\nx 1\n");
  REQUIRE(system.memory().bytes == 330'000);
  system.file("cgroup/a/b/c/memory.max", "5000\n");
  REQUIRE(system.memory().bytes == 1000);
}

TEST_CASE("a container may see its own group as the root", "[memory]") {
  System system;
  system.file("cgroup/memory.max", "70000\n").file("cgroup/memory.current", "20000\n");
  REQUIRE(system.memory().limit == "free");
  for (const char* const group : {"0::/\n", "0::/docker/1234\n", "0::/../x\n"}) {
    system.file("proc/self/cgroup", group);
    REQUIRE(system.memory().bytes == 50'000);
  }
}

TEST_CASE("control groups of version 1, and of both", "[memory]") {
  System system;
  system.file("proc/self/cgroup", "9:name=systemd:/\n5:cpu,memory:/g:1/h\n3:cpuset:/\n0::/u\n")
      .file("cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n")
      .file("cgroup/memory/memory.usage_in_bytes", "123\n");
  REQUIRE(system.memory().limit == "free");
  system.file("cgroup/memory/g:1/memory.limit_in_bytes", "900000\n")
      .file("cgroup/memory/g:1/memory.usage_in_bytes", "500000\n")
      .file("cgroup/memory/g:1/memory.stat",
            "inactive_file 1\ntotal_inactive_file 90000\ntotal_active_file 10000\n");
  REQUIRE(system.memory().bytes == 500'000);
  system.file("cgroup/unified/u/memory.max", "80000\n")
      .file("cgroup/unified/u/memory.current", "0\n");
  REQUIRE(system.memory().bytes == 80'000);
}

TEST_CASE("what is left of the address space", "[memory]") {
  System system;
  const auto page = static_cast<double>(::getpagesize());
  system.file("proc/self/statm", "10 3 2 1 0 4 0\n");
  REQUIRE(system.memory(1 << 20).bytes == 1048576 - 10 * page);
  REQUIRE(system.memory(1 << 20).limit.find("ulimit -v") != std::string::npos);
  REQUIRE(system.memory(std::uint64_t{1} << 40).limit == "free");
}

TEST_CASE("this process has memory", "[memory]") {
  REQUIRE(memory_to_be_had().bytes > 1e6);
}
