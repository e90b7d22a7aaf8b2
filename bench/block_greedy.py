#!/usr/bin/env python3
"""Block-greedy: what random, clustered and balanced blocks are worth, in passes and in time.

    bench/block_greedy.py --program build/release/sounder [--plot FILE] DATA...

l1-regularised logistic regression at C = 1 (--positive LABEL for data of many classes), the same
number of blocks for every kind, runs in turn round by round. For each kind: the largest inner
product between features of different blocks and the balance of the blocks' nonzeros (from `sounder
inspect --blocks`), then epochs and training seconds to relative gaps of 0.1, 0.01 and 0.001 (nan:
not within --max-epochs). Reading and looking at the objective are excluded; forming the blocks is
not. --plot draws the objective against epochs and against seconds.
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
GAPS = (1e-1, 1e-2, 1e-3)


def run(program, *arguments):
    return subprocess.run([program, *map(str, arguments)], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)


def blocks(arguments):
    return ["--blocks", arguments.blocks] if arguments.blocks else []


def measure(program, data, kind, arguments, folder):
    trace = os.path.join(folder, "trace.csv")
    positive = ["--positive", arguments.positive] if arguments.positive else []
    answer = run(program, "train", data, os.path.join(folder, "model"), "--loss", "logistic",
                 "--penalty", "l1", "--C", arguments.C, "--solver", "block-greedy", "--block-kind",
                 kind, *blocks(arguments), "--threads", arguments.threads, "--tol", 1e-3,
                 "--max-epochs", arguments.max_epochs, "--extrapolation", 0, "--quiet", "--trace",
                 trace, *positive)
    if answer.returncode not in (0, 1):
        sys.exit(answer.stderr)
    with open(trace, encoding="utf-8") as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]


def first(trace, gap, column):
    return next((row[column] for row in trace if row["relative_gap"] <= gap), float("nan"))


def blocks_of(program, data, kind, arguments):
    answer = run(program, "inspect", data, *blocks(arguments), "--block-kind", kind,
                 "--json", "-")
    return json.loads(answer.stdout).get("blocks", {}) if answer.returncode == 0 else {}


def study(program, data, arguments, folder):
    name = os.path.basename(data)
    traces = {kind: [] for kind in KINDS}
    for _ in range(arguments.rounds):
        for kind in KINDS:
            traces[kind].append(measure(program, data, kind, arguments, folder))
    print(f"\n{name}, {arguments.blocks or 'automatic'} blocks, {arguments.threads} threads: "
          f"epochs (median seconds) to a gap of")
    print(f"{'':12}" + "".join(f"{gap:>20g}" for gap in GAPS) + "   objective at the end   blocks")
    for kind in KINDS:
        cells = ""
        for gap in GAPS:
            epochs = statistics.median(first(t, gap, "epoch") for t in traces[kind])
            seconds = statistics.median(first(t, gap, "seconds") for t in traces[kind])
            cells += f"{epochs:10.0f} ({seconds:6.2f} s)"
        found = blocks_of(program, data, kind, arguments)
        print(f"{kind:12}{cells} {traces[kind][0][-1]['objective']:22.8f}   {json.dumps(found)}",
              flush=True)
    return name, {kind: traces[kind][0] for kind in KINDS}


def plot(studies, path):
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    figure, axes = plt.subplots(len(studies), 2, figsize=(9, 3.6 * len(studies)), squeeze=False)
    for row, (name, traces) in zip(axes, studies):
        lowest = min(trace[-1]["objective"] for trace in traces.values())
        for axis, column in zip(row, ("epoch", "seconds")):
            for kind, trace in traces.items():
                axis.semilogy([point[column] for point in trace],
                              [max(point["objective"] / lowest - 1, 1e-9) for point in trace],
                              label=kind)
            axis.set(title=name, xlabel=column, ylabel="objective over the best, relative")
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
