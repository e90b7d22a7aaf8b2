"""sounder path."""

import csv
import io
import json
import math
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

    def test_refusals(self):
        self.write("data", classification())
        for arguments, words in (
                (("--penalty", "l2"), "needs an l1 penalty"),
                (("--loss", "hinge"), "squared-hinge"),
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
        err = self.run_program("path", "flat", code=3)[1]
        self.assertIn("only zeros", err)
        self.assertEqual(self.files(), ["data", "flat", "later"])

    def test_a_lambda_that_stops_short(self):
        self.write("data", classification())
        out, err = self.run_program("path", "data", "--tol", 1e-13, "--max-epochs", 1, "--lambdas",
                                    3, code=1)
        self.assertEqual(len(out.splitlines()), 4)
        self.assertIn("stopped before the tolerance", err)


if __name__ == "__main__":
    unittest.main()
