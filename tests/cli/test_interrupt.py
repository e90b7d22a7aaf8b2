"""Ctrl-C during a long run: exit code 130 and the best model so far."""

import json
import signal
import time
import unittest

from support import TIMEOUT, ProgramTest, classification


class Interrupt(ProgramTest):
    def interrupted(self, number, *arguments):
        process = self.start("train", "data", "model", "--max-epochs", 2000000000, "--trace",
                             "trace.csv", "--json", "run.json", "--quiet",
                             *(() if "--solver" in arguments else ("--solver", "hogwild")),
                             *arguments)
        self.addCleanup(process.kill)
        trace = self.folder / "trace.csv"
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:  # until some epochs are done
            if trace.exists() and trace.read_text().count("\n") > 3:
                break
            time.sleep(0.02)
        process.send_signal(number)
        _, err = process.communicate(timeout=TIMEOUT)
        self.assertEqual(process.returncode, 130, err)
        self.assertEqual(self.files(), ["data", "model", "run.json", "trace.csv"])
        summary = json.loads(self.read("run.json"))
        self.assertEqual(summary["status"], "interrupted")
        self.assertLess(summary["objective"], 0.69)
        self.run_program("predict", "data", "model", "out", "--quiet")
        self.assertEqual(len(self.read("out").splitlines()), 300)

    def test_interrupt(self):
        self.write("data", classification())
        self.interrupted(signal.SIGINT, "--threads", 1)

    def test_interrupt_with_two_threads(self):
        self.write("data", classification())
        self.interrupted(signal.SIGINT, "--threads", 2)

    def test_terminate(self):
        self.write("data", classification())
        self.interrupted(signal.SIGTERM, "--solver", "sgd")


if __name__ == "__main__":
    unittest.main()
