"""Help, version, and command lines that cannot be understood."""

import unittest

from support import ProgramTest

WRONG = (
    (), ("fit", "data"), ("train",), ("train", "data", "model", "more"), ("predict", "data"),
    ("train", "data", "--unknown"), ("train", "data", "--lambda"), ("train", "data", "-c", "1"),
    ("train", "data", "--lambda", "0"), ("train", "data", "--lambda", "-1"),
    ("train", "data", "--lambda", "nan"), ("train", "data", "--lambda", "1x"),
    ("train", "data", "--lambda", "1", "--C", "1"),
    ("train", "data", "--lambda-ratio", "0.1", "--C", "1", "--penalty", "l1"),
    ("train", "data", "--lambda-ratio", "0.1"),
    ("train", "data", "--lambda-ratio", "0.1", "--penalty", "elastic-net", "--l1-ratio", "0"),
    ("train", "data", "--penalty", "none", "--lambda", "1"), ("train", "data", "--penalty", "l3"),
    ("train", "data", "--l1-ratio", "0.5"),
    ("train", "data", "--penalty", "elastic-net", "--l1-ratio", "1.5"),
    ("train", "data", "--loss", "absolute"), ("train", "data", "--solver", "adam"),
    ("train", "data", "--update", "free"), ("train", "data", "--threads", "0"),
    ("train", "data", "--threads", "-2"), ("train", "data", "--threads", "two"),
    ("train", "data", "--max-epochs", "-1"), ("train", "data", "--max-epochs", "1.5"),
    ("train", "data", "--tol", "0"), ("train", "data", "--time-limit", "0"),
    ("train", "data", "--step", "0"), ("train", "data", "--step-decay", "1.5"),
    ("train", "data", "--step-decay", "0.5", "--step-schedule", "inverse"),
    ("train", "data", "--variance-reduction", "maybe"),
    ("train", "data", "--adagrad", "--variance-reduction", "on"),
    ("train", "data", "--seed", "-1"), ("train", "data", "--columns", "0"),
    ("train", "data", "--positive", "spam"), ("train", "-"), ("train", "data", "-"),
    ("train", "data", "--json", "-", "--trace", "-"),
    ("train", "data", "--lambda", "1", "--lambda", "2"),
    ("predict", "data", "model", "--probability", "--decision-values"),
    ("predict", "data", "model", "--json", "-"), ("inspect",), ("inspect", "a", "b"),
    ("generate", "text"), ("generate", "poetry", "out"),
)


class Usage(ProgramTest):
    def test_wrong_command_lines(self):
        self.write("data", "1 1:1\n-1 2:1\n")
        for arguments in WRONG:
            with self.subTest(arguments):
                out, err = self.run_program(*arguments, code=2)
                self.assertEqual(out, "")
                self.assertIn("--help", err)
                if arguments:
                    self.assertEqual(err.count("\n"), 1)
        self.assertEqual(self.files(), ["data"])

    def test_a_solver_to_come_is_answered_with_those_that_exist(self):
        self.write("data", "1 1:1\n-1 2:1\n")
        err = self.run_program("train", "data", "--solver", "no-such-solver", code=2)[1]
        for name in ("auto", "sgd", "saga", "hogwild"):
            self.assertIn(name, err)

    def test_help(self):
        overview = self.run_program("--help")[0]
        for command in ("train", "predict", "inspect", "generate"):
            self.assertIn(command, overview)
            for arguments in ((command, "--help"), (command, "some", "words", "--help")):
                out, err = self.run_program(*arguments)
                self.assertEqual(err, "")
                self.assertIn("usage: sounder " + command, out)
                self.assertIn("Exit codes", out)
                self.assertIn("Examples", out)
                self.assertLessEqual(max(map(len, out.splitlines())), 100)

    def test_version(self):
        self.assertRegex(self.run_program("--version")[0], r"^sounder \d+\.\d+\.\d+\n$")


if __name__ == "__main__":
    unittest.main()
