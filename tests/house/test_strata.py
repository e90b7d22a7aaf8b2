"""strata.py itself: an arrow that runs up, a circle and a stray folder are found."""
import pathlib
import tempfile
import unittest

import strata


class Strata(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name)

    def write(self, path, *includes):
        file = self.top / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"#include {include}\n" for include in includes))

    def test_an_include_may_point_down(self):
        self.write("engine/base/array.hpp")
        self.write("engine/matrix/csr_matrix.hpp", "<sounder/engine/base/array.hpp>", "<vector>")
        self.assertEqual(list(strata.faults(self.top)), [])

    def test_an_include_must_not_point_up_or_sideways(self):
        self.write("engine/base/array.hpp", "<sounder/engine/matrix/csr_matrix.hpp>")
        self.write("engine/matrix/csr_matrix.hpp")
        self.write("solvers/newton/a.hpp", "<sounder/solvers/blocks/b.hpp>")
        self.write("solvers/blocks/b.hpp")
        found = list(strata.faults(self.top))
        self.assertEqual(len(found), 2)
        self.assertIn("engine/base/array.hpp includes engine/matrix/csr_matrix.hpp", found[0])
        self.assertIn("includes point downwards", found[0])

    def test_files_must_not_stand_in_a_circle(self):
        self.write("engine/base/a.hpp", '"b.hpp"')
        self.write("engine/base/b.hpp", '"a.hpp"')
        self.assertIn("circle", "".join(strata.faults(self.top)))

    def test_the_harness_knows_nothing_of_the_program(self):
        self.write("solvers/cli/text.hpp")
        self.write("bench/sweep/report.cpp", "<sounder/solvers/cli/text.hpp>")
        self.assertEqual(len(list(strata.faults(self.top))), 1)

    def test_a_folder_has_a_floor(self):
        self.write("solvers/quantum/leap.hpp")
        self.assertIn("has no floor yet", "".join(strata.faults(self.top)))

    def test_an_include_of_nothing_is_found(self):
        self.write("engine/base/a.hpp", "<sounder/engine/base/gone.hpp>")
        with self.assertRaises(SystemExit):
            list(strata.faults(self.top))


if __name__ == "__main__":
    unittest.main()
