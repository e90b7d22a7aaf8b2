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
        self.run_program("train", "data", "m", "--loss", "hinge", "--quiet")
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
