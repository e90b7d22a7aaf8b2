"""sounder sweep."""

import csv
import io
import json
import math
import re
import signal
import statistics
import time

from support import ProgramTest, classification, libsvm

COLUMNS = ("solver,update,threads,repeat,seconds_to_target,epochs_to_target,epochs_per_second,"
           "speedup,statistical_efficiency,hardware_efficiency,collision_rate,retry_rate,"
           "lost_update_rate,staleness_mean,staleness_p95,staleness_max,status,kind")


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


class Sweep(ProgramTest):
    def sweep(self, *arguments, code=0):
        """The rows of the CSV, and what was said."""
        self.run_program("sweep", *arguments, "--csv", "sweep.csv", code=code)
        return rows_of(self.read("sweep.csv"))

    def test_a_row_a_run(self):
        self.write("data", classification())
        rows = self.sweep("data", "--threads", "1,2,4", "--updates", "relaxed,atomic,locked",
                          "--repeats", 2, "--json", "run.json")
        self.assertTrue(self.read("sweep.csv").startswith(COLUMNS))
        # Two serial solvers; hogwild by three policies, two solvers by two; three thread counts.
        self.assertEqual(len(rows), 2 * (2 + 3 * 3 + 2 * 2 * 3))
        self.assertEqual(self.files(), ["data", "run.json", "sweep.csv", "sweep.curves.csv"])
        seconds = {}
        for row in rows:
            self.assertEqual(row["status"], "converged")
            self.assertLessEqual(float(row["relative_gap"]), 1e-3)
            self.assertGreater(float(row["epochs_per_second"]), 0.0)
            if row["threads"] == "1":
                self.assertEqual(float(row["collision_rate"]), 0.0)
                self.assertEqual(float(row["staleness_max"]), 0.0)
                key = (row["solver"], row["update"])
                seconds.setdefault(key, []).append(float(row["seconds_to_target"]))
            if row["update"] != "relaxed":
                self.assertEqual(float(row["lost_update_rate"]), 0.0)
            if row["update"] != "atomic":
                self.assertEqual(float(row["retry_rate"]), 0.0)
        best = min(map(statistics.median, seconds.values()))
        for row in rows:
            self.assertAlmostEqual(float(row["speedup"]), best / float(row["seconds_to_target"]))
            own = statistics.median(seconds[row["solver"], row["update"]])
            self.assertAlmostEqual(float(row["own_speedup"]), own / float(row["seconds_to_target"]))

        run = json.loads(self.read("run.json"))
        self.assertEqual(run["status"], "complete")
        self.assertEqual(run["baseline"]["seconds_to_target"], best)
        self.assertEqual(len(run["summary"]), len(rows) // 2)
        self.assertTrue(run["limit"]["sentence"])
        for row, from_json in zip(rows, run["runs"]):
            for key, value in from_json.items():
                written = row[key]
                self.assertEqual("" if value is None else value,
                                 written if isinstance(value, str) or written == ""
                                 else float(written))
        self.assertEqual(len(run["curves"]), len(rows))
        self.assertTrue(all(curve["epochs"][0] == 0 for curve in run["curves"]))

    def test_a_block_does_not_collide_with_itself(self):
        self.write("data", classification())
        rows = self.sweep("data", "--threads", 1, "--solvers", "block-cd", "--repeats", 1)
        self.assertEqual({row["collision_rate"] for row in rows}, {"0"})

    def test_it_goes_on_from_the_csv(self):
        self.write("data", classification())
        command = ("data", "--threads", "1,2", "--solvers", "hogwild,shotgun", "--repeats", 2)
        rows = self.sweep(*command)
        lines = self.read("sweep.csv").splitlines(keepends=True)
        self.write("sweep.csv", "".join(lines[:-5]))
        _, err = self.run_program("sweep", *command, "--csv", "sweep.csv")
        self.assertEqual(len(re.findall(r"^ *\d+/20 ", err, re.MULTILINE)), 5)
        again = rows_of(self.read("sweep.csv"))
        self.assertEqual([row["seconds"] for row in again[:-5]],
                         [row["seconds"] for row in rows[:-5]])
        self.assertEqual(len(again), len(rows))
        # More repeats add to what is there.
        self.assertEqual(len(self.sweep(*command[:-1], 3)), len(rows) * 3 // 2)

    def test_rows_of_another_sweep_are_refused(self):
        self.write("data", classification())
        self.sweep("data", "--threads", 1, "--solvers", "hogwild", "--repeats", 1)
        before = self.read("sweep.csv")
        _, err = self.run_program("sweep", "data", "--C", 2, "--csv", "sweep.csv", "--quiet",
                                  code=3)
        self.assertRegex(err, r"^sweep.csv: it holds runs of another sweep .*name another --csv")
        for text, place in ((before + "1,2\n", "6:1"), ("a,b\n", "1:1"),
                            (before.replace("plain,1,1,", "plain,1,x,", 1), "2:13")):
            self.write("sweep.csv", text)
            _, err = self.run_program("sweep", "data", "--csv", "sweep.csv", "--quiet", code=3)
            self.assertRegex(err, rf"^sweep.csv:{place}: .*\n$")
            self.assertEqual(self.read("sweep.csv"), text)

    def test_an_interrupt_keeps_what_is_done(self):
        self.write("data", classification(3000, 200))
        process = self.start("sweep", "data", "--threads", "1,2", "--repeats", 1000, "--csv",
                             "sweep.csv", "--report", "page.html")
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if (self.folder / "sweep.csv").exists() and len(rows_of(self.read("sweep.csv"))) > 2:
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, err)
        self.assertIn("the same command goes on from sweep.csv", err.decode())
        rows = rows_of(self.read("sweep.csv"))
        self.assertGreater(len(rows), 2)
        self.assertTrue(all(row["status"] == "converged" for row in rows))
        self.assertIn('"status":"interrupted"', self.read("page.html"))

    def test_virtual_rows_are_the_same_each_time(self):
        self.write("data", classification(600, 100))
        found = []
        for name in ("one.csv", "two.csv"):
            self.run_program("sweep", "data", "--threads", "1,2", "--repeats", 1, "--virtual",
                             "8,32", "--csv", name, "--json", "run.json")
            rows = rows_of(self.read(name))
            virtual = [row for row in rows if row["kind"] == "virtual"]
            self.assertEqual([row["threads"] for row in virtual], ["1", "2", "8", "32"] * 3)
            for row in virtual:
                self.assertEqual((row["seconds_to_target"], row["speedup"]), ("", ""))
            found.append([{key: value for key, value in row.items()
                           if not key.startswith("predicted")} for row in virtual])
            serial = next(row for row in rows if row["solver"] == "sgd")
            self.assertEqual(virtual[0]["objective"], serial["objective"])
            self.assertEqual(virtual[0]["epochs"], serial["epochs"])
        self.assertEqual(found[0], found[1])
        run = json.loads(self.read("run.json"))
        self.assertEqual([row["workers"] for row in run["virtual"]], [1, 2, 8, 32] * 3)
        self.assertEqual({pair["workers"] for pair in run["agreement"]}, {2})
        stale = {row["workers"]: row["staleness_mean"] for row in run["virtual"]
                 if row["solver"] == "hogwild"}
        self.assertEqual(stale[1], 0.0)
        self.assertLess(stale[8], stale[32])

    def test_drawn_step_times(self):
        self.write("data", classification(600, 100))
        rows = self.sweep("data", "--threads", 1, "--solvers", "shotgun", "--repeats", 1,
                          "--virtual", 4, "--step-times", "measured", "--straggler", 1)
        virtual = [row for row in rows if row["kind"] == "virtual"]
        self.assertEqual(len(virtual), 3)
        self.assertLess(float(virtual[2]["balance"]), 1.0)
        # One thread tells nothing of how rates grow: no prediction.
        self.assertEqual(virtual[2]["predicted_speedup"], "")

    def test_known_overlap(self):
        apart = [{j: 1.0} for j in range(1, 401)]
        self.write("apart", libsvm(apart, [1 if j % 3 else -1 for j in range(400)]))
        together = [{1: 1.0}] * 400
        self.write("together", libsvm(together, [1 if j % 3 else -1 for j in range(400)]))
        for name, full in (("apart", False), ("together", True)):
            self.run_program("sweep", name, "--threads", "2,4", "--solvers", "hogwild",
                             "--hot-columns", 0, "--repeats", 1, "--virtual", "8,64", "--csv",
                             name + ".csv")
            for row in rows_of(self.read(name + ".csv")):
                rate = float(row["collision_rate"])
                if not full:
                    self.assertEqual(rate, 0.0)
                elif row["kind"] == "virtual":
                    workers = int(row["threads"])
                    self.assertGreaterEqual(rate, 0.9 * (1.0 - 1.0 / workers) if workers > 2
                                            else 0.0)

    def test_more_threads_than_cores_are_marked(self):
        self.write("data", classification())
        out, _ = self.run_program("sweep", "data", "--threads", 64, "--solvers", "hogwild",
                                  "--repeats", 1, "--csv", "sweep.csv")
        self.assertIn("* more threads than cores", out)
        marked = {row["threads"]: row["oversubscribed"] for row in rows_of(self.read("sweep.csv"))}
        self.assertEqual(marked, {"1": "0", "64": "1"})

    def test_a_target_that_is_not_reached(self):
        self.write("data", classification())
        out, _ = self.run_program("sweep", "data", "--threads", "1,2", "--solvers", "hogwild",
                                  "--loss", "hinge", "--max-epochs", 1, "--target", 1e-9,
                                  "--repeats", 1, "--csv", "sweep.csv", code=1)
        self.assertIn("No run reached the target", out)
        for row in rows_of(self.read("sweep.csv")):
            self.assertEqual((row["status"], row["seconds_to_target"], row["speedup"]),
                             ("max_epochs", "", ""))

    def test_what_is_not_known_is_not_said(self):
        self.write("data", classification())
        self.write("apart", libsvm([{j: 1.0} for j in range(1, 101)],
                                   [1 if j % 3 else -1 for j in range(100)]))
        stops = ("--max-epochs", 1, "--target", 1e-9)
        for code, words, arguments in (
                # Done before the first epoch; no two rows share a column; nobody gets there.
                (0, "at the target where it starts", ("data", "--penalty", "l1", "--lambda-ratio", 2)),
                (0, "no two rows share a column", ("apart",)),
                (1, "No run reached the target: allow more --max-epochs, or ask for",
                 ("data", *stops)),
                (1, "No run reached the target: allow more --max-epochs, or ask for",
                 ("data", "--loss", "hinge", "--solvers", "hogwild", *stops)),
                (1, "No run reached the target: allow more --time-limit, or ask for",
                 ("data", "--time-limit", 1e-9, "--target", 1e-9))):
            out, _ = self.run_program("sweep", *arguments, "--threads", "1,2", "--repeats", 1,
                                      "--virtual", 2, "--json", "run.json", "--report", "page.html",
                                      code=code)
            self.assertIn(words, out)
            self.assertNotRegex(out, r"\b(nan|inf)\b")
            run = json.loads(self.read("run.json"), parse_constant=self.fail)
            self.assertNotRegex(run["limit"]["sentence"], r"\b(nan|inf)\b")
            data = re.search(r'id="sweep">(.*?)</script>', self.read("page.html"), re.DOTALL)[1]
            json.loads(data, parse_constant=self.fail)

    def test_saga_has_policies_and_counts_nothing(self):
        self.write("data", classification(60, 8))
        self.run_program("sweep", "data", "--solvers", "saga", "--updates", "relaxed,exact", "--threads",
                         "1,2", "--repeats", 1, "--csv", "sweep.csv", "--quiet")
        with open(f"{self.folder}/sweep.csv", encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if row["solver"] == "saga"]
        self.assertEqual({(row["update"], row["threads"]) for row in rows},
                         {("relaxed", "1"), ("relaxed", "2"), ("exact", "1"), ("exact", "2")})
        self.assertEqual({row["status"] for row in rows}, {"converged"})

    def test_usage(self):
        self.write("data", classification())
        for arguments, sentence in (
                (("--threads", "0"), "--threads must be whole numbers from 1 to 4096"),
                (("--threads", "1,,2"), "--threads must be whole numbers"),
                (("--solvers", "gauss"), "--solvers must be some of sgd, saga, hogwild"),
                (("--updates", "plain"), "--updates must be some of relaxed, atomic, locked or exact"),
                (("--updates", "locked", "--solvers", "shotgun"), "--updates locked goes with"),
                (("--loss", "hinge", "--solvers", "shotgun"), "needs a smooth loss"),
                (("--straggler", "1"), "--straggler goes with --virtual only"),
                (("--csv", "-"), "not on standard output"),
                (("--csv", "data"), "it would be overwritten"),
                (("--virtual", "0"), "--virtual must be whole numbers")):
            _, err = self.run_program("sweep", "data", *arguments, code=2)
            self.assertIn(sentence, err)
        self.assertEqual(self.files(), ["data"])

    def test_the_table_stands_on_standard_output_alone(self):
        self.write("data", classification())
        out, err = self.run_program("sweep", "data", "--threads", 1, "--solvers", "hogwild",
                                    "--repeats", 1, "--quiet")
        self.assertEqual(err, "")
        self.assertIn("hogwild relaxed", out)
        out, err = self.run_program("sweep", "data", "--threads", 1, "--solvers", "hogwild",
                                    "--repeats", 1, "--quiet", "--json", "-")
        self.assertTrue(math.isfinite(json.loads(out)["runs"][0]["seconds"]))
        self.assertEqual(self.files(), ["data"])
