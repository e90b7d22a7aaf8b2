"""How many threads there are, and how they wait."""

import json
import os
import subprocess
import unittest

from support import PROGRAM, TIMEOUT, ProgramTest, classification, needs

CORES = len(os.sched_getaffinity(0))


class Threads(ProgramTest):
    def train(self, *arguments, prefix=(), **environment):
        """What --json says of a run in this environment, and the line about the solver."""
        self.write("data", classification(60, 8))
        clean = {name: value for name, value in os.environ.items()
                 if not name.startswith(("OMP_", "GOMP_", "KMP_"))}
        done = subprocess.run(
            [*prefix, PROGRAM, "train", "data", "m", "--solver", "hogwild", "--json", "run.json",
             "--max-epochs", "2", *map(str, arguments)], cwd=self.folder, timeout=TIMEOUT,
            env={**clean, **environment}, capture_output=True, text=True, check=True)
        said = next(line for line in done.stderr.splitlines() if line.startswith("solver"))
        return json.loads(self.read("run.json"))["threads"], said, done.stderr

    def expect(self, threads, *arguments, **environment):
        found, said, _ = self.train(*arguments, **environment)
        self.assertEqual(found, threads, environment)
        self.assertIn(f" {threads} thread{'' if threads == 1 else 's'}, ", said)

    def default(self):
        return self.train()[0]  # a quota of control groups may allow fewer than CORES

    def test_binding_to_cores_leaves_all_of_them(self):
        default = self.default()
        self.assertLessEqual(default, CORES)
        for environment in ({"OMP_PROC_BIND": "true"}, {"OMP_PROC_BIND": "close"},
                            {"OMP_PROC_BIND": "spread"}, {"OMP_PLACES": "cores"},
                            {"OMP_PLACES": "threads"},
                            {"OMP_PROC_BIND": "true", "OMP_PLACES": "sockets"}):
            self.expect(default, **environment)

    def test_omp_num_threads(self):
        default = self.default()
        for number in (1, 2, 64):
            self.expect(min(number, default), OMP_NUM_THREADS=str(number))
            self.expect(min(number, default), OMP_NUM_THREADS=str(number), OMP_PROC_BIND="close")
        self.expect(3, "--threads", 3, OMP_NUM_THREADS="1", OMP_PROC_BIND="close")

    def test_omp_thread_limit(self):
        default = self.default()
        self.expect(1, OMP_THREAD_LIMIT="1")
        self.expect(min(2, default), OMP_THREAD_LIMIT="2")
        self.expect(2, "--threads", 4, OMP_THREAD_LIMIT="2")
        self.expect(4, "--threads", 4, OMP_THREAD_LIMIT="8")
        self.expect(1, "--threads", 4, OMP_THREAD_LIMIT="1", OMP_PROC_BIND="true")

    def test_deterministic_runs_are_the_same_with_1_2_and_3_threads(self):
        self.write("data", classification(60, 8))
        for problem, solver in (((), "newton"), (("--loss", "hinge"), "newton"),
                                (("--loss", "hinge", "--C", "0.01"), "dual-cd"),
                                (("--loss", "hinge", "--intercept"), "newton"),
                                (("--loss", "hinge", "--C", "0.01", "--intercept"), "dual-cd"),
                                (("--penalty", "l1"), "cd"),
                                (("--columns", "2000"), "dual-cd")):
            models = set()
            for threads in (1, 2, 3):
                self.run_program("train", "data", "m", "--deterministic", "--threads", str(threads),
                                 "--json", "run.json", *problem)
                run = json.loads(self.read("run.json"))
                self.assertEqual(run["solver"], solver)
                self.assertIs(run["reproducible"], True)
                self.assertEqual(run["reproducible_given"], ["seed", "build"])
                models.add(self.read("m"))
            self.assertEqual(len(models), 1, problem)

    def test_what_meets_by_chance_is_not_reproducible(self):
        self.write("data", classification(60, 8))
        for solver in (("hogwild",), ("shotgun",), ("block-greedy",), ("block-cd",),
                       ("saga", "--update", "relaxed")):
            for threads in (1, 2):
                self.run_program("train", "data", "m", "--solver", *solver, "--threads", str(threads),
                                 "--json", "run.json")
                run = json.loads(self.read("run.json"))
                self.assertIs(run["reproducible"], threads == 1, solver)
            _, said = self.run_program("train", "data", "m", "--solver", *solver, "--threads", "2",
                                       "--deterministic", code=2)
            self.assertIn("--deterministic", said)

    def test_sgd_and_saga_are_the_same_with_1_2_and_3_threads(self):
        # Enough nonzeros for several workers.
        self.run_program("generate", "text", "data", "--rows", 20000, "--columns", 20000,
                         "--row-nonzeros", 110, "--quiet")
        for solver in ("sgd", "saga"):
            models = set()
            for threads in (1, 2, 3):
                run = self.train_json("data", "m", "--solver", solver, "--deterministic", "--threads",
                                      threads, "--max-epochs", 3)
                self.assertGreater(run["nonzeros"], 2_000_000)
                self.assertEqual((run["threads"], run["reproducible"]), (threads, True))
                models.add(self.read("m"))
            self.assertEqual(len(models), 1, solver)

    def test_saga_says_what_it_cannot_do(self):
        self.write("data", classification(60, 8))
        for option in (("--adagrad",), ("--variance-reduction", "off")):
            _, said = self.run_program("train", "data", "--solver", "saga", *option, code=2)
            self.assertIn("--solver saga", said)
        _, said = self.run_program("train", "data", "--solver", "hogwild", "--update", "exact", code=2)
        self.assertIn("--update exact goes with --solver saga only", said)

    @needs("taskset")
    def test_affinity(self):
        core = str(min(os.sched_getaffinity(0)))
        for environment in ({}, {"OMP_PROC_BIND": "true"}, {"OMP_PLACES": "cores"}):
            found, _, _ = self.train(prefix=("taskset", "-c", core), **environment)
            self.assertEqual(found, 1, environment)

    def test_a_path_and_a_sweep_say_what_runs(self):
        self.write("data", classification(60, 8))
        limit = {**os.environ, "OMP_THREAD_LIMIT": "2"}
        for command in (("path", "data", "--lambdas", "2", "--csv", "path.csv", "--threads", "4"),
                        ("sweep", "data", "--threads", "1,2,4,8", "--solvers", "hogwild",
                         "--updates", "atomic", "--repeats", "1")):
            process = self.start(*command, "--quiet", "--json", "run.json", env=limit)
            self.assertEqual(process.communicate(timeout=TIMEOUT)[1], b"")
            run = json.loads(self.read("run.json"))
            if command[0] == "path":
                self.assertEqual(run["threads"], 2)
            else:
                self.assertEqual([row["threads"] for row in run["runs"]
                                  if row["solver"] == "hogwild"], [1, 2])

    def test_threads_that_wait_fall_asleep_soon(self):
        show = {"OMP_DISPLAY_ENV": "verbose"}
        _, _, said = self.train(**show)
        if "GOMP_SPINCOUNT" not in said:
            self.skipTest("not libgomp")
        # Once: the program starts anew before libgomp reads its settings.
        self.assertEqual(said.count("OPENMP DISPLAY ENVIRONMENT BEGIN"), 1)
        self.assertIn("GOMP_SPINCOUNT = '2000'", said)
        self.assertIn("GOMP_SPINCOUNT = '2000'", self.train(OMP_PROC_BIND="true", **show)[2])
        self.assertIn("GOMP_SPINCOUNT = '77'", self.train(GOMP_SPINCOUNT="77", **show)[2])
        self.assertIn("OMP_WAIT_POLICY = 'ACTIVE'",
                      self.train(OMP_WAIT_POLICY="active", **show)[2])

    def test_the_new_start_keeps_arguments_and_environment(self):
        self.write("odd name", classification(60, 8))
        process = self.start("train", "odd name", "m", "--quiet", env={"PATH": "/nowhere"})
        self.assertEqual(process.communicate(timeout=TIMEOUT), (b"", b""))
        self.assertEqual(process.returncode, 0)
        self.assertIn("m", self.files())


if __name__ == "__main__":
    unittest.main()
