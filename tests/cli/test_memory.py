"""Many columns: refused where their vectors exceed the memory to be had, and only there."""

import gzip
import os
import re
import resource
import unittest

from support import ProgramTest

LARGEST = 2147483647
TWO_LINES = f"1 1:1\n-1 3:1 {LARGEST}:1\n"
SOLVERS = ("sgd", "saga", "hogwild", "cd", "shotgun", "block-greedy", "block-cd")
GIGABYTES = 4  # more than the program and two threads reserve


def limit_address_space():
    resource.setrlimit(resource.RLIMIT_AS, (GIGABYTES << 30, GIGABYTES << 30))


class Memory(ProgramTest):
    def refused(self, *arguments, stdin=b""):
        """The one sentence of a refusal; an attempt to allocate would say something else."""
        process = self.start(*arguments, preexec_fn=limit_address_space)
        out, err = process.communicate(stdin, timeout=60)
        self.assertEqual((process.returncode, out), (3, b""), err)
        err = err.decode()
        self.assertEqual(err.count("\n"), 1, err)
        return err

    def peak(self, *arguments):
        """Bytes of memory that the program takes."""
        process = self.start(*arguments)
        process.stdin.close()
        process.stdout.read()
        process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        process.stderr.close()
        self.assertIn(process.returncode, (0, 1), arguments)
        return usage.ru_maxrss * 1024

    def test_every_command_refuses_before_it_allocates(self):
        self.write("data", TWO_LINES)
        before = self.files()
        for arguments in [("train", "data", "m", "--threads", 2, "--solver", solver)
                          for solver in SOLVERS] + [
                ("train", "data"), ("path", "data", "--threads", 2),
                ("path", "data", "m", "--folds", 2, "--csv", "p", "--threads", 2),
                ("inspect", "data", "--threads", 2),
                ("sweep", "data", "--threads", 1, "--csv", "s")]:
            with self.subTest(arguments):
                err = self.refused(*arguments)
                self.assertTrue(err.startswith(f"data:2:8: index {LARGEST} makes "), err)
                self.assertRegex(err, r"2,147,483,647 columns.* at least [\d.]+ GB")
                self.assertRegex(err, r"and [\d.]+ GB are (left of the address space|free|left to)")
                self.assertIn("--hash-bits B", err)
                self.assertEqual(self.files(), before)

    def test_the_place_of_the_largest_index(self):
        self.write("data", f"\n# comment\n1 5:1\n1 0:1 {LARGEST - 1}:1 # x\n-1 1:1\n")
        err = self.refused("inspect", "data", "--zero-based", "--threads", 2)
        self.assertTrue(err.startswith(f"data:4:7: index {LARGEST - 1} makes 2,147,483,647"), err)
        self.write("data.gz", gzip.compress(TWO_LINES.encode()))
        self.assertTrue(self.refused("train", "data.gz", "m").startswith("data.gz:2:8: index"))
        err = self.refused("train", "-", "m", stdin=TWO_LINES.encode())
        self.assertTrue(err.startswith(f"-:1:1: index {LARGEST} makes"), err)

    def test_what_options_ask_for(self):
        self.write("data", "1 1:1\n-1 2:1\n")
        err = self.refused("train", "data", "--columns", LARGEST)
        self.assertTrue(err.startswith(f"data:1:1: --columns {LARGEST} makes"), err)
        err = self.refused("train", "data", "--hash-bits", 30)
        self.assertTrue(err.startswith("data:1:1: --hash-bits 30 makes 1,073,741,824 col"), err)
        self.assertIn("fewer bits", err)
        self.assertEqual(self.files(), ["data"])

    def test_what_fits_is_not_refused(self):
        self.write("data", "1 1:1\n-1 10000000:1\n")
        summary = self.train_json("data", "m", "--solver", "cd")
        self.assertEqual((summary["columns"], summary["rows"]), (10_000_000, 2))
        self.run_program("predict", "data", "m", "out", "--quiet")
        self.assertEqual(self.read("out"), "1\n-1\n")

    def test_never_more_is_asked_for_than_is_taken(self):
        few, many = 1_000_000, 4_000_000  # beside which what reading took is small
        self.write("huge", TWO_LINES)
        self.write("few", f"1 1:1\n-1 {few}:1\n")
        self.write("many", f"1 1:1\n-1 {many}:1\n")
        commands = {solver: ("train", ("m", "--solver", solver, "--max-epochs", 1, "--tol", 0.9))
                    for solver in SOLVERS}
        commands["inspect"] = ("inspect", ())
        commands["path"] = ("path", ("--lambdas", 2, "--tol", 0.9))
        for name, (command, more) in commands.items():
            for threads in (1, 3) if name == "hogwild" else (3,):
                with self.subTest(name, threads=threads):
                    options = (*more, "--threads", threads)
                    err = self.refused(command, "huge", *options)
                    asked = float(re.search(r"at least ([\d.]+) GB", err)[1]) * 1e9 / LARGEST
                    taken = (self.peak(command, "many", *options) -
                             self.peak(command, "few", *options)) / (many - few)
                    self.assertLess(asked, 1.02 * taken + 1.0)
                    self.assertGreater(asked, 0.55 * taken)


if __name__ == "__main__":
    unittest.main()
