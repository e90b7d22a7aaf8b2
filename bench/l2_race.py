#!/usr/bin/env python3
"""How soon is an l2 problem solved? sounder's solvers against LIBLINEAR's, on real data.

    bench/l2_race.py --program build/release/sounder [FOLDER] [--files a,b] [--losses a,b] [--C 1,100]
                     [--solvers auto,newton,dual-cd,cd,hogwild] [--threads 1,2] [--excess 1e-3] [--limit 20]

FOLDER (or $SOUNDER_DATA) holds a9a, w8a, mushrooms, news20 and imdb_uni.train (LIBSVM files); news1 is
news20's label 1 against the rest. No intercept. Seconds in training, without reading (sounder's own
clock; LIBLINEAR's processor time less what it takes with -e 1e30): the least of --rounds runs at the largest tolerance whose model is within --excess of the best objective
known (bench/certificates_best.txt, or lower if a run here was). Tolerances fall from 0.1 by factors of
3, for everybody. A dash: not within --limit seconds.

speed: LIBLINEAR's best by sounder's first solver named; its geometric mean counts a dash as the limit.
"""
import argparse
import itertools
import json
import math
import os
import shutil
import tempfile

import certificates
from certificates import Cell, FILES, LIBLINEAR, LOSSES, STRENGTHS
from common import machine

TOLERANCES = [0.1 / 3**k for k in range(12)]


class Race:
    def __init__(self, arguments, files, scratch):
        self.arguments, self.files = arguments, files
        self.model = os.path.join(scratch, "model")
        self.summary = os.path.join(scratch, "run.json")
        self.reading = {}

    def sounder(self, cell, solver, threads, tolerance):
        path, _, _ = self.files.load(cell.data)
        command = [self.arguments.program, "train", path, self.model, "--loss", cell.loss, "--C", cell.C,
                   "--solver", solver, "--tol", repr(tolerance), "--threads", str(threads),
                   "--max-epochs", "1000000", "--time-limit", repr(self.arguments.limit), "--quiet",
                   "--json", self.summary]
        code, *_ = certificates.timed(command, 3 * self.arguments.limit)
        if code not in (0, 1):
            return None
        with open(self.summary, encoding="utf-8") as file:
            run = json.load(file)
        seconds = run["train_seconds"] + run["evaluation_seconds"]
        return seconds if run["status"] != "time_limit" else None

    def liblinear(self, cell, solver, tolerance):
        path, _, _ = self.files.load(cell.data)
        command = ["liblinear-train", "-q", "-s", str(solver), "-c", cell.C, "-e"]
        if path not in self.reading:
            self.reading[path] = min(certificates.timed([*command, "1e30", path, self.model], 60)[1]
                                     for _ in range(3))
        code, seconds, _ = certificates.timed([*command, repr(tolerance), path, self.model],
                                              self.arguments.limit + self.reading[path])
        return max(seconds - self.reading[path], 1e-4) if code == 0 else None

    def to_excess(self, cell, run):
        """Seconds of `run(tolerance)` to the excess, or the limit; lowers self.best."""
        _, matrix, labels = self.files.load(cell.data)
        for tolerance in TOLERANCES:
            seconds = run(tolerance)
            if seconds is None:
                break
            value = certificates.objective(cell, matrix, labels, self.model)
            self.best = min(self.best, value)
            if value - self.best <= self.arguments.excess * self.best:
                again = [run(tolerance) or seconds for _ in range(self.arguments.rounds - 1)]
                return min(seconds, *again) if again else seconds
        return math.inf

    def cell(self, cell, best):
        self.best = best
        times = {f"-s {s}": self.to_excess(cell, lambda e, s=s: self.liblinear(cell, s, e))
                 for s in LIBLINEAR[cell.loss, "l2"]}
        for solver, threads in itertools.product(self.arguments.solvers, self.arguments.threads):
            times[f"{solver} {threads}"] = self.to_excess(
                cell, lambda e, s=solver, t=threads: self.sounder(cell, s, t, e))
        return times


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default=os.environ.get("SOUNDER_DATA"))
    parser.add_argument("--program", required=True)
    split = lambda text: text.split(",")
    parser.add_argument("--files", type=split, default=FILES)
    parser.add_argument("--losses", type=split, default=LOSSES)
    parser.add_argument("--C", type=split, default=STRENGTHS)
    parser.add_argument("--solvers", type=split, default=["auto"])
    parser.add_argument("--threads", type=split, default=["1"])
    parser.add_argument("--excess", type=float, default=1e-3)
    parser.add_argument("--limit", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=2)
    arguments = parser.parse_args()
    if not arguments.folder:
        parser.error("no FOLDER and no $SOUNDER_DATA: there is no data to run on")
    if not shutil.which("liblinear-train"):
        parser.error("liblinear-train is not installed (Debian: liblinear-tools)")
    known = certificates.best_known()
    print(*machine.header(arguments.program), sep="\n")
    limit = arguments.limit
    logs = []
    with tempfile.TemporaryDirectory() as scratch:
        race = Race(arguments, certificates.Files(arguments.folder, scratch), scratch)
        for data, loss, c in itertools.product(arguments.files, arguments.losses, arguments.C):
            cell = Cell(data, loss, "l2", c)
            times = race.cell(cell, known.get(cell, math.inf))
            theirs = min(v for k, v in times.items() if k.startswith("-s"))
            ours = next(v for k, v in times.items() if not k.startswith("-s"))
            speed = min(theirs, limit) / min(ours, limit)
            logs.append(math.log(speed))
            shown = "  ".join(f"{k} {v:7.3f}" if v < math.inf else f"{k}       -" for k, v in times.items())
            print(f"{data:15} {loss:14} C={c:5} {speed:6.2f}  {shown}", flush=True)
    print(f"geometric mean of {len(logs)} cells: {math.exp(sum(logs) / len(logs)):.2f}; "
          f"slower in {sum(log < 0 for log in logs)}")


if __name__ == "__main__":
    main()
