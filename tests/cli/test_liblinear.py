"""LIBLINEAR's programs read our models and we read theirs, with the same predictions."""

import subprocess
import unittest

from support import ProgramTest, classification, needs, parse, regression


@needs("liblinear-train", "liblinear-predict")
class Liblinear(ProgramTest):
    def liblinear(self, program, *arguments):
        subprocess.run([f"liblinear-{program}", *map(str, arguments)], cwd=self.folder, check=True,
                       stdout=subprocess.DEVNULL)

    def compare(self, data, model, *options):
        """Predicts with both and expects the same, row by row."""
        ours = ["--probability"] if "-b" in options else []
        self.run_program("predict", data, model, "ours", "--quiet", *ours)
        self.liblinear("predict", *options, data, model, "theirs")
        ours, theirs = self.read("ours").splitlines(), self.read("theirs").splitlines()
        self.assertEqual(len(ours), len(theirs))
        for line, (a, b) in enumerate(zip(ours, theirs)):
            if a != b:
                for x, y in zip(a.split(), b.split(), strict=True):
                    self.assertAlmostEqual(float(x), float(y), delta=1e-4 * abs(float(y)) + 1e-6,
                                           msg=f"line {line}")

    def test_they_read_our_models(self):
        for labels in ((1, -1), (-1, 1), (0, 1), (2, 1), (7, 1000000)):
            text = classification(labels=labels)
            self.assertIn({}, parse(text)[0])  # rows without features
            self.write("data", text)
            for loss in ("logistic", "hinge", "squared-hinge"):
                for penalty in ("l1", "l2"):
                    for more in ((), ("--intercept",)):
                        with self.subTest(labels=labels, loss=loss, penalty=penalty, more=more):
                            self.run_program("train", "data", "m", "--solver", "hogwild", "--loss", loss, "--penalty",
                                             penalty, "--threads", 2, "--quiet",
                                             *more)
                            self.compare("data", "m")

    def test_they_read_our_probabilities(self):
        self.write("data", classification(labels=(2, 1)))
        self.run_program("train", "data", "m", "--intercept", "--quiet")
        self.compare("data", "m", "-b", 1)

    def test_they_read_our_regressions(self):
        self.write("data", regression())
        for more in ((), ("--intercept",)):
            self.run_program("train", "data", "m", "--loss", "squared", "--quiet", *more)
            self.compare("data", "m")

    def test_values_that_no_float_holds(self):
        # LIBLINEAR writes what a regression predicts with all its digits.
        self.write("m", "solver_type L2R_L2LOSS_SVR\nnr_class 2\nnr_feature 3\nbias 1\nw\n"
                        "-1\n1\n0.3\n-30\n")
        self.write("data", "1 1:1600000000 2:1600000050 3:0.1\n"
                           "-1 1:1600000000 2:1600000010 3:16777217\n"
                           "-1 1:1e-60 2:0.333333333333333 3:1e39\n")
        self.run_program("predict", "data", "m", "ours", "--quiet")
        self.liblinear("predict", "data", "m", "theirs")
        ours, theirs = self.read("ours").split(), self.read("theirs").split()
        self.assertEqual([float(x) for x in ours], [float(x) for x in theirs])

    def test_we_read_their_models(self):
        self.write("data", classification(labels=(2, 1)))
        for solver in range(8):
            for bias in (-1, 0, 1, 2.5):
                with self.subTest(solver=solver, bias=bias):
                    self.liblinear("train", "-q", "-s", solver, "-B", bias, "data", "m")
                    self.compare("data", "m")
        self.liblinear("train", "-q", "-s", 0, "data", "m")
        self.compare("data", "m", "-b", 1)

    def test_we_read_their_classes_and_regressions(self):
        rows = [f"{k % 4} {k % 4 + 1}:1 {5 + k % 3}:0.5\n" for k in range(40)]
        self.write("data", "".join(rows) + "2\n")
        for solver in (0, 1, 2, 3, 4, 5, 6, 7, 11, 12, 13):
            for bias in (-1, 1):
                with self.subTest(solver=solver, bias=bias):
                    self.liblinear("train", "-q", "-s", solver, "-B", bias, "data", "m")
                    self.compare("data", "m")
        self.liblinear("train", "-q", "-s", 0, "data", "m")
        self.compare("data", "m", "-b", 1)

    def test_more_features_than_the_model_has(self):
        self.write("data", "1 1:1\n-1 2:1\n")
        self.write("wider", "1 1:1 7:3\n-1 2:1 8:1\n-1 9:1\n")
        self.run_program("train", "data", "m", "--intercept", "--quiet")
        self.compare("wider", "m")

    def test_the_optimum_is_the_same(self):
        self.write("data", classification())
        self.liblinear("train", "-q", "-s", 0, "-e", 1e-8, "-c", 2, "data", "theirs")
        summary = self.train_json("data", "ours", "--C", 2, "--tol", 1e-6, "--max-epochs", 2000)
        self.assertEqual(summary["status"], "converged")
        for a, b in zip(self.model("ours").weights, self.model("theirs").weights):
            self.assertAlmostEqual(a, b, delta=0.02)

    def test_their_model_is_a_start(self):
        self.write("data", classification())
        self.liblinear("train", "-q", "-s", 0, "-e", 1e-8, "data", "m")
        summary = self.train_json("data", "ours", "--warm-start", "m", "--max-epochs", 0)
        best = self.train_json("data", "ours", "--tol", 1e-6, "--max-epochs", 2000)
        self.assertAlmostEqual(summary["objective"], best["objective"], delta=1e-5)
        self.assertLess(summary["relative_gap"], 1e-5)


if __name__ == "__main__":
    unittest.main()
