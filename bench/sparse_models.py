#!/usr/bin/env python3
"""l1 problems: time to a relative duality gap of 1e-6, against scikit-learn, LIBLINEAR and glmnet.

    bench/sparse_models.py --program build/release/sounder FOLDER [--cases WORDS] [--rounds N]

FOLDER holds mug05_12_12, leu, duke, imdb_uni.train, a9a and news20 (LIBSVM files). Lasso (labels as
targets) at lambda_max/10, /100 and /500; l1-regularised logistic regression at C = 1 and 10,
news20's label 1 against the rest. No intercept. Reading is excluded for everybody: `sounder train`
reports training time, which begins with rows in memory; scikit-learn and glmnet get their matrix in
memory in the format they like best; LIBLINEAR's library is called with rows in memory.

Each timed run of sounder's follows one that is not timed: the peers' matrices were touched before,
while a program's fresh memory can cost a virtual machine more than the solver does.

A peer gets the loosest tolerance (in powers of ten) whose coefficients have the gap, computed here
by the same formula ("proved"); and, since few of them prove anything, the loosest one whose
objective is within 1e-6 of the best dual bound that is known ("there"), which is less than
sounder does. A peer that needs more than --limit seconds is left at that ("over"). Then all run in
turn, round by round; medians are printed. Ratio: the fastest peer's time over ours, with 1 and with
2 threads.
"""
import math
import os
import statistics
import sys
import tempfile

from common import machine
machine.run_with("numpy", "scipy", "sklearn")
from common import judge, peers, race

GAP = 1e-6
WAYS = ("proved", "there")
LASSO = ("mug05_12_12", "leu", "duke", "imdb_uni.train")
LOGISTIC = ("imdb_uni.train", "a9a", "news20")


def tune(peer, tolerance, reached, limit):
    """Of each way to be done the loosest tolerance, or None."""
    found = {}
    for _ in range(12):
        answer = peers.within(limit + peer.grace, lambda: peer(tolerance))
        if answer is None or answer[0] > limit:
            break
        for way, done in reached(answer[1]).items():
            if done:
                found.setdefault(way, tolerance)
        if len(found) == len(WAYS):
            break
        tolerance /= 10
    return found


def ours(program, case, data, threads, gap=GAP):
    """The summary of a run."""
    run, _ = peers.Sounder(program, case["problem"], data, threads).run(gap)
    if run["status"] != "converged":
        print(f"  sounder: {run['status']}, gap {run['relative_gap']}", file=sys.stderr)
    return run


def cases():
    for name in LASSO:
        for ratio in (10, 100, 500):
            yield {"name": f"lasso {name} /{ratio}", "data": name,
                   "problem": judge.Problem("squared", "l1", ratio=ratio)}
    for name in LOGISTIC:
        for c in (1, 10):
            yield {"name": f"logistic {name} C={c}", "data": name,
                   "problem": judge.Problem("logistic", "l1", C=c)}


def load(folder, name):
    """The file and its labels as targets, which for news20 are 1 against the rest."""
    path = os.path.join(folder, name)
    matrix, labels = judge.read_libsvm(path)
    if name != "news20":
        return judge.Data(path, matrix, labels)
    return judge.Data(path, matrix, judge.two_classes(labels, "1"), "1")


def measure(program, case, data, arguments, scratch):
    problem, X, y = case["problem"], data.matrix, data.targets
    strength = problem.strength(X, y)
    bound = ours(program, case, data, 2, GAP / 100)["dual_objective"]

    def reached(w):
        value, dual, null = judge.certificate(problem, strength, X, y, w)
        return {"proved": judge.relative_gap(value, dual, null) <= GAP,
                "there": judge.relative_gap(value, bound, null) <= GAP}

    def warm(threads):
        ours(program, case, data, threads)
        return ours(program, case, data, threads)["train_seconds"]
    runners = {("sounder", n): (lambda n=n: warm(n)) for n in (1, 2)}
    medians = {}
    found = peers.peers_of(problem, data, scratch, peers.versions()[0])
    for name, (peer, first) in found.items():
        tolerances = tune(peer, first, reached, arguments.limit)
        for way in WAYS:
            if way in tolerances:
                runners[name, way] = lambda peer=peer, tol=tolerances[way]: peers.within(
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
    arguments = race.begin(__doc__, "cases", 60.0)
    print(f"{'seconds to a gap of 1e-6':28} {'1 thread':>9} {'2 threads':>9}" +
          "".join(f"{'fastest peer, ' + way:>34} {'ratio 1':>8} {'ratio 2':>8}" for way in WAYS) +
          "   all peers: " + ", ".join(WAYS))
    ratios = {(way, n): [] for way in WAYS for n in (1, 2)}
    loaded = None
    with tempfile.TemporaryDirectory() as scratch:
        for case in cases():
            if arguments.cases not in case["name"]:
                continue
            if loaded is None or loaded.name != case["data"]:
                loaded = load(arguments.folder, case["data"])
            medians = measure(arguments.program, case, loaded, arguments, scratch)
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
