#!/usr/bin/env python3
"""l1 problems: time to a relative duality gap of 1e-6, against scikit-learn, LIBLINEAR and glmnet.

    bench/sparse_models.py --program build/release/sounder FOLDER [--cases WORDS] [--rounds N]

FOLDER holds mug05_12_12, leu, duke, imdb_uni.train, a9a and news20 (LIBSVM files). Lasso (labels as
targets) at lambda_max/10, /100 and /500; l1-regularised logistic regression at C = 1 and 10,
news20's label 1 against the rest. No intercept. Reading is excluded for everybody: `sounder train`
reports training time, which begins with rows in memory; scikit-learn and glmnet get their matrix in
memory in the format they like best; of LIBLINEAR's run the time of one that stops at once is taken
off.

sounder has to prove its gap. A peer only has to be there: it gets the loosest tolerance (in powers
of ten) whose objective is within 1e-6 F(0) of the best dual bound that is known, computed here from
its coefficients. A peer that needs more than --limit seconds is left at that ("over"). Then all run in
turn, round by round; medians are printed. Ratio: the fastest peer's time over ours.
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
LASSO = ("mug05_12_12", "leu", "duke", "imdb_uni.train")
LOGISTIC = ("imdb_uni.train", "a9a", "news20")


def objective(case, X, y, w):
    """(F(w), F(0))."""
    if case["loss"] == "squared":
        r = y - X @ w
        value, zero = r @ r / (2 * len(y)), y @ y / (2 * len(y))
    else:
        value, zero = np.logaddexp(0, -y * (X @ w)).mean(), math.log(2)
    return value + case["lambda"] * abs(w).sum(), zero


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


def tune(peer, tolerance, gap_of, limit):
    """The loosest tolerance that reaches the gap, or None."""
    for _ in range(10):
        found = within(limit, lambda: peer(tolerance))
        if found is None:
            return None
        if gap_of(found[1]) <= GAP:
            return tolerance
        tolerance /= 10
    return None


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

    def gap_of(w):
        value, zero = objective(case, X, y, w)
        return (value - bound) / zero
    runners = {f"sounder {n}": (lambda n=n: ours(program, path, case, n)["train_seconds"])
               for n in (1, 2)}
    times, over = {}, []
    for name, (peer, first) in peers_of(case, X, y, path, scratch).items():
        tolerance = tune(peer, first, gap_of, arguments.limit)
        if tolerance is None:
            over.append(name)
        else:
            runners[name] = lambda peer=peer, tol=tolerance: within(10**4, lambda: peer(tol))[0]
    for _ in range(arguments.rounds):
        for name, run in runners.items():
            times.setdefault(name, []).append(run())
    medians = {name: statistics.median(values) for name, values in times.items()}
    for name in over:
        medians[name] = math.inf
    return medians


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
    print(f"{'seconds to a gap of 1e-6':28} {'1 thread':>9} {'2 threads':>9}   "
          f"{'fastest peer':>28} {'ratio 1':>8} {'ratio 2':>8}   all peers")
    ratios = {1: [], 2: []}
    loaded = None
    with tempfile.TemporaryDirectory() as scratch:
        for case in cases():
            if arguments.cases not in case["name"]:
                continue
            if loaded is None or loaded[0] != case["data"]:
                loaded = (case["data"], *load(arguments.folder, case["data"], scratch))
            medians = measure(program, case, *loaded[1:], arguments, scratch)
            peers = {name: t for name, t in medians.items() if not name.startswith("sounder")}
            best = min(peers, key=peers.get)
            floor = min(peers[best], arguments.limit)  # "over": at least the limit
            row = f"{case['name']:28} {medians['sounder 1']:9.4f} {medians['sounder 2']:9.4f}   "
            row += f"{best if peers[best] < math.inf else 'none':>19} {floor:8.3f} "
            for threads in (1, 2):
                ratio = floor / medians[f"sounder {threads}"]
                ratios[threads].append(ratio)
                row += f" {ratio:8.2f}"
            print(row + "   " + ", ".join(f"{name} {t:.3f}" if t < math.inf else f"{name} over"
                                          for name, t in peers.items()), flush=True)
    for threads, values in ratios.items():
        if values:
            print(f"geometric mean with {threads} thread(s): "
                  f"{math.exp(statistics.mean(map(math.log, values))):.2f}; least "
                  f"{min(values):.2f}")


if __name__ == "__main__":
    main()
