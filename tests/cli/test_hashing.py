"""--hash-bits: indices of any size, from train to predict."""

import json
import random
import subprocess
import unittest

from support import ProgramTest, classification, needs, parse

MASK = (1 << 64) - 1
HUGE = 9223372036854775807


def splitmix64(number):
    z = (number + 0x9E3779B97F4A7C15) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def hashed(row, bits):
    """The row by other code than the program's: a dictionary from column, from 1, to value."""
    columns = {}
    for index, value in row.items():
        column = splitmix64(index) % (1 << bits) + 1
        sign = -1.0 if splitmix64(index) >> 63 else 1.0
        columns[column] = columns.get(column, 0.0) + sign * value
    return columns


def scattered(text, seed=1):
    """The same rows, every index replaced by one of up to 2^63 - 1, in the same order."""
    rng = random.Random(seed)
    names = sorted(rng.sample(range(1, HUGE), 1000))
    rows, labels = parse(text)
    return "".join(f"{label:g} " + " ".join(f"{names[j]}:{x:g}" for j, x in sorted(row.items()))
                   + "\n" for row, label in zip(rows, labels))


class Hashing(ProgramTest):
    def weights_line(self, model):
        text = self.read(model)
        return [float(w) for w in text.split("\nw\n")[1].split("#")[0].split()]

    def test_indices_of_any_size(self):
        self.write("data", f"1 5:1\n-1 5:1 {HUGE}:1\n" * 10)
        summary = self.train_json("data", "m", "--hash-bits", 10, "--C", 10)
        self.assertEqual((summary["hash_bits"], summary["columns"]), (10, 1024))
        text = self.read("m")
        self.assertIn("\nnr_feature 1024\n", text)
        self.assertTrue(text.endswith("\n# hash_bits 10\n"), text[-40:])
        weights = self.weights_line("m")
        where = {j for j, w in enumerate(weights, 1) if w != 0.0}
        self.assertEqual(where, set(hashed({5: 1, HUGE: 1}, 10)))
        self.run_program("predict", "data", "m", "out", "--quiet")
        self.assertEqual(self.read("out"), "1\n-1\n" * 10)

    def test_decisions_are_those_of_hashed_rows(self):
        text = scattered(classification(count=100))
        self.write("data", text)
        for bits in (1, 4, 16):
            self.run_program("train", "data", "m", "--hash-bits", bits, "--quiet")
            weights = self.weights_line("m")
            self.assertEqual(len(weights), 1 << bits)
            self.run_program("predict", "data", "m", "out", "--decision-values", "--quiet")
            lines = self.read("out").splitlines()
            for line, row in zip(lines, parse(text)[0], strict=True):
                expected = sum(weights[j - 1] * x for j, x in hashed(row, bits).items())
                self.assertAlmostEqual(float(line.split()[1]), expected, places=5)

    def test_as_right_as_without(self):
        text = classification(count=300, columns=30)
        self.write("plain", text)
        self.write("hashed", scattered(text))
        accuracy = {}
        for data, options in (("plain", ()), ("hashed", ("--hash-bits", 18))):
            summary = self.train_json(data, "m", *options, "--tol", 1e-6)
            out, _ = self.run_program("predict", data, "m", "out", "--json", "-", "--quiet")
            accuracy[data] = json.loads(out)["accuracy"], summary["objective"]
        # Nothing collides, so signs apart the problem is the same.
        self.assertEqual(accuracy["plain"][0], accuracy["hashed"][0])
        self.assertAlmostEqual(accuracy["plain"][1], accuracy["hashed"][1], places=5)
        self.assertGreater(accuracy["plain"][0], 0.8)

    def test_threads_and_zero_based_change_nothing(self):
        self.write("data", scattered(classification()))
        models = set()
        for more in (("--threads", 1), ("--threads", 3), ("--zero-based",)):
            self.run_program("train", "data", "m", "--hash-bits", 8, "--solver", "sgd", "--quiet",
                             *more)
            models.add(self.read("m"))
        self.assertEqual(len(models), 1)

    def test_every_command_hashes(self):
        self.write("data", scattered(classification()))
        self.write("later", scattered(classification(seed=7)))
        out, _ = self.run_program("path", "data", "m", "--hash-bits", 9, "--validate", "later",
                                  "--json", "-", "--csv", "p", "--lambdas", 5, "--quiet")
        self.assertEqual((json.loads(out)["hash_bits"], json.loads(out)["columns"]), (9, 512))
        self.run_program("predict", "later", "m", "out", "--quiet")
        out, _ = self.run_program("inspect", "data", "--hash-bits", 9, "--json", "-")
        self.assertEqual((json.loads(out)["hash_bits"], json.loads(out)["columns"]), (9, 512))
        sweep = ("sweep", "data", "--threads", 1, "--repeats", 1, "--csv", "s", "--solvers",
                 "hogwild", "--quiet", "--hash-bits")
        self.run_program(*sweep, 9)
        self.assertIn("9 hash bits", self.read("s"))
        self.run_program(*sweep, 8, code=3)  # rows of another problem

    def test_without_it_nothing_is_said_of_it(self):
        self.write("data", "1 1:1\n-1 2:1\n")
        self.assertIsNone(self.train_json("data", "m")["hash_bits"])
        self.assertNotIn("#", self.read("m"))

    def test_train_says_who_cannot_use_the_model(self):
        self.write("data", "1 1:1\n-1 2:1\n" * 10)
        for command in (("train", "data", "m"),
                        ("path", "data", "m", "--folds", 2, "--lambdas", 2, "--csv", "p")):
            err = self.run_program(*command, "--hash-bits", 3)[1]
            self.assertIn("liblinear-predict cannot use it", err)
            self.assertNotIn("liblinear-predict", self.run_program(*command)[1])

    def test_a_start_is_hashed_alike(self):
        self.write("data", scattered(classification()))
        self.write("small", "1 1:1\n-1 2:1\n")
        train = ("train", "data", "out", "--quiet", "--warm-start")
        self.run_program("train", "data", "eight", "--hash-bits", 8, "--quiet")
        self.run_program("train", "small", "plain", "--quiet")
        self.run_program(*train, "eight", "--hash-bits", 8)
        for model, more, part in (("eight", ("--hash-bits", 9), "use --hash-bits 8"),
                                  ("plain", ("--hash-bits", 8), "leave out --hash-bits")):
            err = self.run_program(*train, model, *more, code=3)[1]
            self.assertTrue(err.startswith(f"{model}: ") and part in err, err)
        err = self.run_program("train", "small", "--warm-start", "eight", code=3)[1]
        self.assertIn("use --hash-bits 8", err)

    def test_options_that_cannot_be(self):
        self.write("data", "1 1:1\n-1 2:1\n")
        for command in ("train", "path", "inspect", "sweep"):
            for options in (("--hash-bits", 0), ("--hash-bits", 31), ("--hash-bits", "x"),
                            ("--hash-bits", 5, "--columns", 32)):
                err = self.run_program(command, "data", *options, code=2)[1]
                self.assertIn("--hash-bits", err)
                self.assertEqual(err.count("\n"), 1, err)

    def test_an_index_that_is_too_large_is_offered_the_option(self):
        self.write("data", "1 1:1\n-1 2147483648:1\n")
        err = self.run_program("train", "data", code=3)[1]
        self.assertTrue(err.startswith("data:2:4: index 2147483648 is too large"), err)
        self.assertIn("--hash-bits B", err)
        self.run_program("train", "data", "m", "--hash-bits", 12, "--quiet")

    def test_errors_keep_their_place(self):
        for text, place, reason in ((f"1 {HUGE}:1\n-1 {HUGE + 1}:1\n", "2:4", "too large"),
                                    (f"1 {HUGE}:1 {HUGE}:1\n", "1:25", "repeated"),
                                    (f"1 {HUGE}:1 7:1\n", "1:25", "out of order"),
                                    ("1 0:1\n", "1:3", "index 0")):
            self.write("data", text)
            err = self.run_program("train", "data", "--hash-bits", 12, code=3)[1]
            self.assertTrue(err.startswith(f"data:{place}: ") and reason in err, err)
        self.assertEqual(self.files(), ["data"])

    def test_a_malformed_last_line_of_a_model(self):
        self.write("data", "1 1:1\n-1 2:1\n")
        self.run_program("train", "data", "m", "--hash-bits", 2, "--quiet")
        good = self.read("m")
        line = good.count("\n")
        for last, column, reason in (("# hash_bits 0", 13, "whole number"),
                                     ("# hash_bits 31", 13, "at most 30"),
                                     ("# hash_bits 3", 13, "nr_feature of 8, and it is 4"),
                                     ("# hash_bits 2 2", 15, "nothing may stand"),
                                     ("# hash", 3, "only '# hash_bits B'"),
                                     ("2", 1, "more weights")):
            self.write("m", good.replace("# hash_bits 2", last))
            err = self.run_program("predict", "data", "m", code=3)[1]
            self.assertTrue(err.startswith(f"m:{line}:{column}: ") and reason in err, err)

    @needs("liblinear-predict")
    def test_liblinear_accepts_the_file(self):
        self.write("data", "1 1:1\n-1 2:1\n" * 10)
        for more in ((), ("--intercept",)):
            self.run_program("train", "data", "m", "--hash-bits", 6, "--quiet", *more)
            done = subprocess.run(["liblinear-predict", "data", "m", "out"], cwd=self.folder,
                                  capture_output=True, check=True)
            self.assertIn(b"Accuracy", done.stdout)
            self.assertEqual(len(self.read("out").splitlines()), 20)


if __name__ == "__main__":
    unittest.main()
