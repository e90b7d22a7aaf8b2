#!/usr/bin/env python3
"""Reading a LIBSVM file: sounder against scikit-learn and LIBLINEAR, in turn, in one run.

    bench/reading.py DATA [--rounds 15] [--program BUILD/reading_time]

Every round runs each contestant once, in an order that rotates; the figure of a pair is the median
over the rounds of the ratio of its two times. The file is read once before, so that it comes from
the system's cache.

- sounder: the time of read_libsvm alone, and of the whole process.
- scikit-learn: the time of load_svmlight_file alone (the import is left out).
- LIBLINEAR: the whole process of `liblinear-train -c -1`, which reads the file, then finds that C
  is negative and ends: nothing is trained. What the same takes for a file of one line (starting the
  process) is subtracted.

Without --program the reader is compiled by $CXX (g++) with -O3. Peak memory is VmHWM, the mapped
file included, over the bytes of the three CSR arrays; beside it, what the bare process takes.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from common import machine

SKLEARN = """
import sys, time
from sklearn.datasets import load_svmlight_file
start = time.perf_counter()
load_svmlight_file(sys.argv[1])
print(time.perf_counter() - start)
"""


def build(folder):
    """Compiles reading_time as the release preset does."""
    include = folder / "include" / "sounder"
    include.mkdir(parents=True)
    for part in ("engine", "datasets"):
        (include / part).symlink_to(machine.ROOT / part)
    program = folder / "reading_time"
    subprocess.run(
        [os.environ.get("CXX", "g++"), "-std=c++20", "-O3", "-DNDEBUG", "-fopenmp", "-I",
         folder / "include", machine.ROOT / "bench" / "reading_time.cpp", "-o", program, "-lz"],
        check=True)
    return program


def timed(command, **options):
    start = time.perf_counter()
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                            **options)
    return time.perf_counter() - start, result.stdout


def sounder(program, data, threads):
    whole, output = timed([program, data, str(threads)], check=True)
    report = json.loads(output)
    report["whole"] = whole
    return report


def liblinear(data):
    return timed(["liblinear-train", "-q", "-c", "-1", data, os.devnull])[0]


def sklearn(python, data):
    return float(timed([python, "-c", SKLEARN, data], check=True)[1])


def measure(arguments, program, one_line):
    """Times per contestant, a list over the rounds, and the last reports of sounder."""
    contestants = {
        "sounder 1": lambda: sounder(program, arguments.data, 1),
        "sounder 2": lambda: sounder(program, arguments.data, 2),
    }
    if shutil.which("liblinear-train"):
        contestants["LIBLINEAR"] = lambda: (liblinear(arguments.data), liblinear(one_line))
    python = machine.find_python("sklearn")
    if python:
        contestants["scikit-learn"] = lambda: sklearn(python, arguments.data)
    results = {name: [] for name in contestants}
    names = list(contestants)
    for turn in range(arguments.rounds + 1):
        for k in range(len(names)):
            name = names[(turn + k) % len(names)]
            value = contestants[name]()
            if turn > 0:  # the first round warms up
                results[name].append(value)
    return results


def print_memory(results):
    for threads in (1, 2):
        report = results[f"sounder {threads}"][-1]
        arrays = report["array_bytes"]
        print(f"peak memory, {threads} thread(s): {report['peak_bytes'] / arrays:.2f} times the CSR "
              f"arrays ({report['peak_bytes'] / 1e6:.1f} MB, of which the bare process "
              f"{report['peak_bytes_before'] / 1e6:.1f} MB; arrays {arrays / 1e6:.1f} MB)")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--program", type=pathlib.Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        program = arguments.program or build(folder)
        one_line = folder / "one_line"
        one_line.write_text("1 1:1\n")
        pathlib.Path(arguments.data).read_bytes()
        results = measure(arguments, program, one_line)

    report = results["sounder 1"][-1]
    print(f"{os.path.basename(arguments.data)}: {report['rows']} rows, {report['nonzeros']} "
          f"nonzeros, {os.path.getsize(arguments.data) / 1e6:.1f} MB; {arguments.rounds} rounds; "
          f"{machine.processor()}, {os.cpu_count()} cores")
    times = {}
    for threads in (1, 2):
        times[f"sounder {threads}"] = [r["seconds"] for r in results[f"sounder {threads}"]]
    for name, rounds in results.items():
        if name == "LIBLINEAR":
            times[name] = [whole - start for whole, start in rounds]
        elif name == "scikit-learn":
            times[name] = rounds
    for name, seconds in times.items():
        print(f"{name:14} {1e3 * statistics.median(seconds):8.1f} ms")
    for other in ("LIBLINEAR", "scikit-learn"):
        if other not in times:
            print(f"{other} is not installed: left out")
            continue
        for threads in (1, 2):
            ours = times[f"sounder {threads}"]
            ratio = statistics.median(a / b for a, b in zip(times[other], ours))
            print(f"{other} / sounder with {threads} thread(s): {ratio:.1f}")
    if "LIBLINEAR" in times:
        for threads in (1, 2):
            ratio = statistics.median(
                theirs[0] / ours["whole"]
                for theirs, ours in zip(results["LIBLINEAR"], results[f"sounder {threads}"]))
            print(f"whole processes, LIBLINEAR / sounder with {threads} thread(s): {ratio:.1f}")
    print_memory(results)


if __name__ == "__main__":
    main()
