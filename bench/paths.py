#!/usr/bin/env python3
"""Lasso paths: time to a relative duality gap of 1e-4 at every lambda, against scikit-learn and glmnet.

    bench/paths.py --program build/release/sounder FOLDER [--cases WORDS] [--rounds N]

FOLDER holds mug05_12_12, leu, duke and imdb_uni.train (LIBSVM files), whose labels are the targets.
100 lambdas from lambda_max down to lambda_max/100, as `sounder path` takes them; no intercept. Reading
is excluded for everybody: `sounder path` reports its time from rows in memory, the layout by columns
included; scikit-learn's lasso_path and glmnet get the matrix in memory in the format they like best.

For each peer: its default tolerance, and the loosest (in powers of ten) whose coefficients have the gap
at every lambda, computed here by the same formula ("proved"). A peer that needs more than --limit
seconds is left at that ("over"). Then all run in turn, round by round; medians are printed, with the
largest gap on the path. Ratio: the fastest proved peer's time over ours, with 1 and with 2 threads.
"""
import functools
import json
import math
import os
import statistics
import subprocess
import tempfile
import time

from common import machine
machine.run_with("numpy", "scipy", "sklearn")
import numpy as np

from common import judge, peers, race

GAP = 1e-4  # the default of `sounder path`
LAMBDAS, RATIO = 100, 100
PROBLEM = judge.Problem("squared", "l1", ratio=RATIO)


def sounder(program, data, threads):
    """(seconds, the largest gap)."""
    with tempfile.TemporaryDirectory() as folder:
        summary = os.path.join(folder, "path.json")
        subprocess.run([program, "path", data.path, "--loss", "squared", "--lambdas", str(LAMBDAS),
                        "--lambda-min-ratio", repr(1 / RATIO), "--tol", repr(GAP), "--threads",
                        str(threads), "--csv", os.devnull, "--json", summary, "--quiet"], check=True)
        with open(summary, encoding="utf-8") as file:
            path = json.load(file)
    return path["path_seconds"], max(point["relative_gap"] for point in path["path"])


class LassoPath:
    """scikit-learn's."""
    default, loosest = 1e-4, 1e-2

    def __init__(self, data, lambdas):
        self.X, self.y, self.lambdas = data.matrix.tocsc(), data.targets, lambdas

    def __call__(self, tolerance):
        from sklearn.linear_model import lasso_path
        start = time.perf_counter()
        coefficients = lasso_path(self.X, self.y, alphas=self.lambdas, tol=tolerance,
                                  max_iter=10**6)[1]
        return time.perf_counter() - start, coefficients


class Glmnet(peers.Glmnet):
    """All of its path."""
    default, loosest = 1e-7, 1e-4

    def __init__(self, data, folder):
        super().__init__(PROBLEM, data, folder, LAMBDAS, whole=True)
        self.columns = data.matrix.shape[1]

    def __call__(self, tolerance):
        seconds, numbers = super().__call__(tolerance)
        return seconds, numbers.reshape(self.columns, -1, order="F")


def largest_gap(data, lambdas, coefficients):
    gaps = []
    for strength, w in zip(lambdas, coefficients.T, strict=True):
        value, dual, null = judge.certificate(PROBLEM, strength, data.matrix, data.targets, w)
        gaps.append(judge.relative_gap(value, dual, null))
    return max(gaps)


def tries(peer, data, lambdas, limit):
    """{"default" and "proved": (tolerance, gap)}, of those that are within the limit."""
    def summary(tolerance):
        seconds, coefficients = peer(tolerance)
        return seconds, largest_gap(data, lambdas, coefficients)

    @functools.cache  # the default is one of those that are tried
    def gap_of(tolerance):
        answer = peers.within(limit + 30.0, lambda: summary(tolerance))
        return None if answer is None or answer[0] > limit else answer[1]
    found = {}
    gap = gap_of(peer.default)
    if gap is not None:
        found["default"] = (peer.default, gap)
    tolerance = peer.loosest
    for _ in range(12):
        gap = gap_of(tolerance)
        if gap is None:
            break
        if gap <= GAP:
            found["proved"] = (tolerance, gap)
            break
        tolerance /= 10
    return found


def main():
    arguments = race.begin(__doc__, "files", 30.0)
    ratios = {1: [], 2: []}
    for name in ("mug05_12_12", "leu", "duke", "imdb_uni.train"):
        if arguments.cases not in name:
            continue
        path = os.path.join(arguments.folder, name)
        data = judge.Data(path, *judge.read_libsvm(path))
        last = PROBLEM.strength(data.matrix, data.targets)
        lambdas = last * RATIO * RATIO ** (-np.arange(LAMBDAS) / (LAMBDAS - 1))
        with tempfile.TemporaryDirectory() as scratch:
            found = {}
            if "scikit-learn" in arguments.versions:
                found["sklearn lasso_path"] = LassoPath(data, lambdas)
            if "glmnet" in arguments.versions:
                found["glmnet"] = Glmnet(data, scratch)
            runners = {(f"sounder, {n} thread{'s' * (n > 1)}", "proved"):
                       (lambda n=n: sounder(arguments.program, data, n)) for n in (1, 2)}
            rows = dict.fromkeys(runners)
            for who, peer in found.items():
                known = tries(peer, data, lambdas, arguments.limit)
                for way in ("default", "proved"):
                    rows[who, way] = known.get(way)
                    if way in known:
                        tolerance, gap = known[way]
                        runners[who, way] = lambda peer=peer, tol=tolerance, gap=gap: (
                            peers.within(10**4, lambda: peer(tol)[0]), gap)
            times, gaps = {}, {}
            for _ in range(arguments.rounds):
                for key, run in runners.items():
                    seconds, gaps[key] = run()
                    times.setdefault(key, []).append(seconds)
        print(f"\n{name}, {LAMBDAS} lambdas to lambda_max / {RATIO}")
        medians = {key: statistics.median(values) for key, values in times.items()}
        for key in rows:
            who, way = key
            if key not in medians:
                print(f"  {who:22} {way:8}     over")
                continue
            tolerance = "" if rows[key] is None else f"   tolerance {rows[key][0]:.0e}"
            print(f"  {who:22} {way:8} {medians[key]:8.4f} s   largest gap {gaps[key]:.1e}{tolerance}")
        proved = [medians.get((who, "proved"), arguments.limit) for who in found]
        if proved:
            for n, key in zip((1, 2), runners):
                ratios[n].append(min(proved) / medians[key])
            print(f"  ratio {ratios[1][-1]:.2f} with one thread, {ratios[2][-1]:.2f} with two",
                  flush=True)
    for n, values in ratios.items():
        if values:
            print(f"{n} thread(s): geometric mean {math.exp(statistics.mean(map(math.log, values))):.2f}, "
                  f"least {min(values):.2f}")


if __name__ == "__main__":
    main()
