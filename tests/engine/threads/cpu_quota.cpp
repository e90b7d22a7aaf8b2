#include <sounder/engine/threads/cpu_quota.hpp>
#include <sounder/engine/threads/team.hpp>

#include <limits>

#include "datasets/scratch.hpp"
#include "support/catch.hpp"

using sounder::cpu_quota;

namespace {

constexpr int none = std::numeric_limits<int>::max();

/// Control groups that are files of a test.
struct Groups {
  Scratch scratch;

  void write(const std::string& name, const std::string& text) const {
    const std::filesystem::path path = scratch.folder() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  /// With these lines in /proc/self/cgroup.
  [[nodiscard]] int quota(const std::string& membership) const {
    write("membership", membership);
    return cpu_quota({scratch.path("membership"), scratch.path("sys")});
  }
};

}  // namespace

TEST_CASE("a quota of control groups of version 2 is rounded up", "[quota]") {
  const Groups groups;
  REQUIRE(groups.quota("0::/\n") == none);
  for (const auto& [text, expected] : {std::pair{"200000 100000", 2},
                                       {"200001 100000", 3},
                                       {"150000 100000", 2},
                                       {"1000 100000", 1},
                                       {"50000 25000\n", 2},
                                       {"max 100000\n", none},
                                       {"max", none},
                                       {"", none},
                                       {"200000", none},
                                       {"rubbish 7", none},
                                       {"100000 0", none},
                                       {"-5 100000", none},
                                       {"9000000000000000000 1", none}}) {
    CAPTURE(text);
    groups.write("sys/cpu.max", text);
    REQUIRE(groups.quota("0::/\n") == expected);
  }
}

TEST_CASE("the least quota of a group and all above it holds", "[quota]") {
  const Groups groups;
  groups.write("sys/a/cpu.max", "300000 100000");
  groups.write("sys/a/b/cpu.max", "700000 100000");
  groups.write("sys/a/b/c/cpu.max", "max 100000");
  groups.write("sys/other/cpu.max", "100000 100000");
  REQUIRE(groups.quota("0::/a/b/c\n") == 3);
  REQUIRE(groups.quota("0::/a/b\n") == 3);
  groups.write("sys/a/b/cpu.max", "200000 100000");
  REQUIRE(groups.quota("0::/a/b/c\n") == 2);
  REQUIRE(groups.quota("0::/a\n") == 3);
  REQUIRE(groups.quota("0::/\n") == none);
  groups.write("sys/cpu.max", "100000 100000");
  REQUIRE(groups.quota("0::/a/b/c\n") == 1);
}

TEST_CASE("a quota of control groups of version 1, alone or beside version 2", "[quota]") {
  const Groups groups;
  const std::string membership = "5:memory:/m\n4:cpuacct,cpu:/job/step\n0::/user\n";
  groups.write("sys/cpuacct,cpu/job/step/cpu.cfs_quota_us", "-1\n");
  groups.write("sys/cpuacct,cpu/job/step/cpu.cfs_period_us", "100000\n");
  groups.write("sys/memory/m/cpu.cfs_quota_us", "100000\n");
  groups.write("sys/memory/m/cpu.cfs_period_us", "100000\n");
  REQUIRE(groups.quota(membership) == none);
  groups.write("sys/cpuacct,cpu/job/cpu.cfs_quota_us", "350000\n");
  groups.write("sys/cpuacct,cpu/job/cpu.cfs_period_us", "100000\n");
  REQUIRE(groups.quota(membership) == 4);
  groups.write("sys/unified/user/cpu.max", "250000 100000\n");
  REQUIRE(groups.quota(membership) == 3);
  groups.write("sys/cpu/job/cpu.cfs_quota_us", "200000\n");  // another name of the same place
  groups.write("sys/cpu/job/cpu.cfs_period_us", "100000\n");
  REQUIRE(groups.quota("3:cpu:/job/step\n") == 2);
  REQUIRE(groups.quota("3:cpuset,cpuacct:/job/step\n") == none);
}

TEST_CASE("in a container the groups are found where the mount begins", "[quota]") {
  const Groups groups;
  groups.write("sys/cpu.max", "200000 100000");
  groups.write("sys/inner/cpu.max", "100000 100000");
  REQUIRE(groups.quota("0::/docker/0123abcd\n") == 2);        // its own root is mounted
  REQUIRE(groups.quota("0::/docker/0123abcd/inner\n") == 1);  // and a group below
  REQUIRE(groups.quota("0::/../elsewhere\n") == 2);
  REQUIRE(groups.quota("0::/gone (deleted)\n") == 2);
  REQUIRE(groups.quota("0::/odd:name") == 2);
  REQUIRE(groups.quota("") == none);
  REQUIRE(groups.quota("nonsense\n:\n::\n") == 2);
  REQUIRE(cpu_quota({groups.scratch.path("absent"), groups.scratch.path("sys")}) == none);
}

TEST_CASE("no more threads are available than the quota allows", "[quota]") {
  REQUIRE(cpu_quota() >= 1);
  REQUIRE(sounder::available_threads() >= 1);
  REQUIRE(sounder::available_threads() <= cpu_quota());
}
