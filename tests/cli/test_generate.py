"""sounder generate: reproducible data whose truth predicts it."""

import gzip
import unittest

from support import ProgramTest, parse

SMALL = ("--rows", 200, "--columns", 50, "--quiet")


class Generate(ProgramTest):
    def test_every_kind_is_reproducible(self):
        for kind, more in (("text", ("--row-nonzeros", 8)), ("regression", ()),
                           ("correlated", ("--shape", "chain", "--correlation", 0.9))):
            texts = [self.run_program("generate", kind, "-", *SMALL, *more, "--seed", seed,
                                      "--threads", threads)[0]
                     for seed, threads in ((1, 1), (1, 2), (1, 4), (1, 8), (2, 1))]
            self.assertEqual(len(set(texts[:4])), 1, kind)
            self.assertNotEqual(texts[0], texts[4])
            rows, _ = parse(texts[0])
            self.assertEqual(len(rows), 200)
            self.assertLessEqual(max(max(row) for row in rows), 50)

    def test_the_truth_predicts_rows_that_were_held_out(self):
        self.run_program("generate", "text", "data", *SMALL, "--row-nonzeros", 8, "--signal", 50,
                         "--test", "test", "--test-rows", 70, "--truth", "truth")
        self.assertEqual(len(self.read("test").splitlines()), 70)
        self.assertNotEqual(self.read("test"), self.read("data")[:len(self.read("test"))])
        for data in ("data", "test"):
            err = self.run_program("predict", data, "truth", "out")[1]
            self.assertGreater(float(err.split("Accuracy = ")[1].split("%")[0]), 90.0)
        self.run_program("generate", "regression", "data", *SMALL, "--noise", 0.01, "--support", 5,
                         "--test", "test", "--truth", "truth")
        self.assertEqual(len(self.read("test").splitlines()), 50)
        err = self.run_program("predict", "test", "truth", "out")[1]
        self.assertGreater(float(err.split("coefficient = ")[1].split()[0]), 0.99)
        self.assertEqual(sum(w != 0 for w in self.model("truth").weights), 5)

    def test_gzip_by_name(self):
        self.run_program("generate", "regression", "plain", *SMALL)
        self.run_program("generate", "regression", "packed.gz", *SMALL)
        packed = (self.folder / "packed.gz").read_bytes()
        self.assertEqual(gzip.decompress(packed).decode(), self.read("plain"))

    def test_trained_to_the_truth(self):
        self.run_program("generate", "regression", "data", *SMALL, "--noise", 0.01, "--support", 5,
                         "--truth", "truth")
        self.train_json("data", "m", "--loss", "squared", "--lambda", 1e-4, "--max-epochs", 60)
        for a, b in zip(self.model("m").weights, self.model("truth").weights):
            self.assertAlmostEqual(a, b, delta=0.1)

    def test_options_of_another_kind(self):
        for arguments in (("regression", "--exponent", 2), ("text", "--support", 3),
                          ("regression", "--correlation", 0.5), ("text", "--row-nonzeros", 1e9),
                          ("regression", "--test-rows", 3), ("nonsense",)):
            self.run_program("generate", arguments[0], "out", *arguments[1:], code=2)
        self.assertEqual(self.files(), [])

    def test_what_it_says(self):
        out, err = self.run_program("generate", "regression", "data", "--rows", 10)
        self.assertEqual(out, "")
        self.assertIn("10 rows, 2,000 columns, 20,000 nonzeros", err)


if __name__ == "__main__":
    unittest.main()
