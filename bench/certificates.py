#!/usr/bin/env python3
"""Is `converged` true, and how soon? Losses x penalties x C on real data, against LIBLINEAR's solvers.

    bench/certificates.py --program build/release/sounder [FOLDER] [--files a,b] [--losses a,b]
                          [--penalties l1,l2] [--C 0.01,1,100] [--state FILE]

FOLDER (or $SOUNDER_DATA) holds a9a, w8a, mushrooms, news20 and imdb_uni.train (LIBSVM files); news1 is
news20's label 1 against the rest. No intercept. `sounder train` has --tol 1e-3, its default solver and
one thread. LIBLINEAR gets its default -e, and smaller ones, by tens, until a solver's objective is
within 1e-3 of the best one known; a run is ended after --limit seconds.

Seconds are those of the processor, user and system, of the whole process, reading included, for
everybody: others may be at work on the machine. Objectives are computed here, from the models that were
written. The best objective is the lowest that any run found or that bench/certificates_best.txt holds;
where the file holds none (hinge, l1), sounder also runs to 1e-5. Excess: (F - F_best) / F_best.

    FALSE    converged, yet F - F_best > tol max(F, 1e-6 F_null)
    SLOW     logistic or squared hinge that did not converge, or took longer than 10 s and than twice
             LIBLINEAR's best
    nobody   no run came within 1e-3 of the best objective in the time
    best     a run's objective is below that of certificates_best.txt

With --state every run is kept in this file, and not run again if it is there (sounder's is, for another
program). Exit code 1 where a cell is FALSE.
"""
import argparse
import dataclasses
import hashlib
import itertools
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

from common import machine
machine.run_with("numpy", "scipy")
import numpy as np

from common import judge, peers

FILES = ("a9a", "w8a", "mushrooms", "news1", "imdb_uni.train")
LOSSES, PENALTIES, STRENGTHS = ("logistic", "squared-hinge", "hinge"), ("l1", "l2"), ("0.01", "1", "100")
LIBLINEAR = {("logistic", "l2"): (0, 7), ("squared-hinge", "l2"): (2, 1), ("hinge", "l2"): (3,),
             ("squared-hinge", "l1"): (5,), ("logistic", "l1"): (6,)}
FIRST = {0: 1e-2, 2: 1e-2, 5: 1e-2, 6: 1e-2, 1: 1e-1, 3: 1e-1, 7: 1e-1}  # the default of -e
TOLERANCE, RUNGS, PATIENCE = 1e-3, 7, 10.0
BEST = pathlib.Path(__file__).with_name("certificates_best.txt")


@dataclasses.dataclass(frozen=True)
class Cell:
    data: str
    loss: str
    penalty: str
    C: str

    def __str__(self):
        return f"{self.data}, {self.loss}, {self.penalty}, C = {self.C}"


@dataclasses.dataclass
class Run:
    """What a program made of a cell: `objective` is None where the limit ended it."""
    program: str
    seconds: float
    status: str
    objective: float | None = None
    gap: float | None = None
    train_seconds: float | None = None


class Files:
    """The data, read when it is wanted, and the paths that programs get."""

    def __init__(self, folder, scratch):
        self.folder, self.scratch, self.name = folder, scratch, None

    def load(self, name):
        """(path, matrix, labels); the last one asked for is kept."""
        if self.name == name:
            return self.loaded
        path = os.path.join(self.folder, "news20" if name == "news1" else name)
        matrix, labels = judge.read_libsvm(path)
        if name == "news1":
            labels = judge.two_classes(labels, "1")
            one = os.path.join(self.scratch, name)
            with open(path, encoding="utf-8") as source, open(one, "w", encoding="utf-8") as target:
                for label, line in zip(labels, filter(str.strip, source), strict=True):
                    target.write(f"{label:+g} " + line.split(None, 1)[1])
            path = one
        self.name, self.loaded = name, (path, matrix, labels)
        return self.loaded


def null_objective(cell, rows):
    return rows * float(cell.C) * (np.log(2) if cell.loss == "logistic" else 1.0)


def objective(cell, matrix, labels, model):
    """R(w) + C sum loss of a model file."""
    w, first = peers.read_model(model, matrix.shape[1])
    margins = np.where(labels == first, 1.0, -1.0) * (matrix @ w)
    below = np.maximum(0, 1 - margins)
    loss = {"logistic": lambda: np.logaddexp(0, -margins), "hinge": lambda: below,
            "squared-hinge": lambda: below**2}[cell.loss]()
    return float((abs(w).sum() if cell.penalty == "l1" else w @ w / 2) + float(cell.C) * loss.sum())


def timed(command, limit):
    """(exit code, seconds of the processor, what went to standard error)."""
    def limited():
        resource.setrlimit(resource.RLIMIT_CPU, (int(limit) + 1, int(limit) + 2))
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=errors, preexec_fn=limited)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        return (process.returncode, used.ru_utime + used.ru_stime,
                errors.read().decode(errors="replace").strip())


class Runner:
    """Runs programs on a cell; what is in the state file is not run again."""

    def __init__(self, arguments, files, scratch):
        self.arguments, self.files = arguments, files
        self.model = os.path.join(scratch, "model")
        self.summary = os.path.join(scratch, "run.json")
        self.version = hashlib.sha256(pathlib.Path(arguments.program).read_bytes()).hexdigest()[:12]
        self.kept = {}
        if arguments.state and os.path.exists(arguments.state):
            for line in pathlib.Path(arguments.state).read_text(encoding="utf-8").splitlines():
                entry = json.loads(line)
                self.kept[tuple(entry["key"])] = Run(**entry["run"])

    def once(self, cell, program, work):
        """work()'s run, or the one that was kept."""
        ours = self.version if program.startswith("sounder") else ""
        key = (*dataclasses.astuple(cell), program, ours, f"{self.arguments.limit:g}")
        if key not in self.kept:
            self.kept[key] = run = work()
            if self.arguments.state:
                with open(self.arguments.state, "a", encoding="utf-8") as file:
                    file.write(json.dumps({"key": key, "run": dataclasses.asdict(run)}) + "\n")
            print(f"  {cell}: {run}", file=sys.stderr, flush=True)
        return self.kept[key]

    def sounder(self, cell, tolerance):
        program = "sounder" if tolerance == TOLERANCE else f"sounder, tol {tolerance:g}"

        def work():
            path, matrix, labels = self.files.load(cell.data)
            code, seconds, said = timed(
                [self.arguments.program, "train", path, self.model, "--loss", cell.loss, "--penalty",
                 cell.penalty, "--C", cell.C, "--tol", repr(tolerance), "--threads", "1",
                 "--max-epochs", "1000000", "--time-limit", f"{self.arguments.limit:g}", "--quiet",
                 "--json", self.summary], 3 * self.arguments.limit)
            if code not in (0, 1):
                return Run(program, seconds, said or f"exit code {code}")
            run = json.loads(pathlib.Path(self.summary).read_text(encoding="utf-8"))
            return Run(program, seconds, run["status"],
                       objective(cell, matrix, labels, self.model), run["relative_gap"],
                       run["train_seconds"] + run["evaluation_seconds"])
        return self.once(cell, program, work)

    def liblinear(self, cell, solver, tolerance):
        program = f"-s {solver} -e {tolerance:g}"

        def work():
            path, matrix, labels = self.files.load(cell.data)
            code, seconds, _ = timed(["liblinear-train", "-q", "-s", str(solver), "-c", cell.C, "-e",
                                      repr(tolerance), path, self.model], self.arguments.limit)
            if code:
                return Run(program, seconds, "over")
            return Run(program, seconds, "done", objective(cell, matrix, labels, self.model))
        return self.once(cell, program, work)

    def ladder(self, cell, solver, best):
        """Runs of one of LIBLINEAR's solvers, until one is near the best objective."""
        tolerance, last = FIRST[solver], None
        for _ in range(RUNGS):
            run = self.liblinear(cell, solver, tolerance)
            yield run
            if run.objective in (None, last) or run.objective - best <= TOLERANCE * best:
                return  # the same once more: its iterations are used up
            last, best = run.objective, min(best, run.objective)
            tolerance = float(f"{tolerance / 10:.0e}")


def best_known():
    """By cell."""
    table = {}
    for line in BEST.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            loss, penalty, c, *values = line.split()
            table |= {Cell(name, loss, penalty, c): float(value)
                      for name, value in zip(FILES, values, strict=True)}
    return table


@dataclasses.dataclass
class Outcome:
    """A cell's runs, ours first, and what they say."""
    cell: Cell
    ours: Run
    others: list
    known: float | None
    rows: int

    @property
    def best(self):
        found = [run.objective for run in (self.ours, *self.others) if run.objective is not None]
        return min(found + ([self.known] if self.known else []))

    def excess(self, run):
        return None if run.objective is None else (run.objective - self.best) / self.best

    def reached(self, run):
        return run.objective is not None and self.excess(run) <= TOLERANCE

    @property
    def fastest(self):
        """LIBLINEAR's run that came near the best objective soonest, or None."""
        return min((run for run in self.others if run.program.startswith("-s") and self.reached(run)),
                   key=lambda run: run.seconds, default=None)

    def marks(self):
        ours, scale = self.ours, 1e-6 * null_objective(self.cell, self.rows)
        if ours.status == "converged" and (ours.objective - self.best >
                                           TOLERANCE * max(ours.objective, scale)):
            yield "FALSE"
        patience = max(PATIENCE, 2 * self.fastest.seconds if self.fastest else 0.0)
        if self.cell.loss != "hinge" and (ours.status != "converged" or ours.seconds > patience):
            yield "SLOW"
        if not any(self.reached(run) for run in (ours, *self.others)):
            yield "nobody"
        if self.known and self.best < self.known * (1 - 1e-8):
            yield f"best {self.best:.10g}"

    def line(self):
        def number(value):
            return "-" if value is None else f"{max(value, 0):.1e}"
        ours, fastest = self.ours, self.fastest
        tried = {}
        for run in self.others:
            if run.program.startswith("-s"):
                tried[run.program.split(" -e")[0]] = run
        rest = ", ".join(
            f"{solver} " + (f"{run.seconds:.2f}" if self.reached(run) else
                            f"{run.status} in {run.seconds:.2f} at {number(self.excess(run))}")
            for solver, run in tried.items())
        return (f"{self.cell.data:15}{self.cell.loss:14}{self.cell.penalty:3}{self.cell.C:>5}  "
                f"{ours.status[:11]:11}{ours.seconds:8.2f}{ours.train_seconds or 0:8.2f}"
                f"{number(self.excess(ours)):>9}{number(ours.gap):>9}   "
                f"{f'{fastest.seconds:.2f}' if fastest else '-':>8}  "
                f"{fastest.program if fastest else '':14} {' '.join(self.marks()):22} {rest}".rstrip())


def measure(runner, cell, known):
    """The outcome of a cell."""
    rows = runner.files.load(cell.data)[1].shape[0]
    ours, others = runner.sounder(cell, TOLERANCE), []
    best = min(value for value in (known, ours.objective, float("inf")) if value is not None)
    if known is None:
        others.append(runner.sounder(cell, TOLERANCE / 100))
        best = min(best, others[0].objective or best)
    for solver in LIBLINEAR.get((cell.loss, cell.penalty), ()):
        others += runner.ladder(cell, solver, best)
    return Outcome(cell, ours, others, known, rows)


def words(text):
    return tuple(text.split(","))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default=os.environ.get("SOUNDER_DATA"))
    parser.add_argument("--program", required=True)
    parser.add_argument("--files", type=words, default=FILES)
    parser.add_argument("--losses", type=words, default=LOSSES)
    parser.add_argument("--penalties", type=words, default=PENALTIES)
    parser.add_argument("--C", type=words, default=STRENGTHS)
    parser.add_argument("--limit", type=float, default=60.0, help="seconds a run may take")
    parser.add_argument("--state", help="file that keeps what was run")
    arguments = parser.parse_args()
    if not arguments.folder:
        parser.error("no folder of data: name it, or set SOUNDER_DATA")
    arguments.program = os.path.abspath(arguments.program)
    print("\n".join(machine.header(arguments.program)))
    print(f"# LIBLINEAR {peers.versions()[0].get('LIBLINEAR', 'is missing')}; seconds: user + system, "
          "whole process")
    print(f"{'':37}  {'sounder':11}{'seconds':>8}{'training':>9}{'excess':>8}{'gap':>9}   "
          f"{'LIBLINEAR':>9} {'fastest':14}{'':22} all of its solvers: seconds to 1e-3")
    outcomes, known = [], best_known()
    with tempfile.TemporaryDirectory() as scratch:
        runner = Runner(arguments, Files(arguments.folder, scratch), scratch)
        for name, loss, penalty, c in itertools.product(arguments.files, arguments.losses,
                                                        arguments.penalties, arguments.C):
            cell = Cell(name, loss, penalty, c)
            outcomes.append(measure(runner, cell, known.get(cell)))
            print(outcomes[-1].line(), flush=True)
    counts = {mark: [outcome for outcome in outcomes if mark in outcome.marks()]
              for mark in ("FALSE", "SLOW", "nobody")}
    for mark, found in counts.items():
        print(f"{mark}: {len(found)} of {len(outcomes)} cells" +
              "".join(f"\n  {outcome.cell}" for outcome in found))
    return bool(counts["FALSE"])


if __name__ == "__main__":
    try:
        sys.exit(main())
    except judge.BadData as error:
        sys.exit(f"certificates.py: {error}")
