#!/usr/bin/env python3
"""Block-greedy: what random, clustered and balanced blocks are worth, in passes and in time.

    bench/block_greedy.py --program build/release/sounder [--plot FILE] DATA...

l1-regularised logistic regression at C = 1 (--positive LABEL for data of many classes), the same
number of blocks for every kind, runs in turn round by round. For each kind: epochs and training
seconds until the objective is within 10, 1 and 0.1 % of the optimum (by `cd`; nan: not within
--max-epochs), then the mean largest inner product of a feature with those of other blocks, and the
fullest block's nonzeros over the mean (from `sounder inspect --blocks`). Reading and looking at the
objective are excluded; forming the blocks is not. --plot draws the objective against epochs and
against seconds.
"""
import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile

KINDS = ("random", "clustered", "balanced")
DISTANCES = (1e-1, 1e-2, 1e-3)


def run(program, *arguments):
    return subprocess.run([program, *map(str, arguments)], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)


def problem(arguments):
    positive = ["--positive", arguments.positive] if arguments.positive else []
    return ["--loss", "logistic", "--penalty", "l1", "--C", arguments.C, *positive]


def measure(program, data, kind, blocks, arguments, folder):
    trace = os.path.join(folder, "trace.csv")
    answer = run(program, "train", data, os.path.join(folder, "model"), *problem(arguments),
                 "--solver", "block-greedy", "--block-kind", kind, "--blocks", blocks, "--threads",
                 arguments.threads, "--tol", 1e-9, "--max-epochs", arguments.max_epochs,
                 "--extrapolation", 0, "--newton", "off", "--quiet", "--trace", trace)
    if answer.returncode not in (0, 1):
        sys.exit(answer.stderr)
    with open(trace, encoding="utf-8") as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]


def optimum(program, data, arguments, folder):
    answer = run(program, "train", data, os.path.join(folder, "model"), *problem(arguments),
                 "--solver", "cd", "--tol", 1e-8, "--quiet", "--json", "-")
    return json.loads(answer.stdout)["objective"]


def first(trace, objective, column):
    return next((row[column] for row in trace if row["objective"] <= objective), float("nan"))


def study(program, data, arguments, folder):
    name = os.path.basename(data)
    columns = json.loads(run(program, "inspect", data, "--json", "-").stdout)["columns"]
    blocks = arguments.blocks or max(1, columns // 16)
    found = json.loads(run(program, "inspect", data, "--blocks", blocks, "--json", "-").stdout)
    lowest = optimum(program, data, arguments, folder)
    traces = {kind: [] for kind in KINDS}
    for _ in range(arguments.rounds):
        for kind in KINDS:
            traces[kind].append(measure(program, data, kind, blocks, arguments, folder))
    print(f"\n{name}, {blocks:,} blocks, {arguments.threads} threads: epochs (median seconds) to an "
          f"objective above the optimum by")
    print(f"{'':12}" + "".join(f"{100 * distance:>18g} %" for distance in DISTANCES)
          + "    at the end   product   fullest")
    for kind in KINDS:
        cells = ""
        for distance in DISTANCES:
            goal = lowest * (1.0 + distance)
            epochs = statistics.median(first(t, goal, "epoch") for t in traces[kind])
            seconds = statistics.median(first(t, goal, "seconds") for t in traces[kind])
            cells += f"{epochs:8.0f} ({seconds:6.2f} s) "
        quality = next(blocks for blocks in found["blocks"] if blocks["kind"] == kind)
        print(f"{kind:12}{cells} {100 * (traces[kind][0][-1]['objective'] / lowest - 1):10.3f} %"
              f"{quality['mean_largest_inner_product']:10.3f}{quality['imbalance']:10.2f}",
              flush=True)
    return name, lowest, {kind: traces[kind][0] for kind in KINDS}


def plot(studies, path):
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    figure, axes = plt.subplots(len(studies), 2, figsize=(9, 3.6 * len(studies)), squeeze=False)
    for row, (name, lowest, traces) in zip(axes, studies):
        for axis, column in zip(row, ("epoch", "seconds")):
            for kind, trace in traces.items():
                axis.semilogy([point[column] for point in trace],
                              [max(point["objective"] / lowest - 1, 1e-9) for point in trace],
                              label=kind)
            axis.set(title=name, xlabel=column, ylabel="objective over the optimum, relative")
            axis.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="+")
    parser.add_argument("--program", required=True)
    parser.add_argument("--blocks", type=int, help="default: 16 features a block")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--C", type=float, default=1.0)
    parser.add_argument("--positive", help="that label against the rest")
    parser.add_argument("--max-epochs", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--plot", help="a picture: .svg, .png or .pdf")
    arguments = parser.parse_args()
    program = os.path.abspath(arguments.program)
    version = run(program, "--version").stdout.strip()
    print(f"# {version}; {os.cpu_count()} cores")
    print(f"# {' '.join([os.path.basename(sys.argv[0])] + sys.argv[1:])}")
    with tempfile.TemporaryDirectory() as folder:
        studies = [study(program, data, arguments, folder) for data in arguments.data]
    if arguments.plot:
        plot(studies, arguments.plot)


if __name__ == "__main__":
    main()
