"""Coordinate solvers on the command line."""

import json
import unittest

from support import TIMEOUT, ProgramTest, classification

SOLVERS = ("cd", "shotgun", "block-greedy", "block-cd")


class CoordinateTest(ProgramTest):

    def test_every_solver_reaches_the_same_objective(self):
        self.write("data", classification())
        for loss in ("logistic", "squared", "squared-hinge"):
            for penalty in ("l1", "l2", "elastic-net"):
                objectives = []
                for solver in SOLVERS:
                    ways = [(), ("--threads", 4)]
                    if solver != "cd":
                        ways += [("--threads", 2, "--parallel", 3),
                                 ("--threads", 2, "--update", "relaxed")]
                    elif loss == "logistic" and penalty == "l1":
                        ways += [("--rule", "cyclic"), ("--rule", "random"), ("--rule", "greedy"),
                                 ("--working-set", "off"), ("--screening", "off"),
                                 ("--newton", "off"), ("--extrapolation", 0)]
                    for more in ways:
                        with self.subTest(loss=loss, penalty=penalty, solver=solver, more=more):
                            summary = self.train_json(
                                "data", "m", "--solver", solver, "--loss", loss, "--penalty",
                                penalty, "--tol", 1e-8, "--max-epochs", 20000, "--intercept", *more)
                            self.assertEqual(summary["status"], "converged")
                            objectives.append(summary["objective"])
                self.assertLess(max(objectives), min(objectives) * (1 + 1e-7))

    def test_json_and_defaults(self):
        self.write("data", classification())
        summary = self.train_json("data", "m", "--solver", "shotgun", "--threads", 2)
        expected = {"status": "converged", "solver": "shotgun", "threads": 2, "update": "atomic",
                    "tolerance": 1e-3, "max_epochs": 1000, "lower": None, "upper": None}
        self.assertEqual(expected, {key: summary[key] for key in expected})
        self.assertIn(summary["parallel"], (1, 2))
        self.assertIsNone(self.train_json("data", "m")["parallel"])
        chosen = self.train_json("data", "m", "--solver", "shotgun", "--parallel", 5)
        self.assertEqual(chosen["parallel"], 5)

    def test_auto_says_what_it_took_and_why(self):
        self.write("data", classification())
        for words, solver, why in ((("--penalty", "l1"), "cd", "few coefficients"),
                                   (("--non-negative",), "cd", "bounded"),
                                   ((), "newton", "columns are few"),
                                   (("--columns", 5000), "dual-cd", "orthogonal"),
                                   (("--columns", 5000, "--intercept"), "dual-cd", "orthogonal"),
                                   (("--columns", 5000, "--C", 100), "cd", "penalty is weak"),
                                   (("--columns", 5000, "--lambda", 1e-5), "cd", "is weak"),
                                   (("--columns", 5000, "--penalty", "none"), "cd", "is weak"),
                                   (("--tol", 1e-3, "--update", "atomic"), "hogwild", "thread"),
                                   (("--tol", 0.1, "--columns", 5000), "dual-cd", "orthogonal"),
                                   (("--tol", 0.1, "--loss", "hinge"), "newton", "corner"),
                                   (("--loss", "hinge", "--C", 0.01), "dual-cd", "corner"),
                                   (("--loss", "hinge", "--columns", 5000), "dual-cd", "corner"),
                                   (("--loss", "hinge", "--C", 100), "newton", "columns are few"),
                                   (("--loss", "hinge", "--intercept"), "newton", "corner"),
                                   (("--loss", "hinge", "--C", 0.01, "--intercept"), "dual-cd", "corner"),
                                   (("--loss", "squared-hinge", "--columns", 5000, "--C", 100), "dual-cd",
                                    "beyond the margin"),
                                   (("--penalty", "l1", "--loss", "hinge"), "cd", "few coefficients")):
            with self.subTest(words=words):
                process = self.start("train", "data", "m", *words)
                err = process.communicate(timeout=TIMEOUT)[1].decode()
                self.assertIn(process.returncode, (0, 1) if "none" in words else (0,))
                self.assertIn(f"solver {solver} (auto: ", err)
                self.assertIn(why, err)

    def test_bounds_hold(self):
        self.write("data", classification())
        for solver in ("auto", *SOLVERS):
            for bounds, low, high in ((("--non-negative",), 0, 1e9), (("--upper", 0.1), -1e9, 0.1),
                                      (("--lower", -0.2, "--upper", 0.1), -0.2, 0.1)):
                with self.subTest(solver=solver, bounds=bounds):
                    summary = self.train_json("data", "m", "--solver", solver, "--tol", 1e-6,
                                              *bounds)
                    self.assertEqual(summary["status"], "converged")
                    weights = self.model("m").weights
                    self.assertGreaterEqual(min(weights), low)
                    self.assertLessEqual(max(weights), high)

    def test_too_many_at_once_diverge_and_say_so(self):
        equal = "".join(f"{i % 3} " + " ".join(f"{j}:1" for j in range(1, 31)) + "\n"
                        for i in range(20))
        self.write("data", equal)
        out, err = self.run_program("train", "data", "m", "--loss", "squared", "--solver",
                                    "shotgun", "--parallel", 30, "--json", "-", code=4)
        self.assertEqual(json.loads(out)["status"], "diverged")
        self.assertIn("P* = 1", err)
        self.assertNotIn("m", self.files())
        summary = self.train_json("data", "m", "--loss", "squared", "--solver", "shotgun",
                                  "--threads", 4)
        self.assertEqual((summary["status"], summary["parallel"]), ("converged", 1))

    def test_what_does_not_fit_is_refused(self):
        self.write("data", classification())
        for words, said in ((("--solver", "shotgun", "--loss", "hinge"), "squared-hinge"),
                            (("--solver", "hogwild", "--non-negative"), "--non-negative"),
                            (("--solver", "sgd", "--parallel", 2), "--parallel"),
                            (("--solver", "shotgun", "--update", "locked"), "locked"),
                            (("--solver", "shotgun", "--blocks", 3), "--blocks"),
                            (("--solver", "cd", "--parallel", 3), "--parallel"),
                            (("--solver", "shotgun", "--screening", "off"), "--solver cd"),
                            (("--solver", "cd", "--rule", "best"), "greedy"),
                            (("--solver", "shotgun", "--lower", 0.5), "lower"),
                            (("--solver", "shotgun", "--non-negative", "--lower", 0), "--lower"),
                            (("--solver", "block-greedy", "--block-kind", "round"), "clustered")):
            with self.subTest(words=words):
                err = self.run_program("train", "data", "m", *words, code=2)[1]
                self.assertIn(said, err)

    def test_inspect_tries_blocks(self):
        self.write("data", classification())
        out, _ = self.run_program("inspect", "data", "--blocks", 4, "--json", "-")
        blocks = json.loads(out)["blocks"]
        self.assertEqual([b["kind"] for b in blocks], ["random", "clustered", "balanced"])
        for block in blocks:
            self.assertEqual(block["blocks"], 4)
            self.assertGreaterEqual(block["imbalance"], 1)
            self.assertLessEqual(block["mean_largest_inner_product"],
                                 block["largest_inner_product"])
        self.assertNotIn("blocks", json.loads(self.run_program("inspect", "data", "--json", "-")[0]))


if __name__ == "__main__":
    unittest.main()
