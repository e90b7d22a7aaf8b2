"""sounder path."""

import csv
import io
import json
import math
import random
import unittest

from support import ProgramTest, classification, parse, regression

COLUMNS = "lambda,C,objective,relative_gap,nonzero_coefficients,epochs,seconds"
SCORES = ",validation_loss,standard_error,accuracy"


class Path(ProgramTest):
    def path(self, *arguments, code=0):
        """The rows of the CSV on standard output, as dictionaries."""
        out, _ = self.run_program("path", *arguments, code=code)
        return list(csv.DictReader(io.StringIO(out)))

    def test_every_row_is_what_train_finds(self):
        self.write("data", classification())
        for threads in (1, 2, 4):
            rows = self.path("data", "--lambdas", 5, "--lambda-min-ratio", 0.01, "--tol", 1e-8,
                             "--threads", threads)
            self.assertEqual(",".join(rows[0]), COLUMNS)
            self.assertEqual(len(rows), 5)
            self.assertEqual(rows[0]["nonzero_coefficients"], "0")
            self.assertAlmostEqual(float(rows[4]["lambda"]) / float(rows[0]["lambda"]), 0.01)
            for row in rows:
                self.assertLessEqual(float(row["relative_gap"]), 1e-8)
                self.assertAlmostEqual(float(row["C"]) * float(row["lambda"]) * 300, 1.0)
                trained = self.train_json("data", "--penalty", "l1", "--lambda", row["lambda"],
                                          "--solver", "cd", "--tol", 1e-8)
                self.assertAlmostEqual(trained["objective"], float(row["objective"]), places=7)

    def test_a_grid_of_C_is_what_train_finds_with_every_loss_and_penalty(self):
        self.write("data", classification(80, 10))
        for loss in ("hinge", "squared-hinge", "logistic"):
            for more in (("--penalty", "l2"), ("--penalty", "l2", "--intercept"), ("--penalty", "l1")):
                with self.subTest(loss=loss, more=more):
                    rows = self.path("data", "--loss", loss, *more, "--C-grid", "0.01:1:10", "--tol",
                                     1e-6, "--threads", 2)
                    self.assertEqual(len(rows), 3)
                    for row, c in zip(rows, (0.01, 0.1, 1.0)):
                        self.assertAlmostEqual(float(row["C"]), c)
                        self.assertLessEqual(float(row["relative_gap"]), 1e-6)
                        trained = self.train_json("data", "m", "--loss", loss, *more, "--C", c, "--tol",
                                                  1e-8)
                        self.assertLess(abs(float(row["objective"]) / trained["objective"] - 1), 2e-6)

    def test_a_grid_of_C_is_cross_validated_with_the_same_bits(self):
        self.write("data", classification(80, 10))
        models = set()
        for threads in (1, 2, 3):
            rows = self.path("data", "m", "--loss", "hinge", "--penalty", "l2", "--C-grid", "0.01:10:10",
                             "--folds", 4, "--threads", threads)
            self.assertEqual(len(rows), 4)
            self.assertTrue(all(float(row["validation_loss"]) > 0 for row in rows))
            models.add(self.read("m"))
        self.assertEqual(len(models), 1)

    def test_nothing_is_written_beside_the_csv(self):
        self.write("data", classification())
        _, err = self.run_program("path", "data", "--lambdas", 3, "--csv", "path.csv")
        self.assertEqual(self.files(), ["data", "path.csv"])
        self.assertIn("3 lambdas", err)
        out, err = self.run_program("path", "data", "--lambdas", 3, "--quiet", "--csv", "path.csv")
        self.assertEqual((out, err), ("", ""))

    def test_validation_rows(self):
        self.write("data", classification())
        self.write("later", classification(seed=5))
        rows = self.path("data", "m", "--lambdas", 6, "--validate", "later", "--json", "run.json",
                         "--threads", 2)
        self.assertEqual(",".join(rows[0]), COLUMNS + SCORES)
        run = json.loads(self.read("run.json"))
        best = min(rows, key=lambda row: float(row["validation_loss"]))
        self.assertEqual(run["selected"]["lambda"], float(best["lambda"]))
        self.assertEqual(len(run["path"]), 6)
        model = self.model("m")
        loss, right = 0.0, 0
        for row, label in zip(*parse(self.read("later"))):
            z = model.decision(row)
            loss += math.log1p(math.exp(-label * z))
            right += (z > 0) == (label > 0)
        self.assertAlmostEqual(loss / 300, float(best["validation_loss"]), places=6)
        self.assertAlmostEqual(right / 300, float(best["accuracy"]))

    def test_folds_and_the_standard_error_rule(self):
        self.write("data", regression())
        shared = ("data", "--loss", "squared", "--lambdas", 8, "--folds", 4, "--seed", 3)
        rows = self.path(*shared, "m", "--select", "1se", "--json", "run.json", "--threads", 1)
        best = min(range(8), key=lambda k: float(rows[k]["validation_loss"]))
        limit = float(rows[best]["validation_loss"]) + float(rows[best]["standard_error"])
        first = next(k for k in range(8) if float(rows[k]["validation_loss"]) <= limit)
        selected = json.loads(self.read("run.json"))["selected"]
        self.assertEqual(selected["lambda"], float(rows[first]["lambda"]))
        self.assertEqual(sum(weight != 0 for weight in self.model("m").weights),
                         selected["nonzero_coefficients"])
        self.assertEqual({row["accuracy"] for row in rows}, {""})
        for threads in (2, 4, 8):
            again = self.path(*shared, "--threads", threads)
            self.assertEqual([row["validation_loss"] for row in again],
                             [row["validation_loss"] for row in rows])

    def test_rows_of_weight_0_tell_nothing(self):
        rng = random.Random(4)
        for loss, text in (("logistic", classification(80)), ("squared", regression(80))):
            rows = text.splitlines(keepends=True)
            label, rest = rows[0].split(" ", 1)
            heavy = [f"{label}:2 {rest}", *rows[1:]]
            # Wild values, and a label of their own, that nothing may depend on.
            wild = [f"{'-7' if loss == 'squared' else rng.choice(['1', '-1'])}:0 3:{10.0 * k}\n"
                    for k in range(80)]
            found = {}
            for name, lines in (("plain", heavy), ("more", heavy + wild), ("mixed", None)):
                if lines is None:
                    lines = [line for pair in zip(heavy, wild) for line in pair]
                self.write(name, "".join(lines))
                scale = len(lines) / 80  # the mean is over rows of the file: lambda means less
                for validation in (("--folds", 4), ("--validate", name)):
                    found[name, validation[0]] = [
                        (scale * float(row["lambda"]), float(row["validation_loss"]),
                         float(row["standard_error"]), float(row["accuracy"] or 0))
                        for row in self.path(name, "--loss", loss, "--lambdas", 4, "--tol", 1e-10,
                                             "--lambda-min-ratio", 0.1, "--threads", 1,
                                             *validation)]
            for (name, validation), rows_found in found.items():
                for row, expected in zip(rows_found, found["plain", validation]):
                    for a, b in zip(row, expected):
                        self.assertAlmostEqual(a, b, delta=1e-4 * abs(b) + 1e-9,
                                               msg=(loss, name, validation))

    def test_the_standard_error_over_rows(self):
        self.write("data", "1:2 1:1\n-1:1 1:-1\n1:0.5 2:1\n-1:0 2:3\n-1:3 1:-2\n")
        self.write("later", "1:2 1:1\n-1:1 1:-3\n1:0.25 1:-2\n-1:0 1:50\n9:0 1:7\n")
        rows = self.path("data", "m", "--lambdas", 3, "--validate", "later", "--json", "run.json")
        model = self.model("m")
        selected = json.loads(self.read("run.json"))["selected"]
        losses, weights, right = [], (2, 1, 0.25), 0.0
        for (row, label), s in zip((({1: 1.0}, 1), ({1: -3.0}, -1), ({1: -2.0}, 1)), weights):
            z = label * model.decision(row)
            losses.append(math.log1p(math.exp(-z)))
            right += s * (z > 0)
        mean = sum(s * loss for s, loss in zip(weights, losses)) / 3.25
        error = math.sqrt(sum((s * (loss - mean)) ** 2 for s, loss in zip(weights, losses))) / 3.25
        self.assertAlmostEqual(selected["validation_loss"], mean, places=12)
        self.assertAlmostEqual(selected["standard_error"], error, places=12)
        self.assertAlmostEqual(selected["accuracy"], right / 3.25, places=12)
        self.assertEqual(len(rows), 3)

    def test_folds_that_cannot_be(self):
        self.write("few", "1:1 1:1\n-1:1 1:-1\n1:0 1:2\n-1:0 1:-2\n1:0 1:1\n-1:0 1:-1\n")
        self.write("rare", "1 1:1\n" + "-1 1:-1\n-1 2:1\n" * 3)
        for data, folds, words in (("few", 3, "--folds 3 needs as many rows of a weight above 0, "
                                              "and there are 2"),
                                   ("few", 2, "a class is too rare for --folds 2"),
                                   ("rare", 2, "a class is too rare for --folds 2"),
                                   ("rare", 8, "and there are 7")):
            out, err = self.run_program("path", data, "m", "--folds", folds, "--csv", "path.csv",
                                        "--json", "run.json", code=3)
            self.assertEqual(out, "")
            self.assertRegex(err, rf"^{data}: [^\n]*{words}[^\n]*\n$")
        self.assertEqual(self.files(), ["few", "rare"])

    def test_a_fold_with_one_class_to_train_on_is_left_out(self):
        self.write("rare", "1 1:1\n" + "-1 1:-1\n-1 2:1\n" * 3)
        out, err = self.run_program("path", "rare", "m", "--folds", 3, "--lambdas", 3, "--json",
                                    "run.json")
        self.assertIn("warning: 1 fold of 3 left out of the scores", err)
        run = json.loads(self.read("run.json"))
        self.assertEqual((run["folds"], run["folds_left_out"]), (3, 1))
        for row in csv.DictReader(io.StringIO(out)):
            self.assertTrue(math.isfinite(float(row["validation_loss"])))
            self.assertTrue(math.isfinite(float(row["standard_error"])))
        self.assertIn("m", self.files())
        self.write("even", "1 1:1\n-1 1:-1\n" * 4)
        _, err = self.run_program("path", "even", "m", "--folds", 2, "--json", "run.json")
        self.assertNotIn("warning", err)
        self.assertEqual(json.loads(self.read("run.json"))["folds_left_out"], 0)

    def test_refusals(self):
        self.write("data", classification())
        for arguments, words in (
                (("--penalty", "l2"), "--C-grid LO:HI:FACTOR"),
                (("--penalty", "none"), "needs a penalty"),
                (("--C-grid", "1:10"), "--C-grid"),
                (("--C-grid", "1:10:0"), "--C-grid"),
                (("--C-grid", "1:10:2:"), "--C-grid"),
                (("--C-grid", "1:x:2"), "--C-grid"),
                (("--C-grid", "10:1:2"), "LO is at most HI"),
                (("--C-grid", "1:10:1"), "FACTOR above 1"),
                (("--C-grid", "1e-9:1e9:1.00000001"), "more than 100,000"),
                (("--C-grid", "1:10:2", "--lambdas", 5), "leave out --lambdas"),
                (("--folds", 1), "--folds"),
                (("--folds", 5, "--validate", "data"), "only one of"),
                (("--select", "best"), "--validate FILE or --folds K"),
                (("--json", "-"), "standard output"),
                (("--lambda-min-ratio", 2), "--lambda-min-ratio")):
            out, err = self.run_program("path", "data", *arguments, code=2)
            self.assertEqual(out, "")
            self.assertIn(words, err)
        self.write("later", "3 1:1\n1 2:1\n")
        err = self.run_program("path", "data", "--validate", "later", code=3)[1]
        self.assertIn("later:1:1: the label 3 is not one of the training data's", err)
        self.write("flat", "1 1:0\n-1 2:0\n")
        out, err = self.run_program("path", "flat", code=3)
        self.assertEqual(out, "")
        self.assertIn("only zeros", err)
        self.run_program("path", "flat", "--csv", "path.csv", code=3)
        self.assertEqual(self.files(), ["data", "flat", "later"])

    def test_a_lambda_that_stops_short(self):
        self.write("data", classification())
        out, err = self.run_program("path", "data", "--tol", 1e-13, "--max-epochs", 1, "--lambdas",
                                    3, code=1)
        self.assertEqual(len(out.splitlines()), 4)
        self.assertIn("stopped before the tolerance: raise --max-epochs or --tol", err)


if __name__ == "__main__":
    unittest.main()
