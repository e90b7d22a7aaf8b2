#!/usr/bin/env python3
"""CONTRIBUTING's "Add a loss", carried out: a copy of the tree gets a loss that it lacks, by one new
file and one line in the table; the program is built with it, and trains.

    add_a_loss.py TREE SCRATCH_FOLDER [CMAKE_ARGUMENT...]
"""
import json
import math
import os
import pathlib
import random
import shutil
import subprocess
import sys

LOSS = """\
// Log-cosh loss: nearly squared near zero, nearly absolute far away.
#pragma once

#include <sounder/solvers/loss/loss.hpp>

namespace sounder {

/// loss(y, z) = log(cosh(z - y)).
struct LogCosh {
  /// As the concept Loss asks. @{
  static constexpr std::string_view name = "log-cosh";
  static constexpr std::string_view formula = "log(cosh(z - y))";
  static constexpr double curvature_bound = 1.0;
  static constexpr bool smooth = true;
  static constexpr bool classification = false;

  [[nodiscard]] double value(double y, double z) const noexcept {
    const double r = std::abs(z - y);
    return r + std::log1p(std::exp(-2.0 * r)) - std::log(2.0);
  }
  [[nodiscard]] double derivative(double y, double z) const noexcept { return std::tanh(z - y); }
  [[nodiscard]] double curvature(double y, double z) const noexcept {
    const double slope = std::tanh(z - y);
    return 1.0 - slope * slope;
  }
  [[nodiscard]] double dual_term(double y, double a) const noexcept {
    if (std::abs(a) > 1.0) {
      return -infinity;
    }
    const auto entropy = [](double u) { return u > 0.0 ? u * std::log(u) : 0.0; };
    return a * y - 0.5 * (entropy(1.0 + a) + entropy(1.0 - a));
  }
  /// @}
};

static_assert(Loss<LogCosh>);

}  // namespace sounder
"""
LINE = "#include <sounder/solvers/loss/log_cosh.hpp>\n"


def copy_of(tree, folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("engine", "datasets", "solvers", "bench", "scripts"):
        shutil.copytree(tree / name, folder / name, ignore=shutil.ignore_patterns("results"))
    for name in ("CMakeLists.txt", "CMakePresets.json"):
        shutil.copy(tree / name, folder / name)


def add_the_loss(folder):
    """One file and one line. To be quick, the copy has no other loss than logistic."""
    (folder / "solvers/loss/log_cosh.hpp").write_text(LOSS)
    table = folder / "solvers/loss/losses.hpp"
    lines = [line for line in table.read_text().splitlines(keepends=True)
             if not line.startswith("#include") or "loss/logistic.hpp" in line]
    after = next(k for k, line in enumerate(lines) if "loss/logistic.hpp" in line)
    table.write_text("".join(lines[:after] + [LINE] + lines[after:]))


def build(folder, arguments):
    cores = str(os.cpu_count() or 1)
    subprocess.run(["cmake", "-S", str(folder), "-B", str(folder / "build"), "-G", "Ninja",
                    "-DCMAKE_BUILD_TYPE=", "-DCMAKE_CXX_FLAGS=-O0", "-DSOUNDER_BUILD_TESTS=OFF",
                    *arguments], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", str(folder / "build"), "--parallel", cores], check=True,
                   stdout=subprocess.DEVNULL)
    return folder / "build/sounder"


def train(program, folder, *arguments):
    command = [str(program), "train", str(folder / "data"), str(folder / "model"), "--json", "-", "--quiet",
               "--threads", "2", *arguments]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    tree, folder = (pathlib.Path(name).resolve() for name in sys.argv[1:3])
    copy_of(tree, folder)
    add_the_loss(folder)
    program = build(folder, sys.argv[3:])
    rng = random.Random(1)
    rows = [[rng.gauss(0.0, 1.0) for _ in range(3)] for _ in range(200)]
    labels = [2.0 * x[0] - x[1] + 0.3 * rng.gauss(0.0, 1.0) for x in rows]
    labels[0] += 1000.0  # an outlier, which moves least squares and hardly this
    (folder / "data").write_text("".join(
        f"{y!r} " + " ".join(f"{j + 1}:{x!r}" for j, x in enumerate(row)) + "\n"
        for y, row in zip(labels, rows)))
    for solver in ("auto", "cd", "shotgun", "hogwild"):
        found = train(program, folder, "--loss", "log-cosh", "--solver", solver, "--C", "100",
                      "--tol", "1e-3", "--max-epochs", "2000")
        assert found["status"] == "converged", found
        assert found["loss"] == "log-cosh", found
        weights = [float(word) for word in (folder / "model").read_text().split("\nw\n")[1].split()]
        assert math.dist(weights, [2.0, -1.0, 0.0]) < 0.2, weights
    described = subprocess.run([str(program), "train", "--help"], check=True, capture_output=True,
                               text=True).stdout
    assert "log-cosh: log(cosh(z - y))" in " ".join(described.split()), described
    print("log-cosh was added by one file and one line, built and trained")


if __name__ == "__main__":
    main()
