"""Malformed input: the exact place, exit code 3, and nothing left behind."""

import gzip
import unittest

from support import ProgramTest

# text, options, line, column, a part of the sentence
MALFORMED = {
    "index 0": ("1 1:1\n-1 0:1\n", (), 2, 4, "index 0"),
    "index 0 of a zero-based file is fine, -1 is not":
        ("1 0:1\n-1 -1:1\n", ("--zero-based",), 2, 4, ""),
    "index too large": ("1 1:1\n-1 2147483648:1\n", (), 2, 4, "too large"),
    "index beyond all numbers": ("1 1:1\n-1 99999999999999999999:1\n", (), 2, 4, "too large"),
    "index beyond --columns": ("1 1:1\n-1 3:1\n", ("--columns", "2"), 2, 4, "too large"),
    "indices out of order": ("1 1:1\n-1 1:1 5:1 2:1\n", (), 2, 12, "out of order"),
    "index repeated": ("1 1:1\n-1 2:1 2:1\n", (), 2, 8, "repeated"),
    "nan": ("1 1:1\n-1 2:nan\n", (), 2, 6, "not finite"),
    "inf": ("1 1:1\n-1 2:-inf\n", (), 2, 6, "not finite"),
    "value too large": ("1 1:1\n-1 2:1e999\n", (), 2, 6, "not finite"),
    "value too large for a float":
        ("1 1:1\n-1 2:1e99\n", ("--values", "float"), 2, 6, "not finite as a float"),
    "missing value": ("1 1:1\n-1 2: 3:1\n", (), 2, 6, "missing"),
    "no value": ("1 1:1\n-1 2\n", (), 2, 5, "no value"),
    "trailing garbage": ("1 1:1\n-1 2:1x\n", (), 2, 7, "garbage"),
    "garbage for a feature": ("1 1:1\n-1 x:1\n", (), 2, 4, ""),
    "empty file": ("", (), 1, 1, "no rows"),
    "only comments": ("# nothing\n\n", (), 1, 1, "no rows"),
    "cut in a number": ("1 1:1\n-1 2:1.5e", (), 2, 10, "ends in the middle"),
    "label that is no number": ("1 1:1\nspam 2:1\n", (), 2, 1, "'spam'"),
    "label nan": ("1 1:1\nnan 2:1\n", (), 2, 1, "'nan'"),
    "weight below 0": ("1 1:1\n-1:-2 2:1\n", (), 2, 4, "weight"),
    "weight that is no number": ("1 1:1\n-1:x 2:1\n", (), 2, 4, "weight"),
    "no weight but 0": ("1:0 1:1\n-1:0 2:1\n", (), 1, 1, "weight 0"),
    "one class": ("1 1:1\n1 2:1\n", (), 1, 1, "two classes"),
    "three classes": ("1 1:1\n2 1:1\n3 1:1\n", (), 1, 1, "--positive"),
    "real labels": ("0.5 1:1\n1.5 1:1\n2.5 1:1\n", (), 1, 1, "--loss squared"),
    "no such class": ("1 1:1\n2 1:1\n3 1:1\n", ("--positive", "4"), 1, 1, "no row has the label 4"),
    "a late line": ("1 1:1\n" * 5000 + "\n# comment\n-1 2:1 1:1\n", (), 5003, 8, "out of order"),
}


class Malformed(ProgramTest):
    def check(self, name, data, options, line, column, reason, stdin=b""):
        outputs = ("model", "--json", "summary.json", "--trace", "trace.csv")
        before = self.files()
        out, err = self.run_program("train", data, *outputs, *options, stdin=stdin, code=3)
        self.assertEqual(out, "", name)
        self.assertTrue(err.startswith(f"{data}:{line}:{column}: "), err)
        self.assertIn(reason, err)
        self.assertEqual(err.count("\n"), 1, err)
        self.assertEqual(self.files(), before, name)

    def test_place_and_nothing_left_behind(self):
        for name, (text, options, line, column, reason) in MALFORMED.items():
            with self.subTest(name):
                self.write("bad.svm", text)
                self.check(name, "bad.svm", options, line, column, reason)

    def test_the_same_from_standard_input_and_gzip(self):
        for name in ("trailing garbage", "a late line", "empty file", "one class"):
            text, options, line, column, reason = MALFORMED[name]
            with self.subTest(name):
                self.check(name, "-", options, line, column, reason, stdin=text.encode())
                self.write("bad.gz", gzip.compress(text.encode()))
                self.check(name, "bad.gz", options, line, column, reason)

    def test_an_older_model_survives(self):
        self.write("bad.svm", "1 1:1\n-1 0:1\n")
        self.write("bad.svm.model", "precious")
        self.run_program("train", "bad.svm", code=3)
        self.assertEqual(self.read("bad.svm.model"), "precious")

    def test_predict_and_inspect_say_the_same(self):
        self.write("good.svm", "1 1:1\n-1 2:1\n")
        self.run_program("train", "good.svm", "model", "--quiet")
        self.write("bad.svm", "1 1:1\n-1 2:1x\n")
        before = self.files()
        for arguments in (("predict", "bad.svm", "model", "out"), ("inspect", "bad.svm")):
            out, err = self.run_program(*arguments, code=3)
            self.assertEqual(out, "")
            self.assertTrue(err.startswith("bad.svm:2:7: "), err)
        self.assertEqual(self.files(), before)

    def test_gzip_that_is_cut(self):
        packed = gzip.compress(b"".join(b"%d 1:1\n" % (k % 2) for k in range(1000)))
        self.write("cut.gz", packed[:-12])
        err = self.run_program("train", "cut.gz", code=3)[1]
        self.assertRegex(err, r"^cut\.gz:\d+:1: .*cut short")
        self.assertEqual(self.files(), ["cut.gz"])

    def test_no_such_file(self):
        err = self.run_program("train", "absent", "model", code=3)[1]
        self.assertTrue(err.startswith("absent: "), err)
        self.assertEqual(self.files(), [])

    def test_malformed_model(self):
        self.write("data", "1 1:1\n-1 2:1\n")
        self.run_program("train", "data", "m", "--quiet")
        good = self.read("m")
        for text, line, column in ((good.replace("L2R_LR", "NONSENSE"), 1, 13),
                                   (good[:good.rindex("\n", 0, -1)], 7, 0),
                                   ("1 1:1\n", 1, 1), ("", 1, 1)):
            self.write("m", text)
            for arguments in (("predict", "data", "m"), ("train", "data", "--warm-start", "m")):
                out, err = self.run_program(*arguments, code=3)
                self.assertEqual(out, "")
                place = rf"^m:{line}:{column}: " if column else rf"^m:{line}:\d+: "
                self.assertRegex(err, place)
        self.assertEqual(self.files(), ["data", "m"])


if __name__ == "__main__":
    unittest.main()
