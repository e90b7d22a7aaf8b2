#!/usr/bin/env python3
"""How close `sounder train --solver hogwild` comes to known optima with its defaults (20 epochs).

    bench/optima.py --program build/release/sounder FOLDER [--seeds 10] [--threads 1,2,4]

FOLDER holds a9a, w8a and imdb_uni.train, and a9a.t, w8a.t, imdb_uni.test for the accuracy. Prints
for every set, loss and number of threads the excess of objective_C over the optimum F*, the largest
over all seeds, and the lowest test accuracy. C = 1, l2, no intercept.
"""
import argparse
import json
import os
import re
import subprocess
import tempfile

# LIBLINEAR 2.50, no bias, C = 1, solvers 0, 2, 3; the hinge values are upper bounds.
OPTIMA = {
    "a9a": ("a9a.t", {"logistic": 10529.562584638, "squared-hinge": 13742.397304375,
                      "hinge": 11435.058151}),
    "w8a": ("w8a.t", {"logistic": 6277.362973212, "squared-hinge": 7816.169719068,
                      "hinge": 6605.079877}),
    "imdb_uni.train": ("imdb_uni.test", {"logistic": 1675.9397632694,
                                         "squared-hinge": 214.6644788802,
                                         "hinge": 274.3558042782}),
}


def run(program, folder, name, loss, threads, seed, scratch):
    model = os.path.join(scratch, "model")
    report = os.path.join(scratch, "report")
    subprocess.run([program, "train", os.path.join(folder, name), model, "--solver", "hogwild",
                    "--loss", loss, "--penalty", "l2", "--C", "1", "--threads", str(threads),
                    "--seed", str(seed), "--quiet", "--json", report],
                   check=True, stdin=subprocess.DEVNULL)
    with open(report, encoding="utf-8") as file:
        objective = json.load(file)["objective_C"]
    scored = subprocess.run([program, "predict", os.path.join(folder, OPTIMA[name][0]), model,
                             "/dev/null"], check=True, capture_output=True, text=True,
                            stdin=subprocess.DEVNULL)
    accuracy = float(re.search(r"Accuracy = ([0-9.]+)%", scored.stderr).group(1))
    return objective / OPTIMA[name][1][loss] - 1.0, accuracy


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--program", required=True)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--threads", default="1,2,4")
    parser.add_argument("--losses", default="logistic,squared-hinge,hinge")
    arguments = parser.parse_args()
    program = os.path.abspath(arguments.program)
    print(f"{'data':16}{'loss':15}{'threads':>8}{'seeds':>7}{'worst excess':>15}"
          f"{'mean excess':>14}{'lowest accuracy':>17}")
    with tempfile.TemporaryDirectory() as scratch:
        for name in OPTIMA:
            for loss in arguments.losses.split(","):
                for threads in map(int, arguments.threads.split(",")):
                    found = [run(program, arguments.folder, name, loss, threads, seed, scratch)
                             for seed in range(1, arguments.seeds + 1)]
                    excess = [value for value, _ in found]
                    print(f"{name:16}{loss:15}{threads:8}{len(found):7}{max(excess):15.4%}"
                          f"{sum(excess) / len(excess):14.4%}{min(a for _, a in found):16.2f}%",
                          flush=True)


if __name__ == "__main__":
    main()
