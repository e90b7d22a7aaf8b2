#!/usr/bin/env python3
"""What a second thread costs where somebody else uses the cores.

    bench/busy_machine.py DATA --program build/release/sounder

Runs `sounder train DATA` with one thread and with several in turn, beside as many busy loops as there are
cores, and prints the seconds of training of each (the median of the rounds) and their ratio; with --busy 0 on
a quiet machine. DATA needs 2 million nonzeros for sgd, saga and dual-cd to use more than one thread. Solvers
that come to the same bits do the same work. Ends with 1 if a ratio is above --limit.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys

from common import machine

SOLVERS = {"hogwild": (), "sgd": (), "saga": (), "cd": ("--penalty", "l1", "--C", "10"),
           "dual-cd": ("--loss", "hinge")}


def seconds(options, solver, threads):
    """Of training for a fixed number of epochs."""
    run = subprocess.run(
        [options.program, "train", options.data, os.devnull, "--solver", solver, "--threads", str(threads),
         "--max-epochs", str(options.epochs), "--tol", "1e-12", "--quiet", "--json", "-", *SOLVERS[solver]],
        stdout=subprocess.PIPE, check=False)
    if run.returncode not in (0, 1):  # 1: not to the tolerance, which is what is asked for
        sys.exit(f"{options.program} ended with {run.returncode}")
    return json.loads(run.stdout)["train_seconds"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("--program", required=True)
    parser.add_argument("--solvers", default=",".join(SOLVERS), help="default: %(default)s")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--busy", type=int, default=os.cpu_count(), help="busy loops; default: a core each")
    parser.add_argument("--limit", type=float, default=float("inf"))
    options = parser.parse_args()
    if options.threads < 2:
        parser.error("--threads must be 2 or more")
    print(*machine.header(options.program), sep="\n")
    print(f"{options.busy} busy loops, {os.cpu_count()} cores, {os.path.basename(options.data)}, "
          f"{options.epochs} epochs, median of {options.rounds}")
    print(f"{'solver':10} {'1 thread':>10} {str(options.threads) + ' threads':>10} {'ratio':>6}")
    worst = 0.0
    loops = []
    try:
        for _ in range(options.busy):
            loops.append(subprocess.Popen([sys.executable, "-c", "while True: pass"]))
        for solver in options.solvers.split(","):
            times = {1: [], options.threads: []}
            for _ in range(options.rounds):
                for threads, taken in times.items():
                    taken.append(seconds(options, solver, threads))
            one, many = (statistics.median(taken) for taken in times.values())
            worst = max(worst, many / one)
            print(f"{solver:10} {one:10.3f} {many:10.3f} {many / one:6.2f}", flush=True)
    finally:
        for loop in loops:
            loop.kill()
    return 1 if worst > options.limit else 0


if __name__ == "__main__":
    sys.exit(main())
