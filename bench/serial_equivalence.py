#!/usr/bin/env python3
"""Can steps in the serial order compete with steps that do not wait?

    bench/serial_equivalence.py --program build/release/sounder [--C 1] [--rounds 3] DATA...

DATA are LIBSVM files with two classes; logistic loss, l2, no intercept. Three tables each:

1. Seconds of training to relative duality gaps, with one thread and with several, in turn, median of the
   rounds: sgd, saga and dual-cd (the serial method's steps, the same bits at any number of threads; a * says
   that the model files were not the same) against hogwild (relaxed updates) and shotgun.
2. What more workers would cost: epochs to the last gap of hogwild on virtual workers, whose reads grow
   stale. The exact solvers take as many epochs at any number.
3. What conflict-free batches would allow (CYCLADES: Pan, Lam, Tu, Papailiopoulos, Zhang, Jordan,
   Ramchandran, Re, Recht, NIPS 2016): of random batches of rows, the share that hangs together by common
   columns and so must go to one worker. Its reciprocal bounds the speedup.
"""
import argparse
import csv
import hashlib
import os
import random
import statistics
import subprocess
import sys
import tempfile

from common import machine

SOLVERS = ("sgd", "saga", "dual-cd", "hogwild", "shotgun")
EXACT = ("sgd", "saga", "dual-cd")
GAPS = (1e-2, 1e-3, 1e-4)
VIRTUAL = (4, 16, 64)
BATCHES = (10, 100, 1000)


def run(options, data, solver, threads, folder):
    """Seconds to each gap, and a digest of the model."""
    trace, model = os.path.join(folder, "trace.csv"), os.path.join(folder, "model")
    for old in (trace, model):
        if os.path.exists(old):
            os.remove(old)
    subprocess.run(
        [options.program, "train", data, model, "--solver", solver, "--threads", str(threads), "--C",
         str(options.C), "--tol", repr(GAPS[-1]), "--max-epochs", "1000000", "--time-limit",
         str(options.limit), "--trace", trace, "--quiet"], check=False, stdin=subprocess.DEVNULL)
    with open(trace, encoding="utf-8") as file:
        rows = [(float(row["seconds"]), float(row["relative_gap"])) for row in csv.DictReader(file)]
    digest = ""
    if os.path.exists(model):
        with open(model, "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()
    return [next((seconds for seconds, gap in rows if gap <= wanted), float("inf")) for wanted in GAPS], digest


def shown(seconds):
    return f"{seconds:9.3f}" if seconds < float("inf") else f"{'-':>9}"


def race(options, data, folder):
    threads = (1, options.threads)
    print(f"{'seconds to a gap of':20}" + "".join(f"{gap:>9g}" for _ in threads for gap in GAPS))
    print(f"{'':20}" + "".join(f"{str(t) + (' thread' if t == 1 else ' threads'):>{9 * len(GAPS)}}"
                               for t in threads))
    times = {(solver, t): [] for solver in SOLVERS for t in threads}
    models = {solver: set() for solver in SOLVERS}
    for _ in range(options.rounds):
        for solver in SOLVERS:
            for t in threads:
                seconds, digest = run(options, data, solver, t, folder)
                times[solver, t].append(seconds)
                models[solver].add(digest)
    for solver in SOLVERS:
        mark = "*" if solver in EXACT and len(models[solver]) > 1 else ""
        print(f"{solver + mark:20}" + "".join(
            shown(statistics.median(column)) for t in threads for column in zip(*times[solver, t])),
            flush=True)


def stale(options, data, folder):
    file = os.path.join(folder, "sweep.csv")
    subprocess.run(
        [options.program, "sweep", data, "--C", str(options.C), "--solvers", "hogwild", "--updates", "relaxed",
         "--threads", "1", "--virtual", ",".join(map(str, VIRTUAL)), "--repeats", "1", "--target",
         repr(GAPS[-1]), "--time-limit", str(options.limit), "--csv", file, "--quiet"], check=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    with open(file, encoding="utf-8") as rows:
        found = {(row["kind"], int(row["threads"])): row["epochs_to_target"] for row in csv.DictReader(rows)
                 if row["solver"] == "hogwild"}
    print(f"hogwild, epochs to {GAPS[-1]:g}: " + ", ".join(
        f"{workers} {kind} {'worker' if workers == 1 else 'workers'} {epochs or 'never'}"
        for (kind, workers), epochs in sorted(found.items(), key=lambda entry: entry[0][1])))


def largest_component(rows):
    """How many of the rows hang together by columns."""
    parent = list(range(len(rows)))

    def root(k):
        while parent[k] != k:
            parent[k] = parent[parent[k]]
            k = parent[k]
        return k

    owner = {}
    for k, columns in enumerate(rows):
        for column in columns:
            first = root(owner.setdefault(column, k))
            parent[root(k)] = first
    sizes = {}
    for k in range(len(rows)):
        sizes[root(k)] = sizes.get(root(k), 0) + 1
    return max(sizes.values())


def conflict_free(data):
    with open(data, encoding="utf-8") as file:
        rows = [[entry.split(":")[0] for entry in line.split()[1:]] for line in file]
    draw = random.Random(1)
    shares = []
    for size in BATCHES:
        sampled = [largest_component(draw.sample(rows, min(size, len(rows)))) / min(size, len(rows))
                   for _ in range(20)]
        shares.append(f"{size} rows {100 * statistics.mean(sampled):.0f} %")
    print("in one piece, of a batch of " + ", ".join(shares))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", nargs="+")
    parser.add_argument("--program", required=True)
    parser.add_argument("--C", type=float, default=1.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=30.0, help="seconds of training, a run")
    options = parser.parse_args()
    print(*machine.header(options.program), sep="\n")
    for data in options.data:
        with tempfile.TemporaryDirectory() as folder:
            print(f"\n{os.path.basename(data)}, C = {options.C:g}")
            race(options, data, folder)
            stale(options, data, folder)
            conflict_free(data)


if __name__ == "__main__":
    main()
