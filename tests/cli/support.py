"""Runs the program in a folder of its own, and makes small data for it."""

import json
import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import unittest

PROGRAM = os.environ.get("SOUNDER_PROGRAM", "sounder")
TIMEOUT = 240


class ProgramTest(unittest.TestCase):
    """A test in an empty folder, which the program is run in."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sounder-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, text):
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return name

    def read(self, name):
        return (self.folder / name).read_text()

    def files(self):
        return sorted(entry.name for entry in self.folder.iterdir())

    def start(self, *arguments, **options):
        """The running program."""
        return subprocess.Popen(
            [PROGRAM, *map(str, arguments)], cwd=self.folder, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def run_program(self, *arguments, stdin=b"", code=0):
        """Runs it to its end and checks the exit code. Returns (stdout, stderr)."""
        process = self.start(*arguments)
        try:
            out, err = process.communicate(stdin, timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            self.fail(f"no end: {arguments}")
        out, err = out.decode(), err.decode()
        self.assertEqual(process.returncode, code, f"{arguments}\n{out}\n{err}")
        return out, err

    def train_json(self, *arguments, **options):
        """Trains in silence and returns what --json - says."""
        out, err = self.run_program("train", *arguments, "--quiet", "--json", "-", **options)
        self.assertEqual(err, "")
        return json.loads(out)

    def model(self, name):
        return Model(self.read(name))


class Model:
    """A model file, read by other code than the program's."""

    def __init__(self, text):
        head, body = text.split("\nw\n")
        self.fields = dict(line.split(" ", 1) for line in head.splitlines())
        self.labels = [float(label) for label in self.fields.get("label", "").split()]
        self.bias = float(self.fields["bias"])
        self.weights = [float(weight) for weight in body.split()]
        features = int(self.fields["nr_feature"])
        assert len(self.weights) == features + (self.bias >= 0)
        self.intercept = self.bias * self.weights.pop() if self.bias >= 0 else 0.0

    def decision(self, row):
        return self.intercept + sum(
            self.weights[j - 1] * x for j, x in row.items() if j <= len(self.weights))


def libsvm(rows, labels):
    """Rows are dictionaries from index (from 1) to value."""
    return "".join(
        " ".join([f"{label:g}"] + [f"{j}:{x:g}" for j, x in sorted(row.items())]) + "\n"
        for row, label in zip(rows, labels))


def sparse_rows(count, columns, seed=1, empty=0.05):
    """Rows of a few values each, exact as floats; some are empty."""
    rng = random.Random(seed)
    rows = []
    for _ in range(count):
        size = 0 if rng.random() < empty else rng.randint(1, 6)
        rows.append({j: round(16.0 * rng.gauss(0.0, 1.0)) / 16.0
                     for j in rng.sample(range(1, columns + 1), size)})
    rows[0][columns] = 1.0
    return rows


def margins(rows, columns, seed=2):
    rng = random.Random(seed)
    truth = [rng.gauss(0.0, 1.0) for _ in range(columns)]
    return [sum(truth[j - 1] * x for j, x in row.items()) for row in rows]


def classification(count=300, columns=30, labels=(1, -1), seed=1):
    """LIBSVM text whose labels follow a linear model, with a little noise."""
    rows = sparse_rows(count, columns, seed)
    rng = random.Random(seed + 100)
    signs = [labels[0] if z + 0.3 * rng.gauss(0.0, 1.0) > 0 else labels[1]
             for z in margins(rows, columns)]
    return libsvm(rows, signs)


def regression(count=300, columns=30, seed=1):
    rows = sparse_rows(count, columns, seed)
    rng = random.Random(seed + 100)
    return libsvm(rows, [z + 0.1 * rng.gauss(0.0, 1.0) for z in margins(rows, columns)])


def parse(text):
    """LIBSVM text as (rows, labels)."""
    rows, labels = [], []
    for line in text.splitlines():
        label, *entries = line.split()
        labels.append(float(label))
        rows.append({int(j): float(x) for j, x in (entry.split(":") for entry in entries)})
    return rows, labels


def needs(*programs):
    """Skips a test where these programs are absent."""
    absent = [name for name in programs if shutil.which(name) is None]
    return unittest.skipIf(absent, f"not installed: {', '.join(absent)}")
