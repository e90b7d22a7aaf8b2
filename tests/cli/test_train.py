"""sounder train: objectives, options, reproducibility."""

import gzip
import json
import math
import unittest

from support import ProgramTest, classification, parse, regression

LOSSES = {
    "logistic": lambda y, z: math.log1p(math.exp(-abs(y * z))) + max(-y * z, 0.0),
    "squared": lambda y, z: 0.5 * (z - y) ** 2,
    "squared-hinge": lambda y, z: max(0.0, 1.0 - y * z) ** 2,
    "hinge": lambda y, z: max(0.0, 1.0 - y * z),
}


def objective(model, text, loss, lam, rho, positive=1.0):
    """F, computed from the model file."""
    rows, labels = parse(text)
    if loss != "squared":
        labels = [1.0 if label == positive else -1.0 for label in labels]
    mean = sum(LOSSES[loss](y, model.decision(row)) for row, y in zip(rows, labels)) / len(rows)
    l1 = sum(abs(w) for w in model.weights)
    l2 = sum(w * w for w in model.weights)
    return mean + lam * (rho * l1 + 0.5 * (1.0 - rho) * l2)


class Train(ProgramTest):
    def test_defaults(self):
        self.write("data", classification())
        out, err = self.run_program("train", "data", "--threads", 2)
        self.assertEqual(out, "")
        self.assertEqual(self.files(), ["data", "data.model"])
        for words in ("300 rows, 30 columns", "labels 1 -> +1, -1 -> -1", "LIBLINEAR",
                      "solver newton (auto: ", "relative gap", "converged", "% above the optimum",
                      "data.model"):
            self.assertIn(words, err)
        self.assertEqual(self.model("data.model").fields["solver_type"], "L2R_LR")

    def test_objective_of_every_loss_and_penalty(self):
        for loss in LOSSES:
            text = regression() if loss == "squared" else classification()
            self.write("data", text)
            for penalty, rho in (("l1", 1.0), ("l2", 0.0), ("elastic-net", 0.5), ("none", None)):
                with self.subTest(loss=loss, penalty=penalty):
                    summary = self.train_json("data", "m", "--loss", loss, "--penalty", penalty,
                                              "--threads", 2, "--solver", "hogwild")
                    self.assertEqual(summary["loss"], loss)
                    self.assertEqual(summary["penalty"], penalty)
                    lam = summary["lambda"]
                    if penalty == "none":
                        self.assertEqual(lam, 0.0)
                        self.assertIsNone(summary["C"])
                        self.assertIsNone(summary["objective_C"])
                    else:
                        self.assertAlmostEqual(lam, 1.0 / 300, places=15)
                        self.assertEqual(summary["l1_ratio"], rho)
                        self.assertAlmostEqual(summary["objective_C"],
                                               300 * summary["objective"], places=9)
                    found = objective(self.model("m"), text, loss, lam, rho or 0.0)
                    self.assertAlmostEqual(found, summary["objective"], places=9)
                    start = objective(ZeroModel(), text, loss, lam, 0.0)
                    self.assertLess(summary["objective"], 0.9 * start)

    def test_objective_is_that_of_the_model_after_a_long_run(self):
        text = classification()
        self.write("data", text)
        for threads in (1, 2, 4, 8):
            for more in ((), ("--intercept",)):
                with self.subTest(threads=threads, more=more):
                    summary = self.train_json("data", "m", "--max-epochs", 200, "--threads",
                                              threads, *more)
                    found = objective(self.model("m"), text, "logistic", summary["lambda"], 0.0)
                    self.assertAlmostEqual(found, summary["objective"], places=9)
                    self.assertLess(summary["dual_objective"], found + 1e-9)

    def test_every_solver_and_update_reaches_the_same_objective(self):
        self.write("data", classification())
        runs = [("--solver", "sgd"), ("--solver", "saga", "--max-epochs", 40)]
        for update in ("relaxed", "atomic", "locked"):
            for threads in (1, 2, 4, 8):
                runs.append(("--solver", "hogwild", "--update", update, "--threads", threads))
        objectives = [self.train_json("data", "m", *run)["objective"] for run in runs]
        self.assertLess(max(objectives), 1.01 * min(objectives))

    def test_json_names_what_ran(self):
        self.write("data", classification())
        summary = self.train_json("data", "m", "--solver", "hogwild", "--threads", 2, "--seed", 7,
                                  "--update", "atomic", "--max-epochs", 3)
        expected = {"status": "max_epochs", "solver": "hogwild", "threads": 2, "update": "atomic",
                    "seed": 7, "rows": 300, "columns": 30, "epochs": 3, "C": 1.0,
                    "labels": [1.0, -1.0], "model": "m", "intercept": None}
        self.assertEqual(expected, {key: summary[key] for key in expected})
        for key in ("nonzeros", "load_seconds", "train_seconds", "updates", "dual_objective",
                    "relative_gap", "nonzero_coefficients", "peak_memory_bytes", "step",
                    "evaluation_seconds"):
            self.assertIsInstance(summary[key], (int, float), key)
        self.assertRegex(summary["version"], r"^\d+\.\d+\.\d+$")
        self.assertLessEqual(summary["dual_objective"], summary["objective"])
        sgd = self.train_json("data", "m", "--solver", "sgd", "--threads", 2)
        self.assertEqual((sgd["solver"], sgd["threads"], sgd["update"]), ("sgd", 1, "plain"))

    def test_same_seed_and_one_thread_give_the_same_bytes(self):
        self.write("data", classification())
        for solver in ("sgd", "saga", "hogwild"):
            models = []
            for seed in (3, 3, 4):
                self.run_program("train", "data", "m", "--solver", solver, "--threads", 1,
                                 "--seed", seed, "--quiet")
                models.append(self.read("m"))
            self.assertEqual(models[0], models[1])
            self.assertNotEqual(models[0], models[2])

    def test_strength(self):
        self.write("data", classification())
        self.assertAlmostEqual(self.train_json("data", "m", "--C", 0.5)["lambda"], 2 / 300)
        summary = self.train_json("data", "m", "--lambda", 0.01)
        self.assertAlmostEqual(summary["C"], 1 / 3)
        many = self.train_json("data", "m", "--penalty", "l1", "--lambda-ratio", 0.05)
        none = self.train_json("data", "m", "--penalty", "l1", "--lambda-ratio", 1.001,
                               "--max-epochs", 100)
        self.assertAlmostEqual(many["lambda"] / 0.05, none["lambda"] / 1.001, places=12)
        self.assertGreater(many["nonzero_coefficients"], 0)
        self.assertEqual(none["nonzero_coefficients"], 0)

    def test_intercept(self):
        self.write("data", "".join(f"{5 + k % 3} 1:{k % 2}\n" for k in range(60)))
        summary = self.train_json("data", "m", "--loss", "squared", "--intercept",
                                  "--max-epochs", 100, "--threads", 1)
        self.assertAlmostEqual(summary["intercept"], 6.0, delta=0.3)
        model = self.model("m")
        self.assertEqual(model.fields["solver_type"], "L2R_L2LOSS_SVR")
        self.assertEqual(model.bias, 1.0)
        self.assertEqual(model.intercept, summary["intercept"])

    def test_labels(self):
        for written, first, second in (((1, -1), 1, -1), ((-1, 1), 1, -1), ((0, 1), 0, 1),
                                       ((2, 1), 2, 1), ((0.5, 7), 0.5, 7)):
            self.write("data", f"{written[0]} 1:1\n{written[1]} 2:1\n")
            self.train_json("data", "m")
            self.assertEqual(self.model("m").labels, [first, second])

    def test_one_class_against_the_rest(self):
        self.write("data", "1 1:1\n2 2:1\n3 3:1\n")
        self.assertEqual(self.train_json("data", "m", "--positive", 2)["labels"], [2.0, -1.0])
        self.write("data", "1 1:1\n-1 2:1\n3 3:1\n")
        self.assertEqual(self.train_json("data", "m", "--positive", 3)["labels"], [3.0, 0.0])
        self.write("data", "1 1:1\n-1 2:1\n0 3:1\n")
        self.assertEqual(self.train_json("data", "m", "--positive", 0)["labels"], [0.0, -2.0])
        self.write("data", "1 1:1\n-1 2:1\n")
        self.assertEqual(self.train_json("data", "m", "--positive", -1)["labels"], [-1.0, 1.0])
        model = self.model("m")
        self.assertGreater(model.weights[1], 0.0)
        self.assertLess(model.weights[0], 0.0)

    def test_the_range_of_weights_is_said(self):
        self.write("data", "1:0.5 1:1\n-1 1:-1\n1:2 1:3\n")
        err = self.run_program("train", "data", "m")[1]
        self.assertIn("; rows are weighted, from 0.5 to 2\n", err)
        self.write("data", "1:0 1:1\n-1:0.25 1:-1\n1:0 1:3\n1:3 1:1\n")
        sentence = "; rows are weighted, from 0 to 3 (2 rows of weight 0)\n"
        for command in (("train", "data", "m"), ("path", "data", "--lambdas", 2),
                        ("sweep", "data", "--threads", 1, "--repeats", 1)):
            self.assertIn(sentence, self.run_program(*command)[1])
        self.assertIn("rows are weighted, from 0 to 3 (2 rows of weight 0)\n",
                      self.run_program("inspect", "data")[0])

    def test_how_values_are_kept(self):
        kept = "values are kept in double"
        self.write("exact", "1 1:1 2:0.5\n-1 1:16777216\n")
        self.write("data", "1 1:1 2:0.5\n-1 1:2 3:16777217\n")
        for data, more, values, said in (
                ("exact", (), "float", False), ("data", (), "double", True),
                ("data", ("--values", "float"), "float", False),
                ("exact", ("--values", "double"), "double", False),
                ("data", ("--values", "auto"), "double", True)):
            with self.subTest(data=data, more=more):
                err = self.run_program("train", data, "m", "--json", "json", *more)[1]
                self.assertEqual(json.loads(self.read("json"))["values"], values)
                self.assertEqual(kept in err, said, err)
                err = self.run_program("path", data, "--lambdas", 2, "--json", "json", *more)[1]
                self.assertEqual(json.loads(self.read("json"))["values"], values)
                self.assertEqual(kept in err, said, err)
                out = self.run_program("inspect", data, "--json", "json", *more)[0]
                self.assertEqual(json.loads(self.read("json"))["values"], values)
                self.assertEqual(kept in out, said, out)
        err = self.run_program("train", "data", "m")[1]
        self.assertIn(f"{kept}: column 3 is not exact in float\n", err)
        err = self.run_program("train", "data", "m", "--zero-based")[1]
        self.assertIn(f"{kept}: column 3 is not exact in float\n", err)
        self.assertIn("--values", self.run_program("train", "data", "--values", "half", code=2)[1])

    def test_weights_count_as_repeated_rows(self):
        # The mean is over rows, so three rows of weight 1 are one of weight 3 with lambda times 2.
        self.write("weighted", "1:3 1:1 2:0.5\n-1 1:-1\n")
        self.write("repeated", "1 1:1 2:0.5\n" * 3 + "-1 1:-1\n")
        common = ("--max-epochs", 200, "--threads", 1)
        self.train_json("weighted", "a", "--lambda", 0.02, *common)
        self.train_json("repeated", "b", "--lambda", 0.01, *common)
        for x, y in zip(self.model("a").weights, self.model("b").weights):
            self.assertAlmostEqual(x, y, delta=0.02 * abs(y) + 1e-6)

    def test_standard_input_and_gzip(self):
        text = classification()
        self.write("data", text)
        packed = gzip.compress(text.encode())
        self.write("packed", packed)
        for data, stdin in (("data", b""), ("-", text.encode()), ("packed", b""), ("-", packed)):
            self.run_program("train", data, f"m-{len(self.files())}", "--threads", 1, "--quiet",
                             stdin=stdin)
        models = [self.read(name) for name in self.files() if name.startswith("m-")]
        self.assertEqual(len(models), 4)
        self.assertEqual(len(set(models)), 1)

    def test_accepted_variants(self):
        plain = "1 1:1 3:2\n-1\n-1 2:0.5\n"
        odd = "# a comment\r\n+1 qid:3 1:1 3:2 # more\r\n\r\n-1\r\n-1 2:0.5"
        self.write("plain", plain)
        self.write("odd", odd)
        self.write("zero", "1 0:1 2:2\n-1\n-1 1:0.5\n")
        self.run_program("train", "plain", "a", "--threads", 1, "--quiet")
        self.run_program("train", "odd", "b", "--threads", 1, "--quiet")
        self.run_program("train", "zero", "c", "--threads", 1, "--quiet", "--zero-based")
        self.assertEqual(self.read("a"), self.read("b"))
        self.assertEqual(self.read("a"), self.read("c"))

    def test_columns(self):
        self.write("data", "1 1:1\n-1 2:1\n")
        self.assertEqual(self.train_json("data", "m", "--columns", 10)["columns"], 10)
        self.assertEqual(len(self.model("m").weights), 10)

    def test_warm_start(self):
        text = classification()
        self.write("data", text)
        first = self.train_json("data", "m", "--max-epochs", 10, "--intercept")
        again = self.train_json("data", "n", "--max-epochs", 0, "--warm-start", "m", "--intercept")
        self.assertAlmostEqual(first["objective"], again["objective"], places=10)
        # The same classes in the other order of appearance.
        self.write("ones", "1 1:1\n2 2:1\n2 1:-1\n")
        self.write("twos", "2 2:1\n1 1:1\n2 1:-1\n")
        first = self.train_json("ones", "m", "--max-epochs", 3)
        again = self.train_json("twos", "n", "--max-epochs", 0, "--warm-start", "m")
        self.assertAlmostEqual(first["objective"], again["objective"], places=10)
        self.assertEqual(again["labels"], [2.0, 1.0])

    def test_warm_start_that_does_not_fit(self):
        self.write("data", "1 1:1\n-1 2:1\n")
        self.write("other", "1 1:1\n2 5:1\n")
        self.train_json("other", "m")
        for arguments, reason in ((("data",), "labels"), (("data", "--loss", "squared"), "labels")):
            err = self.run_program("train", arguments[0], "new", "--warm-start", "m",
                                   *arguments[1:], code=3)[1]
            self.assertIn("m: ", err)
            self.assertIn(reason, err)
        self.write("narrow", "1 1:1\n2 2:1\n")
        self.assertIn("--columns 5", self.run_program("train", "narrow", "--warm-start", "m",
                                                      code=3)[1])
        self.train_json("narrow", "n", "--warm-start", "m", "--columns", 5)
        self.train_json("other", "m", "--intercept")
        self.assertIn("--intercept", self.run_program("train", "other", "--warm-start", "m",
                                                      code=3)[1])

    def test_advanced_options(self):
        self.write("data", classification())
        for options in (("--step", 0.1), ("--step-decay", 0.8), ("--adagrad",),
                        ("--step-schedule", "inverse"), ("--step-schedule", "linear"),
                        ("--step-schedule", "constant"), ("--variance-reduction", "off"),
                        ("--extrapolation", 0), ("--row-block", 1), ("--hot-columns", 0),
                        ("--hot-columns", 4)):
            with self.subTest(options=options):
                summary = self.train_json("data", "m", *options, "--threads", 2)
                self.assertLess(summary["objective"], 0.6)
                if options[0] == "--step":
                    self.assertEqual(summary["step"], 0.1)


class ZeroModel:
    weights = ()

    def decision(self, row):
        return 0.0


if __name__ == "__main__":
    unittest.main()
