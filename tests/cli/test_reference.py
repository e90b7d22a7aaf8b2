"""The reference finds optima that are known otherwise, and the judge sees what is wrong."""

import argparse
import os
import pathlib
import stat
import tempfile
import unittest

import numpy as np

import random_problems
import reference
from support import PROGRAM

LD = np.longdouble


def problem(loss, X, y, l1=0.0, l2=0.0, intercept=False, lower=-np.inf, upper=np.inf, weights=None):
    X = np.array(X, LD)
    p = X.shape[1]
    weights = np.ones(len(y), LD) if weights is None else np.array(weights, LD)
    return reference.Problem(loss, X, np.array(y, LD), weights, LD(l1), LD(l2), intercept,
                             np.full(p, LD(lower)), np.full(p, LD(upper)))


def random_rows(n=60, p=7, seed=3):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p))
    return X, np.sign(X[:, 0] - X[:, 1] + rng.normal(size=n) + 0.3), rng.uniform(0.1, 3, n)


class Optima(unittest.TestCase):
    def test_ridge_is_the_normal_equations(self):
        X, y, s = random_rows()
        w = np.linalg.solve(X.T @ (s[:, None] * X) / 60 + 0.1 * np.eye(7), X.T @ (s * y) / 60)
        expected = s @ (X @ w - y) ** 2 / 120 + 0.05 * (w @ w)
        F, found, _ = reference.minimise(problem("squared", X, y, l2=0.1, weights=s))
        self.assertAlmostEqual(float(F), expected, delta=1e-14)
        np.testing.assert_allclose(found.astype(float), w, atol=1e-10)

    def test_lasso_of_one_column_is_a_threshold(self):
        for correlation, bound, expected in ((1.0, np.inf, 0.7), (0.2, np.inf, 0.0), (1.0, 0.4, 0.4),
                                             (-1.0, np.inf, -0.7)):
            one = problem("squared", [[1.0], [-1.0]], [correlation, -correlation], l1=0.3, lower=-bound,
                          upper=bound)
            self.assertAlmostEqual(float(reference.minimise(one)[1][0]), expected, delta=1e-15)

    def test_hinge_of_two_rows(self):
        # w = 1 has no loss: l1 |w| + (1 - w) falls to w = 1 for l1 < 1, is least at 0 above.
        for l1, expected in ((0.25, 0.25), (4.0, 1.0)):
            self.assertAlmostEqual(float(reference.minimise(
                problem("hinge", [[1.0], [-1.0]], [1, -1], l1=l1))[0]), expected, delta=1e-15)
        self.assertAlmostEqual(float(reference.minimise(
            problem("hinge", [[1.0], [-1.0]], [1, -1], l2=0.25))[0]), 0.125, delta=1e-15)

    def test_the_dual_proves_it(self):
        """Fenchel's bound at a point of the dual, for l2: within rounding of F for all losses."""
        X, y, s = random_rows()
        c = s / 60
        for loss in ("logistic", "squared-hinge"):
            one = problem(loss, X, y, l2=0.05, weights=s)
            F, w, b = reference.minimise(one)
            u = -one.y * reference.losses(loss, one.y, one.X @ w + b)[1]
            entropy = (-u * np.log(u) - (1 - u) * np.log1p(-u) if loss == "logistic" else u - u**2 / 4)
            v = one.X.T @ (c * u * one.y)
            self.assertAlmostEqual(float(c @ entropy - v @ v / 0.1), float(F), delta=1e-15)

    def test_separable_rows_have_no_loss(self):
        X = np.array([[1.0, 2.0], [2.0, 1.0], [-1.0, -1.5]])
        for loss in ("logistic", "squared-hinge", "hinge"):
            for intercept in (False, True):
                F = reference.minimise(problem(loss, X, [1, 1, -1], intercept=intercept))[0]
                self.assertLess(float(F), 1e-12)

    def test_offset_and_duplicated_columns(self):
        X, y, s = random_rows()
        X = np.round(X * 2**16) / 2**16  # so that what follows is exact
        plain = reference.minimise(problem("logistic", X, y, intercept=True, weights=s))[0]
        hard = np.column_stack([2**23 + X, X, np.ones(60)]) * 16.0 ** np.arange(-7, 8)
        F = reference.minimise(problem("logistic", hard, y, intercept=True, weights=s))[0]
        self.assertAlmostEqual(float(F), float(plain), delta=1e-11)

    def test_null_objectives(self):
        y, s = np.array([1, 1, 1, -1]), np.array([1.0, 2.0, 1.0, 2.0])
        X = np.ones((4, 1))
        entropy = -(4 * np.log(2 / 3) + 2 * np.log(1 / 3)) / 4
        for loss, at_zero, free in (("logistic", 1.5 * np.log(2), entropy), ("hinge", 1.5, 1.0),
                                    ("squared-hinge", 1.5, 4 / 3), ("squared", 0.75, 2 / 3)):
            for intercept, expected in ((False, at_zero), (True, free)):
                one = problem(loss, X, y, intercept=intercept, weights=s)
                self.assertAlmostEqual(float(reference.null_objective(one)), expected, delta=1e-15)


class Judge(unittest.TestCase):
    """A program that tells lies: the real one, whose files a script changes."""

    def kinds(self, change, tail="exit $code"):
        folder = tempfile.TemporaryDirectory(prefix="judge-")
        self.addCleanup(folder.cleanup)
        folder = pathlib.Path(folder.name)
        program = folder / "liar"
        program.write_text(f'#!/bin/sh\n"{os.path.abspath(PROGRAM)}" "$@"\ncode=$?\n{change}\n{tail}\n')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        X, y, _ = random_rows()
        options = ["--loss", "logistic", "--penalty", "l2", "--lambda", "0.01", "--solver", "cd",
                   "--threads", "1", "--tol", "1e-6"]
        case = random_problems.Case(1, 1, X.astype(np.float32).astype(float), y, None, "logistic", "l2",
                                    "cd", 1e-6, False, options)
        verdict = random_problems.judge(case, str(program), folder)
        return {kind for kind, _ in verdict.wrong}

    def test_nothing_is_wrong_with_the_truth(self):
        self.assertEqual(self.kinds(""), set())

    def test_a_model_that_is_not_optimal(self):
        self.assertLessEqual({"certificate", "objective"}, self.kinds(
            "awk '/^w$/ {body = 1; print; next} body {$1 *= 1.1} {print}' model > m && mv m model"))

    def test_an_objective_that_is_not_the_models(self):
        self.assertIn("objective", self.kinds(
            """sed -i 's/"objective": 0.\\([0-9]\\{7\\}\\)[0-9]/"objective": 0.\\1x/; s/x/5/' run.json"""))

    def test_numbers_that_are_not_finite(self):
        self.assertEqual(self.kinds("echo '3,inf,nan,0.5,0.1,2' >> trace"), {"number"})

    def test_gaps_and_exit_codes(self):
        self.assertIn("gap", self.kinds("""sed -i 's/"relative_gap": .*,/"relative_gap": 1.5,/' run.json"""))
        self.assertIn("gap", self.kinds("""sed -i 's/"converged"/"stalled"/' run.json""", "exit 1"))
        self.assertEqual(self.kinds("", "exit 1"), {"exit"})
        self.assertEqual(self.kinds("", "kill -SEGV $$"), {"end"})
        self.assertIn("separable", self.kinds(
            """sed -i 's/"converged"/"separable"/' run.json""", "exit 1"))
        self.assertIn("bound", self.kinds(
            """sed -i 's/"dual_objective": [^,]*,/"dual_objective": 0.9,/' run.json"""))

    def test_a_refusal_of_good_input(self):
        self.assertEqual(self.kinds("rm -f model; echo sorry >&2", "exit 3"), {"refused"})
        self.assertEqual(self.kinds("", "exit 3"), {"refused", "exit"})


class Cases(unittest.TestCase):
    def test_a_number_is_always_the_same_problem(self):
        options = argparse.Namespace(time_limit=1.0)
        first, second = (random_problems.make_case(5, 7, options) for _ in range(2))
        self.assertEqual((first.text(), first.options), (second.text(), second.options))
        self.assertNotEqual(first.text(), random_problems.make_case(5, 8, options).text())


if __name__ == "__main__":
    unittest.main()
