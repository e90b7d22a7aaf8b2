#!/usr/bin/env python3
"""What each accelerator of `cd` is worth: time to a gap of 1e-6 with one of them switched off.

    bench/accelerators.py --program build/release/sounder FOLDER [--limit SECONDS] [--rounds N]

FOLDER holds leu, mug05_12_12, imdb_uni.train and news20 (LIBSVM files). Lasso (labels as targets) at
lambda_max/100, l1-regularised logistic regression at C = 1 and 10 (news20's label 1 against the
rest), with everything on; then without working sets, screening, Newton steps, extrapolation; without
any of them. Runs in turn, round by round; medians of training seconds and, in brackets, of passes.
A run that takes longer than --limit is left at that, with the gap that it had reached.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

OFF = {"all on": [], "no working set": ["--working-set", "off"],
       "no screening": ["--screening", "off"], "no Newton": ["--newton", "off"],
       "no Anderson": ["--extrapolation", "0"]}
OFF["none"] = sum(OFF.values(), [])
LASSO = ["--loss", "squared", "--lambda-ratio", "0.01"]
CASES = {"lasso leu /100": ("leu", LASSO), "lasso mug05_12_12 /100": ("mug05_12_12", LASSO),
         "lasso imdb_uni.train /100": ("imdb_uni.train", LASSO),
         "logistic imdb_uni.train C=1": ("imdb_uni.train", ["--C", "1"]),
         "logistic imdb_uni.train C=10": ("imdb_uni.train", ["--C", "10"]),
         "logistic news20 C=10": ("news20", ["--C", "10", "--positive", "1"])}


def train(program, data, options, arguments):
    with tempfile.TemporaryDirectory() as folder:
        summary = os.path.join(folder, "run.json")
        subprocess.run([program, "train", data, os.path.join(folder, "model"), "--solver", "cd",
                        "--penalty", "l1", "--tol", "1e-6", "--max-epochs", "1000000",
                        "--threads", str(arguments.threads), "--time-limit", str(arguments.limit),
                        "--quiet", "--json", summary] + options,
                       stdin=subprocess.DEVNULL, check=False)
        with open(summary, encoding="utf-8") as file:
            return json.load(file)


def cell(runs):
    if any(run["status"] != "converged" for run in runs):
        return f"gap {statistics.median(run['relative_gap'] for run in runs):.0e}"
    seconds = statistics.median(run["train_seconds"] for run in runs)
    return f"{seconds:.3f} ({statistics.median(run['epochs'] for run in runs):.0f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--program", required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=10.0)
    arguments = parser.parse_args()
    program = os.path.abspath(arguments.program)
    version = subprocess.run([program, "--version"], check=True, capture_output=True, text=True)
    print(f"# {version.stdout.strip()}; {os.cpu_count()} cores")
    print(f"# {' '.join([os.path.basename(sys.argv[0])] + sys.argv[1:])}")
    print(f"{'':28}" + "".join(f"{name:>17}" for name in OFF))
    for name, (data, options) in CASES.items():
        runs = {off: [] for off in OFF}
        for _ in range(arguments.rounds):
            for off, switches in OFF.items():
                if any(run["status"] != "converged" for run in runs[off]):
                    continue  # once is enough
                runs[off].append(train(program, os.path.join(arguments.folder, data),
                                       options + switches, arguments))
        print(f"{name:28}" + "".join(f"{cell(found):>17}" for found in runs.values()), flush=True)


if __name__ == "__main__":
    main()
