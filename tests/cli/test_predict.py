"""sounder predict."""

import json
import math
import subprocess
import unittest

from support import PROGRAM, ProgramTest, classification, parse, regression


class Predict(ProgramTest):
    def test_labels_and_accuracy(self):
        text = classification(labels=(3, 7))
        self.write("data", text)
        self.run_program("train", "data", "m", "--quiet")
        out, err = self.run_program("predict", "data", "m")
        model = self.model("m")
        rows, labels = parse(text)
        expected = [model.labels[0] if model.decision(row) > 0 else model.labels[1]
                    for row in rows]
        self.assertEqual([float(line) for line in out.split()], expected)
        right = sum(a == b for a, b in zip(labels, expected))
        self.assertIn(f"({right}/300)", err)
        self.assertGreater(right, 240)
        summary = json.loads(self.run_program("predict", "data", "m", "out", "--json", "-")[0])
        self.assertEqual((summary["correct"], summary["rows"]), (right, 300))
        self.assertEqual(self.read("out"), out)

    def test_a_score_of_0_is_the_second_label(self):
        self.write("data", "1 1:1\n-1 2:1\n")
        self.run_program("train", "data", "m", "--quiet")
        self.write("empty", "1\n1 9:5\n")
        out, err = self.run_program("predict", "empty", "m")
        self.assertEqual(out, "-1\n-1\n")
        self.assertIn("(0/2)", err)

    def test_regression(self):
        text = regression()
        self.write("data", text)
        self.run_program("train", "data", "m", "--loss", "squared", "--intercept", "--quiet")
        out, err = self.run_program("predict", "data", "m")
        model = self.model("m")
        rows, labels = parse(text)
        predicted = [float(line) for line in out.split()]
        for row, value in zip(rows, predicted):
            self.assertAlmostEqual(value, model.decision(row), places=5)
        error = sum((a - b) ** 2 for a, b in zip(labels, predicted)) / len(labels)
        found = float(err.split("Mean squared error = ")[1].split()[0])
        self.assertAlmostEqual(found, error, delta=1e-4 * error)

    def test_probability_and_decision_values(self):
        self.write("data", classification())
        self.run_program("train", "data", "m", "--quiet")
        lines = self.run_program("predict", "data", "m", "--probability")[0].splitlines()
        self.assertEqual(lines[0], "labels 1 -1")
        decisions = self.run_program("predict", "data", "m", "--decision-values")[0].splitlines()
        for line, other in zip(lines[1:], decisions):
            label, p, q = map(float, line.split())
            same, z = map(float, other.split())
            self.assertEqual(label, same)
            self.assertEqual(label, 1.0 if z > 0 else -1.0)
            self.assertAlmostEqual(p, 1.0 / (1.0 + math.exp(-z)), places=5)
            self.assertAlmostEqual(p + q, 1.0, places=5)
        self.run_program("train", "data", "m", "--loss", "hinge", "--quiet",
                         "--solver", "hogwild")
        self.assertIn("logistic", self.run_program("predict", "data", "m", "--probability",
                                                   code=2)[1])

    def test_one_class_against_the_rest(self):
        self.write("data", "1 1:1\n2 2:1\n3 3:1\n")
        self.run_program("train", "data", "m", "--positive", 2, "--quiet")
        err = self.run_program("predict", "data", "m")[1]
        self.assertIn("(1/3)", err)
        self.assertIn("--positive 2", err)
        err = self.run_program("predict", "data", "m", "--positive", 2)[1]
        self.assertIn("(3/3)", err)
        self.run_program("predict", "data", "m", "--positive", 1, code=2)

    def test_several_classes(self):
        self.write("m", "solver_type L2R_LR\nnr_class 3\nlabel 5 4 6\nnr_feature 2\nbias -1\nw\n"
                        "1 0 0 \n0 1 0.5 \n")
        self.write("data", "5 1:1\n4 2:1\n6 2:-1\n5\n")
        out, err = self.run_program("predict", "data", "m")
        self.assertEqual(out.split(), ["5", "4", "5", "5"])
        self.assertIn("(3/4)", err)

    def test_zero_based_and_standard_input(self):
        self.write("m", "solver_type L2R_LR\nnr_class 2\nlabel 1 2\nnr_feature 2\nbias -1\nw\n"
                        "1 \n-1 \n")
        self.assertEqual(self.run_program("predict", "-", "m", stdin=b"1 1:1\n1 2:1\n")[0],
                         "1\n2\n")
        self.assertEqual(self.run_program("predict", "-", "m", "--zero-based",
                                          stdin=b"1 0:1\n1 1:1\n")[0], "1\n2\n")

    def test_threads_change_nothing(self):
        self.write("data", classification())
        self.run_program("train", "data", "m", "--quiet")
        outputs = {self.run_program("predict", "data", "m", "--decision-values", "--threads", n)[0]
                   for n in (1, 2, 4, 8)}
        self.assertEqual(len(outputs), 1)

    def write_model(self, *weights, solver="L2R_LR", labels="1 -1", bias=-1):
        """A model of these weights, the intercept last where there is a bias."""
        head = f"nr_class 2\nlabel {labels}\n" if labels else "nr_class 2\n"
        features = len(weights) - (bias >= 0)
        self.write("m", f"solver_type {solver}\n{head}nr_feature {features}\nbias {bias}\nw\n"
                        + "".join(f"{w}\n" for w in weights))

    def test_values_are_not_rounded(self):
        self.write_model(-1, 1, -30, bias=1)
        self.write("ids", "1 1:1600000000 2:1600000050\n-1 1:1600000000 2:1600000010\n")
        out, err = self.run_program("predict", "ids", "m", "--decision-values")
        self.assertEqual(out, "1 20\n-1 -20\n")
        self.assertIn("(2/2)", err)
        self.write("huge", "1 1:-1e300\n-1 1:1e39 2:0.1\n")
        self.assertEqual(self.run_program("predict", "huge", "m", "--decision-values")[0],
                         "1 1e+300\n-1 -1e+39\n")

    def test_a_weight_is_refused_unless_wanted(self):
        self.write_model(1, -1)
        for text, line, column, token in (("1:1\n1:2\n2:1\n1:0.5 2:-3\n", 1, 1, "1:1"),
                                          ("1 1:1\n  -1:2 2:1\n", 2, 3, "-1:2")):
            self.write("data", text)
            out, err = self.run_program("predict", "data", "m", "out", "--json", "json", code=3)
            self.assertEqual(out, "")
            self.assertEqual(err, f"data:{line}:{column}: '{token}' is a label with a weight, or a "
                                  "feature of a row without a label: say which, by --weighted or "
                                  "--no-labels\n")
            self.assertEqual(self.files(), ["data", "m"])

    def test_rows_without_labels(self):
        self.write_model(1, -1)
        self.write("bare", "1:1\n2:1\n\n# a comment\n1:0.5 2:-3 9:1\n")
        out, err = self.run_program("predict", "bare", "m", "--no-labels", "--decision-values",
                                    "--json", "json")
        self.assertEqual((out, err), ("1 1\n-1 -1\n1 3.5\n", ""))
        summary = json.loads(self.read("json"))
        self.assertEqual((summary["rows"], summary["scored_rows"]), (3, 0))
        self.assertIsNone(summary["accuracy"])
        self.assertIsNone(summary["correct"])
        self.write_model(2, labels="", solver="L2R_L2LOSS_SVR")
        out, err = self.run_program("predict", "bare", "m", "out", "--no-labels", "--json", "-")
        self.assertEqual((self.read("out"), err), ("2\n0\n1\n", ""))
        self.assertIsNone(json.loads(out)["mean_squared_error"])
        self.write("data", "1:1\n1 1:1\n")
        self.assertIn("data:2:1: rows were to have no labels, but here is '1'",
                      self.run_program("predict", "data", "m", "--no-labels", code=3)[1])
        for more in ("--weighted", "--positive=1"):
            self.assertIn("--no-labels", self.run_program("predict", "bare", "m", "--no-labels",
                                                          more, code=2)[1])
        help_text = " ".join(self.run_program("predict", "--help")[0].split())
        self.assertIn("Blank lines are skipped", help_text)

    def test_weights_count_in_the_score(self):
        self.write_model(1)
        self.write("data", "1:3 1:1\n1 1:-1\n-1:0 1:1\n-1:0.5 1:-1\n7:0 1:1\n")
        out, err = self.run_program("predict", "data", "m", "out", "--weighted", "--json", "-")
        summary = json.loads(out)
        self.assertEqual(self.read("out"), "1\n-1\n1\n-1\n1\n")
        self.assertEqual([summary[key] for key in ("rows", "scored_rows", "correct", "weighted")],
                         [5, 3, 2, True])
        self.assertAlmostEqual(summary["accuracy"], 3.5 / 4.5)
        self.assertEqual(err, "Accuracy = 77.7778% (2/3), rows weighted\n")
        self.write("none", "1:0 1:1\n-1:0 1:1\n")
        out, err = self.run_program("predict", "none", "m", "out", "--weighted", "--json", "-")
        self.assertIsNone(json.loads(out)["accuracy"])
        self.assertIn("every row has the weight 0", err)

    def test_a_weight_is_so_many_rows_in_a_regression_too(self):
        self.write_model(1, labels="", solver="L2R_L2LOSS_SVR")
        self.write("weighted", "2:3 1:1\n-1 1:-2\n5:2 1:4\n100:0 1:1\n")
        self.write("repeated", "2 1:1\n" * 3 + "-1 1:-2\n" + "5 1:4\n" * 2)
        scores = [json.loads(self.run_program("predict", data, "m", "out", "--weighted", "--json",
                                              "-", "--quiet")[0])
                  for data in ("weighted", "repeated")]
        for key in ("mean_squared_error", "squared_correlation"):
            self.assertAlmostEqual(scores[0][key], scores[1][key], places=12)
        self.assertAlmostEqual(scores[0]["mean_squared_error"], 1.0)

    def test_a_reader_that_has_seen_enough(self):
        self.write("m", "solver_type L2R_LR\nnr_class 2\nlabel 1 2\nnr_feature 1\nbias -1\nw\n1 \n")
        self.write("data", "1 1:1\n" * 200000)
        process = subprocess.run(f"'{PROGRAM}' predict data m --quiet | head -n 1", shell=True,
                                 cwd=self.folder, capture_output=True, check=True)
        self.assertEqual((process.stdout, process.stderr), (b"1\n", b""))

    def test_nothing_is_left_of_an_output_that_fails(self):
        self.write("data", "1 1:1\n-1 2:1\n")
        self.run_program("train", "data", "m", "--quiet")
        err = self.run_program("predict", "data", "m", "absent/out", code=3)[1]
        self.assertIn("absent/out", err)


if __name__ == "__main__":
    unittest.main()
