#!/usr/bin/env python3
"""The coordinate solvers against reference optima, to eight digits.

    bench/coordinate_optima.py --program build/release/sounder FOLDER [--solvers a,b] [--data a,b]

FOLDER holds heart_scale, mushrooms, a9a, w8a and imdb_uni.train (LIBSVM files). The references are
LIBLINEAR 2.50's, C = 1, no bias, run to high accuracy: s 0 logistic l2, s 2 squared hinge l2, s 5
squared hinge l1, s 6 logistic l1; and three lasso problems. Every run asks for --tol 1e-10. Printed
are the relative distance of the objective to the reference, the reported gap (relative to the objective),
epochs and seconds. A run is right when it converged, its gap is not negative, and its objective is
above the reference by no more than 1e-8 or than the gap allows. (Of squared hinge with l1 the
references of mushrooms and imdb_uni.train are not the optimum: runs end 0.8 % and 1.9 % below, with a
gap that says so.)
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

REFERENCES = {
    "heart_scale": (98.2267995081, 121.1347244369, 123.3656322097, 102.6678275270),
    "mushrooms": (117.6831764266, 7.2811201741, 15.9312486299, 82.4120726989),
    "a9a": (10529.562584638, 13742.397304375, 13761.991496, 10558.723373),
    "w8a": (6277.362973212, 7816.169719068, 7852.122044, 6072.436297),
    "imdb_uni.train": (1675.9397632694, 214.6644788802, 1682.8392318595, 3781.1759608802),
}
KINDS = (("logistic", "l2"), ("squared-hinge", "l2"), ("squared-hinge", "l1"), ("logistic", "l1"))
LASSO = ((["--lambda-ratio", "0.1"], "l1", 0.317170702193),
         (["--lambda-ratio", "0.01"], "l1", 0.242809714314),
         (["--lambda", "0.0522222222222", "--l1-ratio", "0.5"], "elastic-net", 0.284748639944))


def train(program, data, solver, threads, limit, options):
    with tempfile.TemporaryDirectory() as folder:
        summary = os.path.join(folder, "run.json")
        subprocess.run([program, "train", data, os.path.join(folder, "model"), "--solver", solver,
                        "--threads", str(threads), "--tol", "1e-10", "--max-epochs", "1000000",
                        "--time-limit", str(limit), "--quiet", "--json", summary] + options,
                       stdin=subprocess.DEVNULL, check=False)
        with open(summary, encoding="utf-8") as file:
            return json.load(file)


def problems(folder, names):
    for name in names:
        for (loss, penalty), reference in zip(KINDS, REFERENCES[name]):
            yield (name, f"{loss} {penalty}", ["--loss", loss, "--penalty", penalty, "--C", "1"],
                   "objective_C", reference)
        if name == "heart_scale":
            for options, penalty, reference in LASSO:
                yield (name, "squared " + penalty + " " + options[1],
                       ["--loss", "squared", "--penalty", penalty] + options, "objective",
                       reference)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--program", required=True)
    parser.add_argument("--solvers", default="cd,block-cd,shotgun,block-greedy")
    parser.add_argument("--data", default=",".join(REFERENCES))
    parser.add_argument("--threads", default="1,2,4")
    parser.add_argument("--time-limit", type=float, default=60.0)
    arguments = parser.parse_args()
    for name in arguments.data.split(","):
        if name not in REFERENCES:
            parser.error(f"--data {name}: references are known of {', '.join(REFERENCES)}")
    program = os.path.abspath(arguments.program)
    version = subprocess.run([program, "--version"], check=True, capture_output=True, text=True)
    print(f"# {version.stdout.strip()}; {os.cpu_count()} cores")
    print(f"# {' '.join([os.path.basename(sys.argv[0])] + sys.argv[1:])}")
    print(f"{'data':16} {'problem':24} {'solver':13} {'thr':>3} {'over F*':>10} {'gap':>9} "
          f"{'epochs':>7} {'seconds':>8}  verdict")
    wrong = 0
    for name, problem, options, key, reference in problems(arguments.folder,
                                                           arguments.data.split(",")):
        for solver in arguments.solvers.split(","):
            for threads in arguments.threads.split(","):
                run = train(program, os.path.join(arguments.folder, name), solver, threads,
                            arguments.time_limit, options)
                over = run[key] / reference - 1.0
                bound = run["objective"] - run["dual_objective"]
                right = (over <= max(1e-8, bound / run["objective"])
                         and run["status"] == "converged" and run["relative_gap"] >= 0.0)
                wrong += not right
                print(f"{name:16} {problem:24} {solver:13} {threads:>3} {over:10.1e} "
                      f"{run['relative_gap']:9.1e} {run['epochs']:7d} {run['train_seconds']:8.2f}  "
                      f"{'right' if right else run['status']}", flush=True)
    print(f"{wrong} not right" if wrong else "all right")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
