#!/usr/bin/env python3
"""l1 problems: time to a relative duality gap of 1e-6, against scikit-learn, LIBLINEAR and glmnet.

    bench/sparse_models.py --program build/release/sounder FOLDER [--cases WORDS] [--rounds N]

FOLDER holds mug05_12_12, leu, duke, imdb_uni.train, a9a and news20 (LIBSVM files). Lasso (labels as
targets) at lambda_max/10, /100 and /500; l1-regularised logistic regression at C = 1 and 10,
news20's label 1 against the rest. No intercept. Reading is excluded for everybody: `sounder train`
reports training time, which begins with rows in memory; scikit-learn and glmnet get their matrix in
memory in the format they like best; of LIBLINEAR's run the time of one that stops at once is taken
off.

A peer gets the loosest tolerance (in powers of ten) whose coefficients have the gap, computed here
by the same formula ("proved"); and, since few of them prove anything, the loosest one whose
objective is within 1e-6 F(0) of the best dual bound that is known ("there"), which is less than
sounder does. A peer that needs more than --limit seconds is left at that ("over"). Then all run in
turn, round by round; medians are printed. Ratio: the fastest peer's time over ours, with 1 and with
2 threads.
"""
import argparse
import json
import math
import multiprocessing
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

GAP = 1e-6
WAYS = ("proved", "there")
LASSO = ("mug05_12_12", "leu", "duke", "imdb_uni.train")
LOGISTIC = ("imdb_uni.train", "a9a", "news20")


def objective(case, X, y, w):
    """(F(w), a dual bound at w, F(0))."""
    n, z = len(y), X @ w
    if case["loss"] == "squared":
        r = y - z
        value, zero = r @ r / (2 * n), y @ y / (2 * n)
        limit = case["lambda"] / (abs(X.T @ r).max() / n)
        scale = np.clip(r @ y / (r @ r), -limit, limit)
        dual = scale * (r @ y) / n - scale**2 * (r @ r) / (2 * n)
    else:
        value, zero = np.logaddexp(0, -y * z).mean(), math.log(2)
        a = 1 / (1 + np.exp(y * z))
        a *= min(1.0, case["lambda"] / (abs(X.T @ (a * y)).max() / n))
        dual = -(a * np.log(np.maximum(a, 1e-300)) +
                 (1 - a) * np.log(np.maximum(1 - a, 1e-300))).mean()
    return value + case["lambda"] * abs(w).sum(), dual, zero


def within(limit, work):
    """(seconds, coefficients) of work() in a process of its own, or None after the limit."""
    ours, theirs = multiprocessing.Pipe(False)

    def child():
        import warnings
        warnings.simplefilter("ignore")
        os.setsid()  # what it starts dies with it
        theirs.send(work())
    process = multiprocessing.Process(target=child)
    process.start()
    result = ours.recv() if ours.poll(limit) else None
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        process.kill()
    process.join()
    return result


def fit(make, X, y):
    model = make()
    start = time.perf_counter()
    model.fit(X, y)
    return time.perf_counter() - start, np.ravel(model.coef_)


class Liblinear:
    """liblinear-train -s 6 on the file, less the time of a run that stops at once."""

    def __init__(self, path, c, columns):
        self.path, self.c, self.columns = path, c, columns
        self.reading = min(self.run(1e9)[0] for _ in range(3))

    def run(self, tolerance):
        with tempfile.NamedTemporaryFile() as model:
            start = time.perf_counter()
            subprocess.run(["liblinear-train", "-q", "-s", "6", "-c", str(self.c), "-e",
                            str(tolerance), self.path, model.name], check=True)
            seconds = time.perf_counter() - start
            with open(model.name, encoding="utf-8") as file:
                head, body = file.read().split("\nw\n")
        w = np.zeros(self.columns)
        values = np.array(body.split(), dtype=float)
        w[:len(values)] = values
        first = float(head.split("\nlabel ")[1].split()[0])
        return seconds, w if first > 0 else -w

    def __call__(self, tolerance):
        seconds, w = self.run(tolerance)
        return seconds - self.reading, w


class Glmnet:
    """glmnet of R, a process a fit; the time is of the call itself."""

    def __init__(self, case, X, y, folder, steps):
        self.case, self.folder, self.steps = case, folder, steps
        triplets = X.tocoo()
        for name, values, kind in (("shape", X.shape, "i4"), ("rows", triplets.row, "i4"),
                                   ("columns", triplets.col, "i4"),
                                   ("values", triplets.data, "f8"), ("targets", y, "f8")):
            np.asarray(values, kind).tofile(os.path.join(folder, name))

    def __call__(self, tolerance):
        family = "gaussian" if self.case["loss"] == "squared" else "binomial"
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "glmnet.R")
        subprocess.run(["Rscript", script, self.folder, family, repr(self.case["lambda"]),
                        repr(tolerance), str(self.steps)], check=True)
        return (float(np.fromfile(os.path.join(self.folder, "seconds"))[0]),
                np.fromfile(os.path.join(self.folder, "coefficients")))


def peers_of(case, X, y, path, scratch):
    """Functions from a tolerance to (seconds, coefficients), and the first tolerance to try."""
    from sklearn.linear_model import Lasso, LogisticRegression
    glmnet = {}
    if shutil.which("Rscript"):
        glmnet = {"glmnet": (Glmnet(case, X, y, scratch, 1), 1e-6),
                  "glmnet by path": (Glmnet(case, X, y, scratch, 20), 1e-6)}
    if case["loss"] == "squared":
        columns = X.tocsc()
        return {"scikit-learn": (lambda tol: fit(lambda: Lasso(
            alpha=case["lambda"], fit_intercept=False, tol=tol, max_iter=10**6), columns, y), 1e-4),
                **glmnet}

    def regression(solver):
        return lambda tol: fit(lambda: LogisticRegression(
            penalty="l1", C=case["C"], solver=solver, fit_intercept=False, tol=tol,
            max_iter=10**5), X, y)
    return {"LIBLINEAR s 6": (Liblinear(path, case["C"], X.shape[1]), 1e-1),
            "sklearn liblinear": (regression("liblinear"), 1e-1),
            "sklearn saga": (regression("saga"), 1e-1), **glmnet}


def tune(peer, tolerance, reached, limit):
    """Of each way to be done the loosest tolerance, or None."""
    found = {}
    for _ in range(10):
        answer = within(limit, lambda: peer(tolerance))
        if answer is None:
            break
        for way, done in reached(answer[1]).items():
            if done:
                found.setdefault(way, tolerance)
        if len(found) == len(WAYS):
            break
        tolerance /= 10
    return found


def ours(program, path, case, threads, gap=GAP):
    """The summary of a run."""
    with tempfile.TemporaryDirectory() as folder:
        summary = os.path.join(folder, "run.json")
        strength = (["--lambda-ratio", repr(1 / case["ratio"])] if "ratio" in case
                    else ["--C", str(case["C"])])
        done = subprocess.run([program, "train", path, os.path.join(folder, "model"), "--loss",
                               case["loss"], "--penalty", "l1", "--tol", str(gap), "--threads",
                               str(threads), "--quiet", "--json", summary] + strength, check=False)
        with open(summary, encoding="utf-8") as file:
            run = json.load(file)
        if done.returncode != 0:
            print(f"  sounder: {run['status']}, gap {run['relative_gap']}", file=sys.stderr)
        return run


def cases():
    for name in LASSO:
        for ratio in (10, 100, 500):
            yield {"name": f"lasso {name} /{ratio}", "data": name, "loss": "squared",
                   "ratio": ratio}
    for name in LOGISTIC:
        for c in (1, 10):
            yield {"name": f"logistic {name} C={c}", "data": name, "loss": "logistic", "C": c}


def load(folder, name, scratch):
    """Matrix, targets and a file of them with two classes."""
    from sklearn.datasets import load_svmlight_file
    path = os.path.join(folder, name)
    X, y = load_svmlight_file(path)
    if name == "news20":
        y = np.where(y == 1, 1.0, -1.0)
        path = os.path.join(scratch, "news20.binary")
        with open(os.path.join(folder, name), encoding="utf-8") as lines, \
                open(path, "w", encoding="utf-8") as out:
            for line in filter(str.strip, lines):
                label, *rest = line.split(None, 1)
                out.write(("+1 " if float(label) == 1 else "-1 ") + (rest[0] if rest else "\n"))
    return X, y, path


def measure(program, case, X, y, path, arguments, scratch):
    n = len(y)
    case["lambda"] = (abs(X.T @ y).max() / n / case["ratio"] if "ratio" in case
                      else 1 / (n * case["C"]))
    bound = ours(program, path, case, 2, GAP / 100)["dual_objective"]

    def reached(w):
        value, dual, zero = objective(case, X, y, w)
        return {"proved": value - dual <= GAP * zero, "there": value - bound <= GAP * zero}
    runners = {("sounder", n): (lambda n=n: ours(program, path, case, n)["train_seconds"])
               for n in (1, 2)}
    medians = {}
    for name, (peer, first) in peers_of(case, X, y, path, scratch).items():
        found = tune(peer, first, reached, arguments.limit)
        for way in WAYS:
            if way in found:
                runners[name, way] = lambda peer=peer, tol=found[way]: within(
                    10**4, lambda: peer(tol))[0]
            else:
                medians[name, way] = math.inf
    times = {}
    for _ in range(arguments.rounds):
        for name, run in runners.items():
            times.setdefault(name, []).append(run())
    return {**medians, **{name: statistics.median(values) for name, values in times.items()}}


def text(seconds):
    return f"{seconds:.3f}" if seconds < math.inf else "over"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--program", required=True)
    parser.add_argument("--cases", default="", help="only cases with this text in their name")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", type=float, default=60.0, help="seconds a peer may take")
    arguments = parser.parse_args()
    program = os.path.abspath(arguments.program)
    version = subprocess.run([program, "--version"], check=True, capture_output=True, text=True)
    print(f"# {version.stdout.strip()}; {os.cpu_count()} cores")
    print(f"# {' '.join([os.path.basename(sys.argv[0])] + sys.argv[1:])}")
    print(f"{'seconds to a gap of 1e-6':28} {'1 thread':>9} {'2 threads':>9}" +
          "".join(f"{'fastest peer, ' + way:>34} {'ratio 1':>8} {'ratio 2':>8}" for way in WAYS) +
          "   all peers: " + ", ".join(WAYS))
    ratios = {(way, n): [] for way in WAYS for n in (1, 2)}
    loaded = None
    with tempfile.TemporaryDirectory() as scratch:
        for case in cases():
            if arguments.cases not in case["name"]:
                continue
            if loaded is None or loaded[0] != case["data"]:
                loaded = (case["data"], *load(arguments.folder, case["data"], scratch))
            medians = measure(program, case, *loaded[1:], arguments, scratch)
            row = f"{case['name']:28} {medians['sounder', 1]:9.4f} {medians['sounder', 2]:9.4f}"
            names = dict.fromkeys(name for name, _ in medians if name != "sounder")
            for way in WAYS:
                best = min(names, key=lambda name: medians[name, way])
                floor = min(medians[best, way], arguments.limit)  # "over": at least the limit
                who = best if medians[best, way] < math.inf else "none"
                row += f"{who:>25} {floor:8.3f}"
                for threads in (1, 2):
                    ratio = floor / medians["sounder", threads]
                    ratios[way, threads].append(ratio)
                    row += f" {ratio:8.2f}"
            print(row + "   " + "; ".join(
                f"{name} {', '.join(text(medians[name, way]) for way in WAYS)}" for name in names),
                  flush=True)
    for (way, threads), values in ratios.items():
        if values:
            print(f"{way}, {threads} thread(s): geometric mean "
                  f"{math.exp(statistics.mean(map(math.log, values))):.2f}, least "
                  f"{min(values):.2f}")


if __name__ == "__main__":
    main()
