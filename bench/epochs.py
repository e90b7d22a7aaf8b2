#!/usr/bin/env python3
"""Epochs per second of Hogwild! against scikit-learn's SGDClassifier, and of two threads against one.

    bench/epochs.py --program build/release/sounder DATA
    bench/epochs.py --program build/release/sounder --generate

DATA is a LIBSVM file with two classes: log loss, l2, C = 1, no intercept, the same number of epochs
for everybody, taken in turn round by round, reading excluded. `plain` is the paper's update (no
variance reduction, no extrapolation), the like of SGDClassifier's; `default` is what `sounder train`
runs, its snapshots and extrapolation included. Looking at the objective is excluded for all.

--generate makes a text-like set (2 million rows, 1 million columns, 50 nonzeros a row) in a
temporary folder and compares two threads with one on it.
"""
import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time

PLAIN = ["--variance-reduction", "off", "--extrapolation", "0", "--newton", "off"]


def sounder_rate(program, data, threads, epochs, options):
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "run.json")
        subprocess.run(
            [program, "train", data, os.path.join(folder, "model"), "--solver", "hogwild",
             "--threads", str(threads), "--max-epochs", str(epochs), "--quiet", "--json", report]
            + options, check=True, stdin=subprocess.DEVNULL)
        with open(report, encoding="utf-8") as file:
            run = json.load(file)
    return run["epochs"] / run["train_seconds"]


class ScikitLearn:
    def __init__(self, data):
        from sklearn.datasets import load_svmlight_file
        self.matrix, self.labels = load_svmlight_file(data)

    def rate(self, epochs):
        from sklearn.linear_model import SGDClassifier
        model = SGDClassifier(loss="log_loss", alpha=1.0 / self.matrix.shape[0], max_iter=epochs,
                              tol=None, fit_intercept=False, random_state=1)
        start = time.perf_counter()
        model.fit(self.matrix, self.labels)
        return epochs / (time.perf_counter() - start)


def spread(values):
    return f"{statistics.median(values):8.2f}  ({min(values):.2f} to {max(values):.2f})"


def compare(contestants, rounds, baseline):
    """Runs the contestants in turn and prints rates and their ratios to the baseline."""
    rates = {name: [] for name in contestants}
    for number in range(rounds):
        for name, run in contestants.items():
            rates[name].append(run())
        print(f"round {number + 1} of {rounds} done", file=sys.stderr)
    print(f"{'':24} epochs a second             ratio to {baseline}")
    for name, values in rates.items():
        ratios = [a / b for a, b in zip(values, rates[baseline])]
        print(f"{name:24} {spread(values):28} {spread(ratios)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?")
    parser.add_argument("--program", required=True)
    parser.add_argument("--generate", action="store_true")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    if bool(arguments.data) == arguments.generate:
        parser.error("name a DATA file, or --generate")
    program = os.path.abspath(arguments.program)
    version = subprocess.run([program, "--version"], check=True, capture_output=True, text=True)
    print(f"# {version.stdout.strip()}; {os.cpu_count()} cores, {platform.processor() or platform.machine()}")
    print(f"# {' '.join([os.path.basename(sys.argv[0])] + sys.argv[1:])}")

    def ours(data, threads, epochs, options):
        return lambda: sounder_rate(program, data, threads, epochs, options)

    if arguments.generate:
        with tempfile.TemporaryDirectory() as folder:
            data = os.path.join(folder, "text.svm")
            subprocess.run([program, "generate", "text", data, "--rows", "2000000", "--columns",
                            "1000000", "--row-nonzeros", "50", "--seed", "1"], check=True)
            compare({"1 thread": ours(data, 1, 5, PLAIN), "2 threads": ours(data, 2, 5, PLAIN),
                     "1 thread, default": ours(data, 1, 5, []),
                     "2 threads, default": ours(data, 2, 5, [])},
                    min(arguments.rounds, 3), "1 thread")
        return
    peer = ScikitLearn(arguments.data)
    compare({"scikit-learn": lambda: peer.rate(arguments.epochs),
             "plain, 1 thread": ours(arguments.data, 1, arguments.epochs, PLAIN),
             "plain, 2 threads": ours(arguments.data, 2, arguments.epochs, PLAIN),
             "default, 1 thread": ours(arguments.data, 1, arguments.epochs, []),
             "default, 2 threads": ours(arguments.data, 2, arguments.epochs, [])},
            arguments.rounds, "scikit-learn")


if __name__ == "__main__":
    main()
