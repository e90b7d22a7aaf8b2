"""sounder inspect."""

import json
import unittest

from support import ProgramTest, classification

KEYS = """rows columns nonzeros density empty_rows labels omega delta rho mean_conflict_degree
max_harmless_staleness spectral_radius p_star lambda_max""".split()


class Inspect(ProgramTest):
    def inspect(self, *arguments):
        out, err = self.run_program("inspect", *arguments, "--json", "-")
        self.assertEqual(err, "")
        return json.loads(out)

    def test_known_answers(self):
        # Rows 0 and 1 share column 1, row 2 stands alone, row 3 is empty.
        self.write("data", "1 1:1 2:1\n-1 1:1\n1 3:2\n-1\n")
        found = self.inspect("data")
        self.assertEqual([key for key in KEYS if key not in found], [])
        expected = {"rows": 4, "columns": 3, "nonzeros": 4, "empty_rows": 1, "omega": 2,
                    "delta": 0.5, "rho": 0.5, "mean_conflict_degree": 0.5,
                    "max_harmless_staleness": 4.0, "lambda_max_loss": "logistic"}
        self.assertEqual(expected, {key: found[key] for key in expected})
        self.assertAlmostEqual(found["density"], 4 / 12)
        self.assertEqual(found["labels"]["classes"], [1.0, -1.0])
        self.assertEqual(found["labels"]["counts"], [2, 2])
        # Columns 1 and 2 have the inner product 1/sqrt(2): 1 + 1/sqrt(2) is the radius.
        self.assertAlmostEqual(found["spectral_radius"], 1.7071, places=3)
        self.assertEqual(found["p_star"], 2)
        # |sum of -y x / 2| / n: column 3 has 2/2/4.
        self.assertAlmostEqual(found["lambda_max"], 0.25)

    def test_rows_that_never_meet(self):
        self.write("data", "1 1:1\n-1 2:1\n")
        found = self.inspect("data")
        self.assertIsNone(found["max_harmless_staleness"])
        self.assertEqual(found["p_star"], 2)

    def test_kinds_of_labels(self):
        self.write("data", "1.5 1:1\n2.5 1:1\n-3 2:1\n")
        found = self.inspect("data")
        self.assertEqual(found["labels"], {"kind": "real", "minimum": -3.0, "maximum": 2.5})
        self.assertEqual(found["lambda_max_loss"], "squared")
        self.assertAlmostEqual(found["lambda_max"], 4 / 3)
        self.write("data", "1 1:1\n2 1:1\n3 2:1\n2\n")
        self.assertEqual(self.inspect("data")["labels"],
                         {"kind": "classes", "classes": [1.0, 2.0, 3.0], "counts": [1, 2, 1]})
        self.write("data", "1 1:1\n1 1:1\n")
        self.assertEqual(self.inspect("data")["labels"]["kind"], "single")

    def test_threads_change_nothing(self):
        self.write("data", classification())
        outputs = {self.run_program("inspect", "data", "--json", "-", "--threads", n)[0]
                   for n in (1, 2, 4, 8)}
        self.assertEqual(len(outputs), 1)

    def test_table_and_json_file(self):
        self.write("data", classification())
        out, err = self.run_program("inspect", "data", "--json", "found.json")
        self.assertEqual(err, "")
        for words in ("300", "omega", "P*", "lambda_max", "harmless staleness"):
            self.assertIn(words, out)
        self.assertEqual(json.loads(self.read("found.json")), self.inspect("data"))

    def test_columns(self):
        self.write("data", "1 1:1\n-1 2:1\n")
        self.assertEqual(self.inspect("data", "--columns", 7)["columns"], 7)
        self.assertIn("data:2:4: ", self.run_program("inspect", "data", "--columns", 1, code=3)[1])


if __name__ == "__main__":
    unittest.main()
