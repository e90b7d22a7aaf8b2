#!/usr/bin/env python3
"""Shotgun: iterations to a target gap against P, the coordinates that are updated at once.

    bench/shotgun.py --program build/release/sounder [--plot FILE] [DATA...]

The lasso at lambda_max/10 (--lambda-ratio) on every DATA, labels as targets, and on two generated
sets whose columns are correlated, so that P* = ceil(p / spectral radius) is small and known. An
iteration is a round of P updates from the same margins, as in the paper, so the count is the same
whatever the number of threads; P goes from 1 past P* in powers of two. Without extrapolation and
Newton passes.
Counts are read between epochs by interpolating the logarithm of the gap. --plot needs matplotlib.
"""
import argparse
import csv
import json
import math
import os
import subprocess
import sys
import tempfile


def run(program, *arguments):
    return subprocess.run([program, *map(str, arguments)], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)


def inspect(program, data):
    answer = run(program, "inspect", data, "--json", "-")
    answer.check_returncode()
    return json.loads(answer.stdout)


def updates_to(trace, target):
    """Updates until the gap is at the target, or None."""
    before = None
    for row in trace:
        gap, updates = float(row["relative_gap"]), float(row["updates"])
        if gap <= target:
            if before is None or gap <= 0.0:
                return updates
            share = math.log(before[0] / target) / math.log(before[0] / gap)
            return before[1] + share * (updates - before[1])
        before = gap, updates
    return None


def measure(program, data, parallel, arguments, folder):
    trace, summary = os.path.join(folder, "trace.csv"), os.path.join(folder, "run.json")
    answer = run(program, "train", data, os.path.join(folder, "model"), "--loss", "squared",
                 "--penalty", "l1", "--lambda-ratio", arguments.lambda_ratio, "--solver", "shotgun",
                 "--parallel", parallel, "--extrapolation", 0, "--newton", "off", "--tol",
                 arguments.gap, "--max-epochs", arguments.max_epochs, "--quiet", "--trace", trace,
                 "--json", summary)
    if answer.returncode not in (0, 1, 4):
        sys.exit(answer.stderr)
    with open(summary, encoding="utf-8") as file:
        status = json.load(file)["status"]
    with open(trace, encoding="utf-8") as file:
        updates = updates_to(csv.DictReader(file), arguments.gap)
    return status, updates and updates / parallel


def study(program, name, data, arguments, folder):
    found = inspect(program, data)
    p_star, columns = found["p_star"], found["columns"]
    print(f"\n{name}: {found['rows']:,} x {columns:,}, spectral radius "
          f"{found['spectral_radius']:.4g}, P* = {p_star}")
    print(f"{'P':>7} {'P/P*':>8} {'iterations':>12} {'speedup':>9} {'of P':>7}  status")
    points, first, lost = [], None, 0
    parallel = 1
    while parallel <= min(columns, arguments.past * p_star) and lost < 2:
        status, iterations = measure(program, data, parallel, arguments, folder)
        first = first or iterations
        speedup = first / iterations if first and iterations else float("nan")
        lost += 0 if iterations else 1
        print(f"{parallel:7d} {parallel / p_star:8.2g} {iterations or float('nan'):12.1f} "
              f"{speedup:9.2f} {speedup / parallel:7.2f}  {status}", flush=True)
        points.append((parallel, iterations))
        parallel *= 2
    return {"name": name, "p_star": p_star, "points": points}


def plot(studies, path, gap):
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    figure, axes = plt.subplots(1, len(studies), figsize=(4.2 * len(studies), 3.8), squeeze=False)
    for axis, study_ in zip(axes[0], studies):
        reached = [(p, n) for p, n in study_["points"] if n]
        axis.loglog(*zip(*reached), "o-", label="measured")
        axis.loglog([p for p, _ in reached], [reached[0][1] / p for p, _ in reached], "--",
                    color="grey", label="linear speedup")
        for p, _ in (point for point in study_["points"] if not point[1]):
            axis.plot(p, reached[0][1], "x", color="crimson")
        axis.axvline(study_["p_star"], color="crimson", lw=1, label=f"P* = {study_['p_star']}")
        axis.set(title=study_["name"], xlabel="P, updates at once (x: never got there)",
                 ylabel=f"iterations to a gap of {gap:g}")
        axis.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="*")
    parser.add_argument("--program", required=True)
    parser.add_argument("--gap", type=float, default=1e-3)
    parser.add_argument("--lambda-ratio", type=float, default=0.1)
    parser.add_argument("--max-epochs", type=int, default=2000)
    parser.add_argument("--past", type=int, default=16, help="stop at so many times P*")
    parser.add_argument("--plot", help="a picture: .svg, .png or .pdf")
    arguments = parser.parse_args()
    program = os.path.abspath(arguments.program)
    version = run(program, "--version").stdout.strip()
    print(f"# {version}; {' '.join([os.path.basename(sys.argv[0])] + sys.argv[1:])}")
    studies = []
    with tempfile.TemporaryDirectory() as folder:
        for data in arguments.data:
            studies.append(study(program, os.path.basename(data), data, arguments, folder))
        for block in (64, 512):
            data = os.path.join(folder, f"correlated-{block}.svm")
            run(program, "generate", "correlated", data, "--rows", 1000, "--columns", 2048,
                "--correlation", 0.5, "--block-columns", block, "--seed", 1).check_returncode()
            studies.append(study(program, f"correlated, blocks of {block}", data, arguments, folder))
        if arguments.plot:
            plot(studies, arguments.plot, arguments.gap)


if __name__ == "__main__":
    main()
