#!/usr/bin/env python3
"""l1 problems: time to a relative duality gap of 1e-6, against scikit-learn and LIBLINEAR.

    bench/sparse_models.py --program build/release/sounder FOLDER [--cases WORDS] [--rounds N]

FOLDER holds mug05_12_12, leu, duke, imdb_uni.train, a9a and news20 (LIBSVM files). Lasso (labels as
targets) at lambda_max/10, /100 and /500; l1-regularised logistic regression at C = 1 and 10, news20's
label 1 against the rest. No intercept. Reading is excluded for everybody: `sounder train` reports
training time, which begins with rows in memory; scikit-learn gets its matrix in memory in the format
it likes best; of LIBLINEAR's run the time of one that stops at once is taken off.

Every peer gets the loosest tolerance (in powers of ten) whose solution has the gap, computed here
from its coefficients by the same formula; a peer that needs more than --limit seconds is left at
that ("over"). Then all run in turn, round by round; medians are printed. Ratio: the fastest peer's
time over ours.
"""
import argparse
import json
import math
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

GAP = 1e-6
LASSO = ("mug05_12_12", "leu", "duke", "imdb_uni.train")
LOGISTIC = ("imdb_uni.train", "a9a", "news20")


def lasso_gap(X, y, w, strength):
    n, r = len(y), y - X @ w
    largest = abs(X.T @ r).max() / n
    scale = np.clip(r @ y / (r @ r), -strength / largest, strength / largest)
    dual = scale * (r @ y) / n - scale**2 * (r @ r) / (2 * n)
    return (r @ r / (2 * n) + strength * abs(w).sum() - dual) / (y @ y / (2 * n))


def logistic_gap(X, y, w, strength):
    n, m = len(y), y * (X @ w)
    a = 1 / (1 + np.exp(m))
    a *= min(1.0, strength / (abs(X.T @ (a * y)).max() / n))
    entropy = -(a * np.log(np.maximum(a, 1e-300)) + (1 - a) * np.log(np.maximum(1 - a, 1e-300)))
    value = np.logaddexp(0, -m).mean() + strength * abs(w).sum()
    return (value - entropy.mean()) / math.log(2)


def within(limit, work):
    """(seconds, coefficients) of work() in a process of its own, or None after the limit."""
    ours, theirs = multiprocessing.Pipe(False)

    def child():
        import warnings
        warnings.simplefilter("ignore")
        theirs.send(work())
    process = multiprocessing.Process(target=child)
    process.start()
    result = ours.recv() if ours.poll(limit) else None
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


def peers_of(case, X, y, path):
    """Functions from a tolerance to (seconds, coefficients), and the first tolerance to try."""
    from sklearn.linear_model import Lasso, LogisticRegression
    if case["loss"] == "squared":
        columns = X.tocsc()
        return {"scikit-learn": (lambda tol: fit(lambda: Lasso(
            alpha=case["lambda"], fit_intercept=False, tol=tol, max_iter=10**6), columns, y), 5e-7)}

    def regression(solver):
        return lambda tol: fit(lambda: LogisticRegression(
            penalty="l1", C=case["C"], solver=solver, fit_intercept=False, tol=tol,
            max_iter=10**5), X, y)
    return {"LIBLINEAR s 6": (Liblinear(path, case["C"], X.shape[1]), 1e-1),
            "sklearn liblinear": (regression("liblinear"), 1e-1),
            "sklearn saga": (regression("saga"), 1e-1)}


def tune(peer, tolerance, gap_of, limit):
    """The loosest tolerance that reaches the gap, or None."""
    for _ in range(9):
        found = within(limit, lambda: peer(tolerance))
        if found is None:
            return None
        if gap_of(found[1]) <= GAP:
            return tolerance
        tolerance /= 10
    return None


def ours(program, path, case, threads):
    with tempfile.TemporaryDirectory() as folder:
        summary = os.path.join(folder, "run.json")
        strength = (["--lambda-ratio", repr(1 / case["ratio"])] if "ratio" in case
                    else ["--C", str(case["C"])])
        done = subprocess.run([program, "train", path, os.path.join(folder, "model"), "--loss",
                               case["loss"], "--penalty", "l1", "--tol", str(GAP), "--threads",
                               str(threads), "--quiet", "--json", summary] + strength, check=False)
        with open(summary, encoding="utf-8") as file:
            run = json.load(file)
        if done.returncode != 0:
            print(f"  sounder: {run['status']}, gap {run['relative_gap']}", file=sys.stderr)
        return run["train_seconds"]


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


def measure(program, case, X, y, path, arguments):
    if "ratio" in case:
        case["lambda"] = abs(X.T @ y).max() / len(y) / case["ratio"]
        gap_of = lambda w: lasso_gap(X, y, w, case["lambda"])
    else:
        gap_of = lambda w: logistic_gap(X, y, w, 1 / (len(y) * case["C"]))
    runners = {f"sounder {n}": (lambda n=n: ours(program, path, case, n)) for n in (1, 2)}
    times, over = {}, []
    for name, (peer, first) in peers_of(case, X, y, path).items():
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
    print(f"{'seconds to a gap of 1e-6':28} {'1 thread':>9} {'2 threads':>9}   {'fastest peer':>28} "
          f"{'ratio 1':>8} {'ratio 2':>8}   all peers")
    ratios = {1: [], 2: []}
    loaded = None
    with tempfile.TemporaryDirectory() as scratch:
        for case in cases():
            if arguments.cases not in case["name"]:
                continue
            if loaded is None or loaded[0] != case["data"]:
                loaded = (case["data"], *load(arguments.folder, case["data"], scratch))
            medians = measure(program, case, *loaded[1:], arguments)
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
