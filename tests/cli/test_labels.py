"""Which label is +1, and what a model file makes of it."""

import json
import random
import subprocess
import unittest

from support import ProgramTest, classification, libsvm, needs, parse

PAIRS = ((0, 1), (1, 0), (1, 2), (2, 1), (-1, 1), (1, -1), (5, -3), (-3, 5), (0.5, 7))


class Labels(ProgramTest):
    def shuffled(self, text, seed):
        lines = text.splitlines(keepends=True)
        random.Random(seed).shuffle(lines)
        return "".join(lines)

    def meaning(self, model):
        """The weights for the larger label as +1."""
        sign = 1.0 if model.labels[0] == max(model.labels) else -1.0
        return [sign * weight for weight in model.weights], sign * model.intercept

    def test_the_order_of_rows_changes_nothing(self):
        options = ("--non-negative", "--intercept", "--solver", "cd", "--tol", 1e-10)
        for pair in PAIRS:
            text = classification(200, 12, labels=pair)
            found, orders = [], set()
            for seed in range(6):
                data = self.shuffled(text, seed)
                self.write("data", data)
                summary = self.train_json("data", "m", *options)
                model = self.model("m")
                first = float(data.split()[0])
                second = next(label for label in pair if label != first)
                expected = [first, second] if (first, second) != (-1, 1) else [1, -1]
                self.assertEqual(model.labels, expected)
                self.assertEqual(summary["labels"], expected)
                self.assertEqual(summary["positive_label"], max(pair))
                self.assertNotIn("-0 ", self.read("m").replace("\n", " ").split(" w ")[1])
                orders.add(tuple(expected))
                weights, intercept = self.meaning(model)
                self.assertAlmostEqual(intercept, summary["intercept"], places=12)
                self.assertGreaterEqual(min(weights), 0.0)
                self.assertGreater(max(weights), 0.1)
                found.append([*weights, intercept])
            self.assertEqual(len(orders), 1 if set(pair) == {-1, 1} else 2)
            for other in found[1:]:
                for a, b in zip(found[0], other):
                    self.assertAlmostEqual(a, b, places=3)

    def test_the_report_says_which(self):
        for text, words in (("1 1:1\n2 1:-1\n", "labels 2 -> +1, 1 -> -1; the model names 1 first, "
                                                "so w is written with its sign turned"),
                            ("2 1:1\n1 1:-1\n", "labels 2 -> +1, 1 -> -1\n"),
                            ("-1 1:1\n1 1:-1\n", "labels 1 -> +1, -1 -> -1\n")):
            self.write("data", text)
            self.assertIn(words, self.run_program("train", "data", "m")[1])
        self.write("data", "1.5 1:1\n2.5 1:-1\n7 1:2\n")
        self.assertIsNone(self.train_json("data", "m", "--loss", "squared")["positive_label"])

    def test_one_class_against_the_rest_is_positive_and_first(self):
        self.write("data", "1 1:1\n2 2:1\n1 1:2\n3 3:1\n")
        summary = self.train_json("data", "m", "--positive", 1, "--non-negative", "--loss",
                                  "squared-hinge", "--tol", 1e-6)
        self.assertEqual((summary["labels"], summary["positive_label"]), ([1.0, -1.0], 1.0))
        self.assertGreater(self.model("m").weights[0], 0.1)
        self.write("data", "2 1:1\n1 1:-1\n")
        summary = self.train_json("data", "m", "--positive", 1)
        self.assertEqual((summary["labels"], summary["positive_label"]), ([1.0, 2.0], 1.0))
        self.assertLess(self.model("m").weights[0], 0.0)

    def test_a_path_turns_signs_too(self):
        text = classification(200, 12, labels=(1, 2))
        lines = sorted(text.splitlines(keepends=True))
        signs = []
        for data in ("".join(lines), "".join(reversed(lines))):
            self.write("data", data)
            self.run_program("path", "data", "m", "--lambdas", 4, "--non-negative", "--validate",
                             "data", "--csv", "path.csv", "--json", "run.json", "--quiet")
            run = json.loads(self.read("run.json"))
            self.assertEqual(run["positive_label"], 2)
            self.assertEqual(run["labels"], self.model("m").labels)
            self.assertGreater(run["selected"]["accuracy"], 0.5)
            weights, _ = self.meaning(self.model("m"))
            self.assertGreaterEqual(min(weights), 0.0)
            signs.append(self.model("m").labels)
        self.assertEqual(signs, [[1.0, 2.0], [2.0, 1.0]])

    def test_a_warm_start_means_the_same_in_any_order(self):
        for pair in PAIRS:
            text = classification(200, 12, labels=pair)
            lines = sorted(text.splitlines(keepends=True))
            objectives = []
            self.write("data", "".join(lines))
            first = self.train_json("data", "m", "--intercept", "--tol", 1e-6)
            for data in (lines, reversed(lines)):
                self.write("data", "".join(data))
                again = self.train_json("data", "n", "--warm-start", "m", "--max-epochs", 0,
                                        "--intercept")
                objectives.append(again["objective"])
            for found in objectives:
                self.assertAlmostEqual(found, first["objective"], places=9)

    @needs("liblinear-train", "liblinear-predict")
    def test_liblinear_agrees(self):
        for pair in PAIRS[:-1]:  # whole numbers, as it wants them
            text = classification(200, 12, labels=pair)
            for more in ((), ("--intercept", "--non-negative", "--solver", "cd")):
                for lines in (sorted(text.splitlines(keepends=True)),
                              sorted(text.splitlines(keepends=True), reverse=True)):
                    self.write("data", "".join(lines))
                    self.run_program("train", "data", "m", "--quiet", *more)
                    self.run_program("predict", "data", "m", "ours", "--quiet")
                    subprocess.run(["liblinear-predict", "data", "m", "theirs"], cwd=self.folder,
                                   check=True, stdout=subprocess.DEVNULL)
                    self.assertEqual(self.read("ours"), self.read("theirs"))
                    predicted = [float(line) for line in self.read("ours").split()]
                    truth = parse(self.read("data"))[1]
                    right = sum(a == b for a, b in zip(predicted, truth))
                    self.assertGreater(right, 120, (pair, more))  # by chance 100
                    # The order of the labels is theirs.
                    subprocess.run(["liblinear-train", "-q", "-s", "0", "data", "l"],
                                   cwd=self.folder, check=True, stdout=subprocess.DEVNULL)
                    self.assertEqual(self.model("m").labels, self.model("l").labels)


class Weightless(ProgramTest):
    """Rows of weight 0 tell nothing of what labels there are."""

    def test_a_class_of_weight_0_is_no_class(self):
        self.write("data", "1:1 1:1\n-1:0 1:-1\n1:2 1:2\n-1:0 1:-2\n")
        for command in (("train", "data", "m"), ("train", "data", "m", "--positive", 1),
                        ("train", "data", "m", "--positive", -1), ("path", "data", "m", "--folds", 2),
                        ("sweep", "data")):
            err = self.run_program(*command, code=3)[1]
            self.assertRegex(err, r"^data:1:1: .*\(-1 on rows of weight 0 only\)[^\n]*\n$")
        self.assertEqual(self.files(), ["data"])
        found = json.loads(self.run_program("inspect", "data", "--json", "-")[0])
        self.assertEqual(found["labels"], {"kind": "single", "classes": [1.0], "counts": [2]})
        self.assertEqual(found["weightless_rows"], 2)
        table = self.run_program("inspect", "data")[0]
        self.assertIn("rows are weighted, from 0 to 2 (2 rows of weight 0)", table)
        self.assertIn("one label only: 1 (-1 on rows of weight 0 only)", table)

    def test_a_third_label_of_weight_0_does_no_harm(self):
        rows = "3:0 1:5\n1:1 1:1\n2:1 1:-1\n0.25:0 1:7\n1:2 1:2\n2:1 1:-2\n"
        self.write("data", rows)
        summary = self.train_json("data", "m", "--tol", 1e-8)
        self.assertEqual(summary["labels"], [1.0, 2.0])
        self.assertEqual(summary["positive_label"], 2.0)
        self.assertEqual(summary["rows"], 6)
        self.assertAlmostEqual(summary["lambda"], 1 / 6)
        said = self.run_program("train", "data", "m")[1]
        self.assertIn("labels 2 -> +1, 1 -> -1 (3, 0.25 on rows of weight 0 only)", said)
        # The same without them, at the same lambda: the mean is over rows of the file.
        self.write("data", "".join(row for row in rows.splitlines(keepends=True)
                                   if ":0 " not in row))
        same = self.train_json("data", "n", "--tol", 1e-8, "--lambda", 1 / 6 * 6 / 4)
        self.assertAlmostEqual(same["objective"] * 4 / 6, summary["objective"], places=6)
        # Of the rest that --positive makes, a label without weight has its name still.
        self.write("data", "1:1 1:1\n2:1 2:1\n3:1 3:1\n-1:0 1:1\n")
        self.assertEqual(self.train_json("data", "m", "--positive", 2)["labels"], [2.0, 0.0])

    def test_every_row(self):
        self.write("data", "1:0 1:1\n-1:0 1:-1\n")
        for command in ("train", "path"):
            err = self.run_program(command, "data", code=3)[1]
            self.assertEqual(err, "data:1:1: every row has the weight 0\n")
        self.write("fine", libsvm([{1: 1.0}, {1: -1.0}], [1, -1]))
        err = self.run_program("path", "fine", "m", "--validate", "data", "--csv", "path.csv",
                               code=3)[1]
        self.assertEqual(err, "data:1:1: every row has the weight 0\n")
        self.assertEqual(self.files(), ["data", "fine"])


if __name__ == "__main__":
    unittest.main()
