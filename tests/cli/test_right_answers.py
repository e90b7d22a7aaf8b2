"""What "converged" means on data that is not tidy: right values, and no other word for wrong ones."""

import json
import math
import random
import unittest

from support import ProgramTest, parse

BY_COLUMNS = ("cd", "shotgun", "block-greedy", "block-cd")
BY_ROWS = ("sgd", "saga", "hogwild")
SOLVERS = BY_COLUMNS + BY_ROWS


def dense(rows, labels, digits=17):
    """LIBSVM text of full rows."""
    return "".join(
        f"{label:.17g}" + "".join(f" {j + 1}:{x:.{digits}g}" for j, x in enumerate(row) if x) + "\n"
        for row, label in zip(rows, labels))


def normal_rows(count, columns, seed):
    rng = random.Random(seed)
    return [[rng.gauss(0.0, 1.0) for _ in range(columns)] for _ in range(count)]


class RightAnswersTest(ProgramTest):

    def objective(self, name, data, loss, lambda_=0.0, l1_ratio=0.0):
        """F of a written model, in exact sums."""
        rows, labels = parse(self.read(data))
        model = self.model(name)
        sign = 1.0 if not model.labels or model.labels[0] == max(labels) else -1.0
        values = []
        for row, label in zip(rows, labels):
            z = math.fsum([model.intercept] + [model.weights[j - 1] * x for j, x in row.items()])
            if loss == "squared":
                values.append(0.5 * (z - label) ** 2)
            else:
                margin = sign * z if label == max(labels) else -sign * z
                values.append(math.log1p(math.exp(-abs(margin))) + max(-margin, 0.0))
        penalty = math.fsum(l1_ratio * abs(w) + 0.5 * (1.0 - l1_ratio) * w * w
                            for w in model.weights)
        return math.fsum(values) / len(values) + lambda_ * penalty

    def test_a_target_far_from_zero_is_explained_by_features(self):
        rows = normal_rows(200, 5, 1)
        rng = random.Random(2)
        labels = [round(1998 + 11 * (0.7 * x[0] - 0.5 * x[1] + 0.5 * rng.gauss(0, 1))) for x in rows]
        self.write("data", dense(rows, labels, 5))
        problem = ("data", "m", "--loss", "squared", "--penalty", "l1", "--lambda-ratio", 0.01,
                   "--intercept")
        exact = self.train_json(*problem, "--tol", 1e-9)
        for solver in ("auto", *BY_COLUMNS):
            with self.subTest(solver=solver):
                found = self.train_json(*problem, "--solver", solver, "--threads", 2)
                self.assertEqual(found["status"], "converged")
                self.assertGreaterEqual(found["nonzero_coefficients"], 2)
                self.assertLessEqual(found["objective"], exact["objective"] * (1 + 1e-3))
        self.run_program("path", "data", "best", "--loss", "squared", "--intercept", "--lambdas", 6,
                         "--folds", 4, "--csv", "path.csv", "--quiet")
        header, *points = [line.split(",") for line in self.read("path.csv").splitlines()]
        loss = [float(point[header.index("validation_loss")]) for point in points]
        self.assertLess(min(loss), 0.5 * loss[0])
        self.assertGreaterEqual(int(points[-1][header.index("nonzero_coefficients")]), 2)

    def test_rare_positives_get_a_weight(self):
        rng = random.Random(3)
        rows = [[rng.gauss(0, 1) for _ in range(3)] for _ in range(3000)]
        rows[7][0] += 8
        self.write("data", dense(rows, [1 if i == 7 else -1 for i in range(3000)], 5))
        found = self.train_json("data", "m", "--penalty", "l1", "--lambda-ratio", 0.1,
                                "--intercept")
        self.assertGreaterEqual(found["nonzero_coefficients"], 1)

    def test_the_gap_in_words(self):
        self.write("data", "1 1:1\n-1 1:2\n1 1:3\n-1 2:1\n")
        _, err = self.run_program("train", "data", "m", "--penalty", "l1", "--lambda", 10)
        self.assertIn("no feature lowers the objective by more than", err)
        _, err = self.run_program("train", "data", "m", "--tol", 1e-4)
        self.assertRegex(err, r"gap .*: at most [0-9.e-]+ % above the optimum")
        _, err = self.run_program("train", "data", "m", "--solver", "hogwild", "--penalty", "none",
                                  "--loss", "hinge")
        self.assertRegex(err, r"of the objective could still be gained|above the optimum")

    def test_columns_far_from_zero(self):
        self.write("two", "0 1:10000\n1 1:10001\n")
        rng = random.Random(4)
        for ratio in (1e3, 1e5, 1e7):
            self.write(f"far{ratio:g}", "".join(
                f"{1 if x + 0.7 * rng.gauss(0, 1) > 0 else -1} 1:{ratio + x:.17g}\n"
                for x in (rng.gauss(0, 1) for _ in range(100))))
        for solver in SOLVERS:
            more = ("--tol", 1e-4, "--max-epochs", 2000) if solver in BY_ROWS else (
                "--tol", 1e-4)
            with self.subTest(solver=solver):
                self.train_json("two", "m", "--loss", "squared", "--penalty", "l1", "--lambda", 0.01,
                                "--intercept", "--solver", solver, *more)
                self.assertAlmostEqual(self.model("m").weights[0], 0.96, delta=2e-3)
                weights = []
                for ratio in (1e3, 1e5, 1e7):
                    for loss in ("logistic", "squared", "squared-hinge"):
                        found = self.train_json(f"far{ratio:g}", "m", "--loss", loss, "--lambda",
                                                0.01, "--intercept", "--solver", solver, *more)
                        self.assertEqual(found["status"], "converged")
                        self.assertGreater(abs(self.model("m").weights[0]), 0.1)
                        if loss != "squared-hinge":
                            self.assertAlmostEqual(
                                found["objective"],
                                self.objective("m", f"far{ratio:g}", loss, 0.01),
                                delta=1e-9 * found["objective"])

    def test_equal_columns_without_a_penalty_stay_small(self):
        rows = normal_rows(60, 5, 5)
        rng = random.Random(6)
        labels = [1 if x[0] - x[1] + 0.5 * x[2] + rng.gauss(0, 1) > 0 else -1 for x in rows]
        self.write("data", dense([row + row + row for row in rows], labels))
        problem = ("data", "m", "--loss", "squared", "--penalty", "none", "--threads", 2)
        least = self.train_json(*problem, "--tol", 1e-9)["objective"]
        for seed in (1, 2, 3):
            for solver in ("hogwild", "shotgun"):
                found = self.train_json(*problem, "--max-epochs", 300, "--solver", solver, "--seed",
                                        seed)
                with self.subTest(solver=solver, seed=seed):
                    self.assertGreaterEqual(found["objective"], least * (1 - 1e-9))
                    self.assertLess(max(map(abs, self.model("m").weights)), 100.0)
                    self.assertAlmostEqual(found["objective"], self.objective("m", "data", "squared"),
                                           delta=1e-10 * found["objective"])

    def test_fill_values_give_the_right_answer_or_a_sentence(self):
        self.write("netcdf", "-1 1:2\n-1 1:9.96921e+36\n1 1:1\n")
        self.write("fill", "1 1:1 2:1\n-1 1:2 2:-1\n1 1:1.5 2:2\n-1 1:1e20 2:-0.5\n"
                           "1 1:2 2:-0.1\n-1 1:1 2:0.3\n")
        self.write("most", "-1 1:2 2:1\n-1 1:3.4028234663852886e38 2:-1\n1 1:1 2:2\n1 1:1 2:0.5\n")
        for solver in BY_COLUMNS:
            with self.subTest(solver=solver):
                found = self.train_json("netcdf", "m", "--solver", solver, "--intercept", "--tol",
                                        1e-6)
                self.assertAlmostEqual(found["objective"], 0.4250526, delta=1e-6)
                self.assertAlmostEqual(found["intercept"], 2 / 3, delta=1e-3)
        self.train_json("fill", "m", "--tol", 1e-6)
        self.assertAlmostEqual(self.model("m").weights[1], 0.768, delta=1e-3)
        for data in ("netcdf", "fill", "most"):
            for solver in SOLVERS:
                for more in ((), ("--intercept",), ("--penalty", "l1"), ("--loss", "squared-hinge")):
                    with self.subTest(data=data, solver=solver, more=more):
                        process = self.start("train", data, "m", "--solver", solver, "--json", "j",
                                             "--tol", 1e-3, "--max-epochs", 200, *more)
                        _, err = process.communicate(timeout=60)
                        self.assertIn(process.returncode, (0, 1, 3, 4))
                        if process.returncode in (0, 1):
                            found = json.loads(self.read("j"))
                            numbers = self.model("m").weights + [self.model("m").intercept]
                            self.assertTrue(all(map(math.isfinite, numbers)))
                        if process.returncode != 0:
                            self.assertIn(b"column 1", err)

    def test_without_a_penalty_answers_are_certified(self):
        self.write("line", "1.5 1:1\n2.5 1:2\n3 1:3\n")
        rows = normal_rows(300, 6, 7)
        rng = random.Random(8)
        labels = [1 if x[0] - x[1] + 2 * rng.gauss(0, 1) > 0 else -1 for x in rows]
        self.write("noisy", dense(rows, labels, 6))
        for solver in SOLVERS:
            with self.subTest(solver=solver):
                for intercept in ((), ("--intercept",)):
                    run = ("m", "--penalty", "none", "--solver", solver, "--max-epochs", 1000,
                           "--threads", 2, *intercept)
                    self.train_json("line", *run, "--loss", "squared", "--tol", 1e-6)
                    for loss in ("logistic", "squared", "squared-hinge"):
                        found = self.train_json("noisy", *run, "--loss", loss, "--tol", 1e-5)
                        self.assertEqual(found["status"], "converged")
        for solver in BY_COLUMNS:
            with self.subTest(solver=solver):
                found = self.train_json("noisy", "m", "--penalty", "none", "--non-negative",
                                        "--solver", solver, "--tol", 1e-6)
                self.assertTrue(all(w >= 0.0 for w in self.model("m").weights))
                found = self.train_json("noisy", "m", "--penalty", "l1", "--upper", 1e12,
                                        "--solver", solver, "--tol", 1e-6)
                self.assertEqual(found["status"], "converged")

    def test_no_bound_above_the_optimum_where_columns_are_nearly_dependent(self):
        # The second column is three times the first, but for parts in a million: the optimum has
        # weights of 6e4, and F is hardly lower there than near zero.
        self.write("data", "241801.46551459935 1:3 2:9.0000133514404297\n"
                           "241800.96504210876\n241801.39721711047\n"
                           "241801.14766988929 1:2 2:5.9999904632568359\n"
                           "241798.62758550211 1:9 2:27.000009536743164\n"
                           "241802.26690516999 1:2 2:5.9999947547912598\n"
                           "241801.03835320487 1:2 2:6.000004768371582\n"
                           "241800.99997919725 1:3 2:8.9999876022338867\n"
                           "241800.50568743306\n241800.1460581336\n")
        optimum = 0.2627694611703036  # by QR in long double
        for solver in BY_COLUMNS:
            for threads in (1, 2):
                with self.subTest(solver=solver, threads=threads):
                    # By a gap that is never reached, so that every bound of the run is looked at.
                    found = self.train_json("data", "m", "--loss", "squared", "--penalty", "none",
                                            "--intercept", "--solver", solver, "--threads", threads,
                                            "--tol", 1e-30, "--max-epochs", 40, "--seed", 591, code=1)
                    self.assertLessEqual(found["dual_objective"], optimum * (1 + 1e-12))
                    self.assertGreaterEqual(found["objective"], optimum * (1 - 1e-12))

    def test_separable_classes_without_a_penalty(self):
        rows = normal_rows(80, 4, 9)
        labels = [1 if x[0] - 2 * x[1] > 0 else -1 for x in rows]
        text = dense(rows, labels, 6)
        self.write("data", text)
        for solver in SOLVERS:
            for more in ((), ("--intercept", "--threads", 2)):
                with self.subTest(solver=solver, more=more):
                    run = ("data", "m", "--penalty", "none", "--solver", solver, "--max-epochs", 2000,
                           "--tol", 1e-6, *more)
                    found = self.train_json(*run, code=1)
                    self.assertEqual(found["status"], "separable")
                    model = self.model("m")
                    margins = [label * model.decision(row) for row, label in zip(*parse(text))]
                    self.assertAlmostEqual(min(margins), 1.0, delta=1e-6)
                    for loss in ("squared-hinge", "hinge"):
                        if loss == "hinge" and solver in BY_COLUMNS and solver != "cd":
                            continue
                        found = self.train_json(*run, "--loss", loss)
                        self.assertEqual(found["status"], "converged")
                        self.assertLess(found["relative_gap"], 1e-9)

    def test_tiny_weights_and_penalties(self):
        rows = normal_rows(60, 3, 10)
        rng = random.Random(11)
        labels = [1 if x[0] + rng.gauss(0, 1) > 0 else -1 for x in rows]
        text = dense(rows, labels, 5).splitlines()
        factor = 2.0 ** -565  # 1e-170, and exact
        for name, scale in (("one", 1.0), ("tiny", factor), ("huge", 1 / factor)):
            self.write(name, "".join(line.replace(" ", f":{scale!r} ", 1) + "\n" for line in text))
        for penalty in ("l1", "l2", "elastic-net"):
            for solver in BY_COLUMNS + ("sgd", "saga"):
                run = ("--penalty", penalty, "--solver", solver, "--tol", 1e-6, "--max-epochs", 500, "--threads", 1)
                self.train_json("one", "one.m", *run, "--lambda", 0.05)
                for name, scale in (("tiny", factor), ("huge", 1 / factor)):
                    with self.subTest(penalty=penalty, solver=solver, weights=name):
                        found = self.train_json(name, "m", *run, "--lambda", repr(0.05 * scale))
                        self.assertEqual(found["status"], "converged")
                        self.assertEqual(self.model("m").weights, self.model("one.m").weights)

    def test_strengths_next_to_nothing(self):
        rows = normal_rows(30, 80, 12)
        self.write("wide", dense(rows, [x[0] - x[1] + 0.1 * x[2] for x in rows], 6))
        found = self.train_json("wide", "m", "--loss", "squared", "--penalty", "l1", "--lambda-ratio",
                                1e-8)
        self.assertEqual(found["status"], "converged")
        rng = random.Random(13)
        rows = normal_rows(200, 10, 14)
        self.write("data", dense(rows, [1 if x[0] + rng.gauss(0, 1) > 0 else -1 for x in rows], 6))
        for rho in (1e-9, 1 - 1e-9):
            for loss in ("logistic", "squared-hinge", "squared"):
                found = self.train_json("data", "m", "--penalty", "elastic-net", "--l1-ratio",
                                        repr(rho), "--loss", loss, "--tol", 1e-8)
                self.assertEqual(found["status"], "converged")


if __name__ == "__main__":
    unittest.main()
