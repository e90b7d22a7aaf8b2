#!/usr/bin/env python3
"""Random small problems through the command line, each judged against an independent reference.

    tests/cli/random_problems.py --program build/dev/sounder [--count 100] [--seed 1] [--keep FOLDER]

Badly scaled, offset, constant, duplicated and collinear columns, weights over twelve decades, separable
classes; every loss, penalty, solver and kind of bound. What is wrong is told in a line, with the command
that shows it again; a problem's folder stays in FOLDER. Wrong are:

    certificate  `converged`, yet F - F_ref > tol max(F, 1e-6 F_null) + 1e-12 F_null
    bound        the dual objective is above the reference
    objective    what is reported differs from the objective of the written model by more than 1e-10 of
                 max(F, 1e-6 F_null) and what rounding in any order of summation explains
    gap          relative_gap is not in [0, 1], not that of the objective and the dual objective, or on the
                 other side of tol than the status says
    separable    said where some margin is not positive, or where there is an optimum
    bounds       a weight outside of them
    number       one that is not finite, in the model, the JSON or the trace
    exit         a code that does not fit the status; a refusal that is not one sentence, or leaves a file
    refused      good input (values above 1e19 may be, with the column's name), or bad input that was taken
    end          a crash, or no end in time

What is not wrong but worth a look is counted apart (--verbose tells where): `rounded`, an objective that
is off by what rounding explains; of coordinate solvers and smooth losses `stalled` and `slow`, runs that
stopped where the reference is more than the tolerance below, and `uncertified`, runs that were at the
optimum and could not tell; `diverged`. Exit code 1 where anything is wrong.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import json
import math
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError:
    sys.exit(f"{sys.executable} has no numpy: apt-get install python3-numpy, then /usr/bin/python3 "
             f"{sys.argv[0]}")

import reference
from support import Model

LD = np.longdouble
TIMEOUT = 60  # seconds
CODES = {"converged": 0, "max_epochs": 1, "time_limit": 1, "stalled": 1, "separable": 1, "diverged": 4}
FILL, SINGLE_MAX = 9.969209968386869e36, 3.4028234663852886e38
BY_ROWS = ("sgd", "saga", "hogwild")
BY_COLUMNS = ("cd", "shotgun", "block-greedy", "block-cd")


# --- making a problem

@dataclasses.dataclass
class Case:
    """A data file's content and the options of `sounder train` for it."""
    seed: int
    number: int
    X: np.ndarray
    labels: np.ndarray
    weights: np.ndarray | None
    loss: str
    penalty: str
    solver: str
    tol: float
    intercept: bool
    options: list
    lower: float = -math.inf
    upper: float = math.inf
    singles: bool = True  # every value is one of single precision

    def text(self):
        """Of the data file."""
        lines = []
        for i, row in enumerate(self.X):
            label = f"{self.labels[i]:.17g}"
            if self.weights is not None:
                label += f":{self.weights[i]:.17g}"
            lines.append(" ".join([label] + [f"{j + 1}:{x:.17g}" for j, x in enumerate(row) if x]))
        return "\n".join(lines) + "\n"

    @property
    def refused(self):
        """Whether the rows that count have no two classes."""
        counted = self.labels if self.weights is None else self.labels[self.weights > 0]
        return len(counted) == 0 or self.loss != "squared" and len(set(counted)) < 2


    @property
    def by_columns(self):
        """Whether a coordinate solver is to solve it."""
        return self.loss != "hinge" and self.solver not in BY_ROWS + ("dual-cd", "newton")

    @property
    def huge(self):
        """Whether values are so large that a refusal is an answer, if it names the column."""
        return bool(abs(self.X).max() > 1e19)

    @property
    def null(self):
        """Whether no column explains anything, so that lambda_max may be 0."""
        y, n = self.labels.astype(LD), len(self.labels)
        free = np.full(self.X.shape[1], LD(math.inf))
        problem = reference.Problem(
            self.loss, self.X.astype(LD),
            y if self.loss == "squared" else np.where(y == y.max(), LD(1), LD(-1)),
            np.ones(n, LD) if self.weights is None else self.weights.astype(LD), LD(0), LD(0),
            self.intercept, -free, free)
        least = reference.null_objective(problem)
        return bool(reference.minimise(problem)[0] >= least * (1 - LD("1e-12")))


def decades(rng, low, high):
    return 10.0 ** rng.uniform(low, high)


def make_columns(rng, n, p):
    """A matrix whose columns are of the kinds that make trouble."""
    spread = rng.choice([0, 1, 3, 8])  # decades of the columns' scales, each way
    columns = []
    while len(columns) < p:
        kind = rng.choice(["normal", "sparse", "counts", "heavy", "offset", "copy", "constant",
                           "collinear", "one-hot", "empty", "fill"],
                          p=[.25, .12, .08, .05, .15, .1, .06, .08, .08, .02, .01])
        scale = decades(rng, -spread, spread)
        x = rng.normal(size=n)
        if kind == "normal":
            columns.append(scale * x)
        elif kind == "sparse":
            columns.append(scale * x * (rng.random(n) < rng.uniform(0.02, 0.5)))
        elif kind == "counts":
            columns.append(np.floor(rng.exponential(2.0, n)))
        elif kind == "heavy":
            columns.append(scale * x / np.maximum(rng.random(n), 1e-6))
        elif kind == "offset":
            columns.append(scale * (x + rng.choice([-1, 1]) * decades(rng, 0, 7)))
        elif kind == "constant":
            columns.append(np.full(n, scale))
        elif kind == "empty":
            columns.append(np.zeros(n))
        elif kind == "fill":  # values that stand for missing ones
            columns.append(np.where(rng.random(n) < 0.2, rng.choice([1e20, FILL, SINGLE_MAX]), x))
        elif kind == "one-hot":
            of = rng.integers(0, rng.integers(2, 6), n)
            columns += [np.where(of == k, 1.0, 0.0) for k in range(of.max() + 1)]
        elif columns and kind == "copy":
            columns.append(columns[rng.integers(len(columns))] * rng.choice([1.0, 1.0, -1.0, scale]))
        elif columns:
            of = rng.integers(0, len(columns), rng.integers(2, 4))
            noise = rng.choice([0.0, 0.0, 1e-6])
            columns.append(sum(columns[k] for k in of) * (1 + noise * x))
    return np.column_stack(columns[:p])


def make_signal(rng, X):
    """A number a row that a linear model of unit size in the columns' own scales explains."""
    centred = X - X.mean(axis=0)
    size = centred.std(axis=0)
    size[size == 0] = 1.0
    z = (centred / size) @ (rng.normal(size=X.shape[1]) * (rng.random(X.shape[1]) < 0.7))
    return z / (z.std() or 1.0)


def make_labels(rng, loss, X):
    z, n = make_signal(rng, X), len(X)
    noise = rng.choice([0.0, 0.1, 1.0, 5.0]) * rng.normal(size=n)
    if loss == "squared":
        y = z + noise
        y = y * rng.choice([1.0, 1.0, decades(rng, -6, 6)]) + rng.choice([0.0, 0.0, decades(rng, 0, 6)])
        return np.full(n, y[0]) if rng.random() < 0.03 else y
    positive = z + noise > rng.choice([0.0, 0.0, 1.5])
    positive[rng.permutation(n)[:2]] = True, False
    high, low = ((1, -1), (1, -1), (1, -1), (1, 0), (2, 1), (7, 3), (-1, -2))[rng.integers(7)]
    return np.where(positive, float(high), float(low))


def make_weights(rng, n):
    kind = rng.choice(["none", "mild", "decades", "zeros", "tiny", "huge"],
                      p=[.45, .15, .2, .1, .06, .04])
    if kind == "none":
        return None
    weights = 10.0 ** rng.uniform(-1, 1, n)
    if kind == "decades":
        weights = 10.0 ** rng.uniform(-6, 6, n)
    elif kind == "zeros":
        weights *= rng.random(n) < rng.uniform(0.3, 0.9)
    elif kind == "tiny":
        weights *= 1e-170
    elif kind == "huge":
        weights *= 1e100
    return weights


def make_penalty(rng, penalty, weights):
    """The options that give the penalty and its strength."""
    if penalty == "none":
        return ["--penalty", "none"]
    options = ["--penalty", penalty]
    if penalty == "elastic-net":
        near = decades(rng, -9, -2)
        options += ["--l1-ratio", f"{rng.choice([rng.random(), near, 1 - near]):.17g}"]
    size = 1.0 if weights is None else float(weights.mean()) or 1.0
    ways = ["C", "lambda"] + (["ratio", "ratio"] if penalty != "l2" else [])
    way = rng.choice(ways)
    if way == "C":
        return options + ["--C", f"{decades(rng, -4, 5) / size:.17g}"]
    if way == "lambda":
        return options + ["--lambda", f"{decades(rng, -8, 1) * size:.17g}"]
    return options + ["--lambda-ratio", f"{decades(rng, -8, 0.1):.17g}"]


def make_bounds(rng):
    """(options, lower, upper)."""
    kind = rng.choice(["non-negative", "box", "upper", "lower", "none meant"])
    low, high = -decades(rng, -3, 3), decades(rng, -3, 3)
    if kind == "non-negative":
        return ["--non-negative"], 0.0, math.inf
    if kind == "box":
        return ["--lower", f"{low:.17g}", "--upper", f"{high:.17g}"], low, high
    if kind == "upper":
        return ["--upper", f"{high:.17g}"], -math.inf, high
    if kind == "lower":
        return ["--lower", f"{low:.17g}"], low, math.inf
    return ["--lower", "-1e12", "--upper", "1e12"], -1e12, 1e12


def make_case(seed, number, options):
    """The problem of this number, always the same."""
    rng = np.random.default_rng([seed, number])
    loss = rng.choice(["logistic", "squared", "squared-hinge", "hinge"], p=[.3, .25, .3, .15])
    n = int(rng.choice([rng.integers(2, 8), rng.integers(8, 60), rng.integers(60, 201)]))
    p = int(rng.choice([rng.integers(1, 4), rng.integers(2, 21)]))
    X = make_columns(rng, n, p)
    singles = bool(rng.random() < 0.6)
    if singles:
        X = X.astype(np.float32).astype(float)
    labels = make_labels(rng, loss, X)
    weights = make_weights(rng, n)
    penalty = rng.choice(["none", "l1", "l2", "elastic-net"], p=[.2, .3, .25, .25])
    arguments = ["--loss", loss] + make_penalty(rng, penalty, weights)
    solver = rng.choice(("auto",) + BY_ROWS + ("auto",) +
                        (("cd",) if loss == "hinge" else BY_COLUMNS))
    lower, upper = -math.inf, math.inf
    if solver not in BY_ROWS and rng.random() < 0.3:
        more, lower, upper = make_bounds(rng)
        arguments += more
    intercept = bool(rng.random() < 0.5)
    tol = float(f"{decades(rng, -9, -2):.1e}")
    if penalty == "l2" and math.isinf(lower) and math.isinf(upper) and number % 2:
        solver = "dual-cd"  # takes no other problems
    elif penalty == "l2" and math.isinf(lower) and math.isinf(upper) and rng.random() < 0.7:
        solver = "newton"
    arguments += ["--intercept"] if intercept else []
    arguments += ["--solver", solver, "--threads", str(rng.choice([1, 1, 2, 8])), "--tol", f"{tol:g}",
                  "--seed", str(rng.integers(1, 1000)), "--max-epochs", str(rng.choice([300, 3000])),
                  "--time-limit", f"{options.time_limit:g}"]
    return Case(seed, number, X, labels, weights, str(loss), str(penalty), str(solver), tol, intercept,
                [str(word) for word in arguments], lower, upper, singles)


# --- judging what the program made of it

class Verdict:
    """What was found: `wrong` and `notes` are (kind, sentence)."""

    def __init__(self, case):
        self.case, self.status, self.wrong, self.notes = case, "?", [], []

    def fault(self, kind, sentence):
        self.wrong.append((kind, sentence))

    def note(self, kind, sentence):
        self.notes.append((kind, sentence))


def numbers_that_are_none(text):
    """Words that stand for a number that is not finite."""
    return re.findall(r"(?<![\w.])[-+]?(?:nan|inf|infinity)(?![\w.])", text, re.IGNORECASE)


def read_data(case, text):
    """(X, labels, weights) as long doubles, of the file's text."""
    X = np.zeros(case.X.shape, LD)
    labels, weights = [], []
    for i, line in enumerate(text.splitlines()):
        label, *entries = line.split()
        label, _, weight = label.partition(":")
        labels.append(LD(float(label)))
        weights.append(LD(float(weight or "1")))
        for entry in entries:
            j, x = entry.split(":")
            X[i, int(j) - 1] = LD(float(x))
    return X, np.array(labels), np.array(weights)


def make_reference_problem(case, X, labels, weights, run):
    """The problem that the program says it solved; its strength is as it says."""
    p, limit = X.shape[1], lambda bound: np.full(p, LD(bound))
    y = labels if case.loss == "squared" else np.where(labels == labels.max(), LD(1), LD(-1))
    strength, ratio = LD(run["lambda"]), LD(run["l1_ratio"] or 0)
    if case.penalty == "none":
        strength = ratio = LD(0)
    return reference.Problem(case.loss, X, y, weights, strength * ratio, strength * (1 - ratio),
                             case.intercept, limit(case.lower), limit(case.upper))


def value_after(options, name):
    return float(options[options.index(name) + 1]) if name in options else None


def check_strength(verdict, problem, run, exact):
    """lambda is what the options ask for; `exact`: of the values of the file."""
    options, n = verdict.case.options, len(problem.y)
    if verdict.case.penalty == "none":
        return
    c, ratio = value_after(options, "--C"), value_after(options, "--lambda-ratio")
    wanted = 1 / (n * c) if c else value_after(options, "--lambda")
    if ratio and exact and problem.loss != "hinge" and math.isinf(verdict.case.lower) and math.isinf(
            verdict.case.upper):
        wanted = ratio * float(reference.largest_strength(problem, LD(run["l1_ratio"])))
        most = float(problem.weights.mean() * abs(problem.X).max()) / run["l1_ratio"]
        if wanted <= 1e-13 * ratio * most:
            return  # it is what rounding leaves of 0
    if wanted and abs(run["lambda"] - wanted) > 1e-5 * wanted:
        verdict.fault("objective", f"lambda is {run['lambda']}, not {wanted}")


def judge_gap(verdict, run, F, null):
    """The reported gap is that of the reported objective and dual objective."""
    gap, dual = run["relative_gap"], run["dual_objective"]
    if gap is None or not 0 <= gap <= 1:
        verdict.fault("gap", f"relative_gap is {gap}")
        return
    if dual is not None:
        denominator = max(run["objective"], 1e-6 * null)
        expected = (run["objective"] - max(dual, 0)) / denominator if denominator else 0.0
        if abs(gap - max(expected, 0)) > 1e-9 + 1e-6 * gap:
            verdict.fault("gap", f"relative_gap is {gap}, (F - D) / max(F, 1e-6 F_null) {expected}")
    if run["status"] == "converged" and gap > verdict.case.tol:
        verdict.fault("gap", f"converged at {gap}, tol is {verdict.case.tol}")
    if run["status"] in ("stalled", "max_epochs", "time_limit") and gap <= verdict.case.tol:
        verdict.fault("gap", f"{run['status']} at {gap}, although tol is {verdict.case.tol}")


def judge_separable(verdict, problem, w, b):
    case = verdict.case
    rows = problem.weights > 0
    margins = (problem.y * (problem.X @ w + b))[rows]
    if case.loss != "logistic" or case.penalty != "none":
        verdict.fault("separable", f"said of {case.loss}, penalty {case.penalty}")
    elif margins.min() <= 0:
        verdict.fault("separable", f"the least margin is {float(margins.min())}")
    elif abs(margins.min() - 1) > 1e-3:
        verdict.fault("separable", f"the least margin is {float(margins.min())}, not 1")
    elif (w > 0).any() and case.upper < 1e11 or (w < 0).any() and case.lower > -1e11:
        verdict.fault("separable", "said although the bounds make an optimum")


def judge_model(verdict, folder, run, text):
    """Everything that needs the model that was written."""
    case = verdict.case
    X, labels, weights = read_data(case, text)
    problem = make_reference_problem(case, X, labels, weights, run)
    exact = case.singles or "double" in str(run.get("values"))
    check_strength(verdict, problem, run, exact)
    model = Model((folder / "model").read_text())
    w = np.array([LD(weight) for weight in model.weights] + [LD(0)] * (X.shape[1] - len(model.weights)))
    b = LD(model.intercept)
    if case.loss != "squared" and model.labels[0] != float(labels.max()):
        w, b = -w, -b
    if (w < problem.lower).any() or (w > problem.upper).any():
        verdict.fault("bounds", f"weights from {float(w.min())} to {float(w.max())}")
    with np.errstate(all="ignore"):
        F = reference.objective(problem, w, b)
        null = reference.null_objective(problem)
        scale = max(F, LD("1e-6") * null)
        rounding = reference.rounding(problem, w, b, LD(np.finfo(float).eps),
                                      LD(0) if exact else LD(2.0) ** -24)
    off = abs(F - LD(run["objective"]))
    if off > LD("1e-10") * scale:
        sentence = (f"objective {run['objective']!r}, of the model {float(F)!r}: off by "
                    f"{float(off / scale):.1e}, rounding {float(rounding / scale):.1e}")
        (verdict.fault if off > LD("1e-10") * scale + rounding else
         lambda _, told: verdict.note("rounded", told))("objective", sentence)
    judge_gap(verdict, run, float(F), float(null))
    if run["status"] == "separable":
        judge_separable(verdict, problem, w, b)
    best = reference.minimise(problem, [(w, b)])[0]
    tolerance = case.tol * scale + LD("1e-12") * null + (0 if exact else rounding)
    excess = (F - best) / scale if scale else LD(0)
    told = f"F {float(F)!r}, reference {float(best)!r}: {float(excess):.1e} off, tol {case.tol:g}"
    if run["status"] == "converged" and F - best > tolerance:
        verdict.fault("certificate", told)
    elif CODES[run["status"]] == 1 and run["status"] != "separable" and case.by_columns:
        kind = ("uncertified" if F - best <= tolerance else
                "stalled" if run["status"] == "stalled" else "slow")
        verdict.note(kind, f"{told}, gap {run['relative_gap']}, {run['epochs']} epochs")
    dual = run["dual_objective"]
    if dual is not None and dual > best + LD("1e-12") * max(null, F) + LD("1e-10") * best + (
            0 if exact else rounding):
        verdict.fault("bound", f"dual objective {dual!r}, reference {float(best)!r}, F {float(F)!r}")


def judge_files(verdict, folder):
    """No file holds a number that is not one."""
    for name in ("model", "run.json", "trace"):
        path = folder / name
        if path.exists():
            found = numbers_that_are_none(path.read_text())
            if found:
                verdict.fault("number", f"{name} holds {found[0]}")


def judge(case, program, folder):
    """Runs the program on a case in this folder."""
    verdict = Verdict(case)
    text = case.text()
    (folder / "data").write_text(text)
    command = [program, "train", "data", "model", *case.options, "--json", "run.json", "--trace",
               "trace", "--quiet"]
    (folder / "command").write_text(shlex.join(command) + "\n")
    process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        _, said = process.communicate(timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        verdict.fault("end", f"none in {TIMEOUT} s")
        return verdict
    code = process.returncode
    if code not in (0, 1, 3, 4):
        verdict.fault("end", f"exit code {code}: {said.strip()[-200:]}")
        return verdict
    judge_files(verdict, folder)
    if code == 3:
        verdict.status = "refused"
        if len(said.strip().splitlines()) != 1:
            verdict.fault("exit", f"a refusal of {len(said.strip().splitlines())} lines: {said!r}")
        if (folder / "model").exists():
            verdict.fault("exit", "a refusal that leaves a model")
        known = case.null and "lambda" in said or case.huge and "column" in said
        if not case.refused and not known:
            verdict.fault("refused", said.strip())
        return verdict
    if case.refused:
        verdict.fault("refused", f"exit code {code} where the rows that count have one class")
        return verdict
    try:
        run = json.loads((folder / "run.json").read_text())
    except (OSError, ValueError) as error:
        verdict.fault("end", f"exit code {code}, and no JSON: {error}")
        return verdict
    verdict.status = run["status"]
    if CODES.get(verdict.status) != code:
        verdict.fault("exit", f"code {code} with status {verdict.status}")
    if code == 4:
        if (folder / "model").exists():
            verdict.fault("exit", "diverged, yet a model was written")
        verdict.note("diverged", said.strip())
        return verdict
    judge_model(verdict, folder, run, text)
    return verdict


# --- running many

def run_one(seed, number, options):
    case = make_case(seed, number, options)
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"problem-{seed}-{number}-", dir=options.scratch))
    try:
        verdict = judge(case, options.program, folder)
    except Exception as error:  # the harness's own fault has to be seen, with its problem
        verdict = Verdict(case)
        verdict.fault("harness", f"{type(error).__name__}: {error}")
    if options.keep and (verdict.wrong or options.verbose and verdict.notes):
        kept = pathlib.Path(options.keep) / f"{seed}-{number}"
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(folder, kept)
    shutil.rmtree(folder)
    return verdict


def tell(verdict, options):
    """A line for every finding, and how to see it again."""
    case = verdict.case
    findings = verdict.wrong + (verdict.notes if options.verbose else [])
    for kind, sentence in findings:
        sign = "WRONG" if (kind, sentence) in verdict.wrong else "note"
        print(f"{sign} {kind}: problem {case.seed}/{case.number}, {len(case.X)} x {case.X.shape[1]}, "
              f"{verdict.status}: {sentence}")
    if findings:
        print(f"    {shlex.join(case.options)}")
        if verdict.wrong:
            print(f"    again: {sys.argv[0]} --program {options.program} --seed {case.seed} --only "
                  f"{case.number} --keep FOLDER", flush=True)


def summary(verdicts):
    """How the runs ended, by loss, penalty and solver; what was found, by kind."""
    table = collections.defaultdict(collections.Counter)
    for verdict in verdicts:
        case = verdict.case
        for key in (f"{case.loss}, {case.penalty}", f"solver {case.solver}", "all"):
            table[key][verdict.status] += 1
    states = [state for state in (*CODES, "refused", "?") if table["all"][state]]
    print(f"\n{'':30}" + "".join(f"{state:>12}" for state in states))
    for key in sorted(table, key=lambda key: (key == "all", key.startswith("solver"), key)):
        print(f"{key:30}" + "".join(f"{table[key][state]:12}" for state in states))
    for title, of in (("wrong", "wrong"), ("worth a look", "notes")):
        kinds = collections.Counter(kind for verdict in verdicts for kind, _ in getattr(verdict, of))
        print(f"{title}: " + (", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
                              or "nothing"))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.environ.get("SOUNDER_PROGRAM", "sounder"))
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first problem")
    parser.add_argument("--only", type=int, help="this problem alone")
    parser.add_argument("--jobs", type=int, default=2, help="problems at once")
    parser.add_argument("--time-limit", type=float, default=1.0, help="seconds that a run may train")
    parser.add_argument("--keep", help="folder for the problems in which something is wrong")
    parser.add_argument("--verbose", action="store_true", help="tell what is worth a look, too")
    options = parser.parse_args()
    options.program = shutil.which(options.program) or sys.exit(f"no program {options.program}")
    options.program = os.path.abspath(options.program)
    numbers = ([options.only] if options.only is not None
               else range(options.first, options.first + options.count))
    verdicts = []
    with tempfile.TemporaryDirectory(prefix="random-problems-") as options.scratch:
        with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
            for verdict in pool.map(run_one, [options.seed] * len(numbers), numbers,
                                    [options] * len(numbers), chunksize=1):
                verdicts.append(verdict)
                tell(verdict, options)
    summary(verdicts)
    return any(verdict.wrong for verdict in verdicts)


if __name__ == "__main__":
    sys.exit(main())
