"""Exit codes, JSON, traces, quiet: what scripts rely on."""

import csv
import json
import os
import unittest

from support import ProgramTest, classification

KEYS = """status solver loss penalty lambda C l1_ratio threads update seed reproducible
reproducible_given rows columns nonzeros
load_seconds train_seconds epochs updates objective objective_C dual_objective relative_gap
nonzero_coefficients peak_memory_bytes version""".split()


class Outputs(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("data", classification())

    def test_converged_is_0(self):
        summary = self.train_json("data", "--tol", 0.05, "--max-epochs", 500)
        self.assertEqual(summary["status"], "converged")
        self.assertLessEqual(summary["relative_gap"], 0.05)
        self.assertLess(summary["epochs"], 500)

    def test_stopped_before_the_tolerance_is_1(self):
        summary = self.train_json("data", "--tol", 1e-15, "--max-epochs", 2, code=1)
        self.assertEqual(summary["status"], "max_epochs")
        self.assertEqual(self.files(), ["data", "data.model"])

    def test_stopped_by_the_time_limit_is_1(self):
        summary = self.train_json("data", "--time-limit", 1e-9, "--max-epochs", 100000, code=1)
        self.assertEqual(summary["status"], "time_limit")
        self.assertLess(summary["epochs"], 100000)
        self.assertIn("data.model", self.files())

    def test_diverged_is_4_and_leaves_no_model(self):
        # Equal columns, updated all at once from the same margins: far beyond P*.
        self.write("data", "".join(f"{k % 3 - 1} " + " ".join(f"{j}:{k}" for j in range(1, 41)) + "\n"
                                   for k in range(1, 20)))
        out, err = self.run_program("train", "data", "--loss", "squared", "--solver", "shotgun",
                                    "--parallel", 40, "--json", "run.json", "--quiet", "--threads", 1,
                                    "--extrapolation", 0, code=4)
        self.assertEqual(out, "")
        self.assertIn("diverged", err)
        self.assertEqual(self.files(), ["data", "run.json"])
        summary = json.loads(self.read("run.json"))
        self.assertEqual(summary["status"], "diverged")
        self.assertIsNone(summary["model"])

    def test_json_file_and_standard_output(self):
        summary = self.train_json("data")
        self.assertEqual([key for key in KEYS if key not in summary], [])
        self.run_program("train", "data", "--json", "run.json", "--quiet")
        self.assertEqual(list(json.loads(self.read("run.json"))), list(summary))
        out, err = self.run_program("train", "data", "--json", "-")
        json.loads(out)
        self.assertIn("epoch", err)

    def test_trace(self):
        summary = self.train_json("data", "--solver", "hogwild", "--trace", "trace.csv",
                                  "--max-epochs", 7)
        with open(self.folder / "trace.csv", newline="") as file:
            lines = list(csv.reader(file))
        self.assertEqual(",".join(lines[0]),
                         "epoch,seconds,updates,objective,relative_gap,nonzero_coefficients,"
                         "dual_objective")
        self.assertEqual([line[0] for line in lines[1:]], [str(k) for k in range(8)])
        seconds = [float(line[1]) for line in lines[1:]]
        self.assertEqual(seconds, sorted(seconds))
        objectives = [float(line[3]) for line in lines[1:]]
        self.assertAlmostEqual(min(objectives), summary["objective"], places=12)
        out, _ = self.run_program("train", "data", "--trace", "-", "--quiet", "--max-epochs", 2,
                                  "--solver", "hogwild")
        self.assertEqual(len(out.splitlines()), 4)

    def test_quiet_is_silent(self):
        self.assertEqual(self.run_program("train", "data", "--quiet"), ("", ""))
        out, err = self.run_program("predict", "data", "data.model", "out", "--quiet")
        self.assertEqual((out, err), ("", ""))

    def test_the_table_is_plain_text_when_nobody_watches(self):
        err = self.run_program("train", "data", "--max-epochs", 3)[1]
        self.assertNotIn("\r", err)
        self.assertNotIn("\x1b", err)

    def test_long_runs_are_thinned_out(self):
        err = self.run_program("train", "data", "--solver", "sgd", "--max-epochs", 205)[1]
        rows = [int(line.split()[0]) for line in err.splitlines() if line[:5].strip().isdigit()]
        self.assertLess(len(rows), 100)
        self.assertEqual(rows[-1], 205)

    def test_what_cannot_be_written_is_3(self):
        for arguments in (("absent/model",), ("model", "--json", "absent/x"),
                          ("model", "--trace", "absent/x")):
            err = self.run_program("train", "data", *arguments, code=3)[1]
            self.assertIn("absent/", err)
            self.assertEqual(self.files(), ["data"])

    def test_a_model_replaces_the_old_one_whole(self):
        self.write("model", "old")
        os.link(self.folder / "model", self.folder / "kept")
        self.run_program("train", "data", "model", "--quiet")
        self.assertEqual(self.read("kept"), "old")  # the old file was not written into
        self.assertTrue(self.read("model").startswith("solver_type"))
        self.assertEqual(self.files(), ["data", "kept", "model"])

    def test_the_data_is_never_overwritten(self):
        before = self.read("data")
        for arguments in (("data",), ("./data",), ("m", "--json", "data"),
                          ("m", "--trace", "data")):
            self.assertIn("overwritten", self.run_program("train", "data", *arguments, code=2)[1])
        self.assertEqual(self.read("data"), before)


if __name__ == "__main__":
    unittest.main()
