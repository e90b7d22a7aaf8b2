#!/usr/bin/env python3
"""What a solver's header costs a user's compiler.

    bench/compile_time.py [SOLVER...] [--rounds 5] [--limit SECONDS | --yardsticks RATIO]
                          [--kilobytes SIZE]

Compiles, at -O2, a program that solves one problem (logistic loss, elastic net, a matrix of double
arrays; SOLVER+ending: with the Newton ending, which has a header of its own) and an empty one: the
figure is the difference of their CPU seconds, user and system, so that waiting for others does not
count. Each round compiles everything once; the least of the rounds stands, since other work on the
machine can only add to it.

A program of the standard library alone is the yardstick: its seconds say how fast the machine is,
and how busy. --limit ends with 1 where a solver costs more seconds than that, for a machine with
nothing else to do; --yardsticks where it costs more of those, on any machine. Either does not
compile again what is within it. How many yardsticks a solver takes differs by a third from one kind
of processor to another; the size of its machine code, in the last column, does not, with one
compiler, and most of the time is spent on making it: --kilobytes ends with 1 where there is more.

The compiler is $CXX, or g++.
"""
import argparse
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

from common import machine

SOLVERS = ("sgd", "saga", "hogwild", "dual_cd", "newton", "cd", "shotgun", "block_greedy", "block_cd")
ENDED = ("shotgun", "block_greedy", "block_cd")  # may be given newton_epochs, of its own header

EMPTY_PROGRAM = "int main() {}\n"

YARDSTICK_PROGRAM = """\
#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

int main(int count, char** words) {
  std::map<std::string, std::function<bool(const std::string&)>> tests;
  std::vector<std::string> all(words, words + count);
  std::stable_sort(all.begin(), all.end());
  for (const std::string& word : all) {
    tests[word] = [r = std::make_shared<std::string>(word)](const std::string& s) {
      return s.starts_with(*r);
    };
  }
  return static_cast<int>(std::count_if(all.begin(), all.end(), tests[all.front()]));
}
"""

SOLVER_PROGRAM = """\
#include <sounder/solvers/SOLVER.hpp>
#include <sounder/solvers/loss/logistic.hpp>
#include <sounder/solvers/penalty/elastic_net.hpp>

int main() {
  const std::vector<int> row_pointers{0, 1, 2};
  const std::vector<int> columns{0, 1};
  const std::vector<double> values{1.0, 2.0};
  const std::vector<double> y{1.0, -1.0};
  const sounder::CsrMatrix matrix(row_pointers, columns, values, 2);
  const sounder::Problem<sounder::Logistic, sounder::ElasticNet> problem{
      .matrix = matrix, .targets = y, .loss = {}, .penalty = {.lambda = 0.1}};
  sounder::SilentTrace trace;
  return sounder::SOLVER(problem, {.threads = 2}, traceENDING).epochs;
}
"""


def solver_program(name):
    """Of a row of the table: a solver, perhaps with the Newton ending."""
    solver, _, ending = name.partition("+")
    program = SOLVER_PROGRAM.replace("SOLVER", solver).replace(
        "ENDING", ", sounder::newton_epochs" if ending else "")
    return "#include <sounder/solvers/newton/newton_epochs.hpp>\n" * bool(ending) + program


class Compiler:
    """Compiles programs against the headers of this checkout."""

    def __init__(self, folder):
        self.command = os.environ.get("CXX", "g++")
        self.folder = folder
        include = folder / "include" / "sounder"
        include.mkdir(parents=True)
        for part in ("engine", "datasets", "solvers"):
            (include / part).symlink_to(machine.ROOT / part)

    def seconds(self, program):
        """CPU seconds of one compilation."""
        source = self.folder / "program.cpp"
        source.write_text(program, encoding="utf-8")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([self.command, "-std=c++20", "-O2", "-fopenmp", "-I",
                        self.folder / "include", "-c", source, "-o", self.folder / "program.o"],
                       check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.kilobytes = self.code_size()
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def code_size(self):
        """Kilobytes of machine code and constants of what was compiled last; none without `size`."""
        try:
            table = machine.output_of(["size", self.folder / "program.o"])
        except OSError:
            return float("nan")
        return int(table.splitlines()[1].split()[0]) / 1000


def measure(compiler, solvers, rounds, fits):
    """The least seconds of every program beyond the empty one's, and the kilobytes of its code."""
    programs = {"empty": EMPTY_PROGRAM, "yardstick": YARDSTICK_PROGRAM} | {
        name: solver_program(name) for name in solvers}
    least = dict.fromkeys(programs, float("inf"))
    sizes = {}
    for _ in range(rounds):
        for name in programs:
            if name not in solvers or not fits(costs(least), name):
                least[name] = min(least[name], compiler.seconds(programs[name]))
                sizes[name] = compiler.kilobytes
        if all(fits(costs(least), name) for name in solvers):
            break
    return costs(least), sizes


def costs(least):
    return {name: seconds - least["empty"] for name, seconds in least.items() if name != "empty"}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("solvers", nargs="*", metavar="SOLVER",
                        default=SOLVERS + tuple(f"{name}+ending" for name in ENDED))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", type=float)
    parser.add_argument("--yardsticks", type=float)
    parser.add_argument("--kilobytes", type=float)
    arguments = parser.parse_args()

    def fits(cost, name):
        if arguments.limit is not None:
            return cost[name] <= arguments.limit
        if arguments.yardsticks is not None:
            return cost[name] <= arguments.yardsticks * cost["yardstick"]
        return False

    load = machine.load()
    with tempfile.TemporaryDirectory() as folder:
        compiler = Compiler(pathlib.Path(folder))
        cost, sizes = measure(compiler, arguments.solvers, arguments.rounds, fits)
    version = machine.output_of([compiler.command, "--version"]).splitlines()[0]
    print(f"# {machine.processor()}, {machine.cores()} cores; {version}; sounder at commit "
          f"{machine.commit()}; {load} at the start")
    print(f"# {machine.command()}")
    print(f"{'CPU seconds beyond an empty program':>50}{'yardsticks':>12}{'kB of code':>12}")
    for name, seconds in cost.items():
        print(f"{name:20}{seconds:30.2f}{seconds / cost['yardstick']:12.2f}{sizes[name]:12.0f}")
    timed = arguments.limit is not None or arguments.yardsticks is not None
    slow = [name for name in arguments.solvers if timed and not fits(cost, name)]
    if arguments.kilobytes is not None:
        slow += [name for name in arguments.solvers if sizes[name] > arguments.kilobytes]
    elif not timed:
        return 0
    print("beyond the limit: " + ", ".join(slow) if slow else "all within the limit")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
