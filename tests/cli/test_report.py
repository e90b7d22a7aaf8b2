"""The page of a sweep, in a browser: it is drawn, its numbers are the JSON's, and it fits."""

import csv
import html.parser
import io
import json
import os
import pathlib
import statistics
import tempfile
import unittest

import browser
from support import ProgramTest, classification

TEMPLATE = pathlib.Path(__file__).parents[2] / "bench" / "sweep" / "report.html"
needs_browser = unittest.skipIf(browser.find() is None,
                                f"not installed: {' or '.join(browser.NAMES)}")
RATES = ("collision_rate", "retry_rate", "lost_update_rate",
         "staleness_mean", "staleness_p95", "staleness_max")


def configuration(solver, update, threads, seconds):
    """A row of the summary; seconds is None where the target was not reached."""
    def of(value):
        return None if seconds is None else value / seconds
    counts = (0.1 / threads, 0.0, 1.25e-5 * (threads - 1), threads - 0.9, 2 * threads, 40)
    serial = solver in ("sgd", "cd")
    return {"solver": solver, "update": update, "threads": threads, "oversubscribed": threads > 2,
            "serial": serial, "runs": 3, "reached": 0 if seconds is None else 3,
            "seconds_to_target": seconds, "seconds_low": seconds and 0.9 * seconds,
            "seconds_high": seconds and 1.1 * seconds, "epochs_to_target": seconds and 7 + threads,
            "epochs_per_second": 123.456789, "speedup": of(0.1), "speedup_low": of(0.1 / 1.1),
            "speedup_high": of(0.1 / 0.9), "own_speedup": of(0.15),
            "statistical_efficiency": 8 / (7 + threads), "hardware_efficiency": 1 / threads**0.5,
            **dict(zip(RATES, [None] * 6 if serial else counts)),
            "status": "time_limit" if seconds is None else "converged"}


def curve(row):
    end = row["seconds_to_target"] or 1.0
    return {key: row[key] for key in ("solver", "update", "threads")} | {
        "repeat": 1, "epochs": [0, 1, 2, 3], "seconds": [end * k / 3 for k in range(4)],
        "objective": [0.69, 0.4, 0.33, 0.325], "relative_gap": [1.0, 0.1, 0.01, None]}


def prediction(workers):
    return {"solver": "hogwild", "workers": workers, "parallel": workers, "epochs_to_target": 6,
            "statistical_efficiency": 1 / workers**0.1, "collision_rate": 1 - 1 / workers,
            "staleness_mean": workers - 1.0, "staleness_p95": workers, "staleness_max": 2 * workers,
            "balance": 0.97, "predicted_seconds": 0.1 / workers, "predicted_speedup": workers**0.8,
            "status": "converged", "epochs": 6, "objective": 0.33, "relative_gap": 9e-4,
            "durations": "constant", "straggler": 0.1}


def sweep():
    """What `sounder sweep --json` could say of six configurations, with unknown values."""
    summary = [configuration("cd", "plain", 1, 0.1), configuration("sgd", "plain", 1, 0.2),
               configuration("hogwild", "relaxed", 1, 0.15),
               configuration("hogwild", "relaxed", 2, 0.07),
               configuration("hogwild", "relaxed", 4, 0.08),
               configuration("shotgun", "atomic", 2, None)]
    runs = [{"kind": "measured", "repeat": 1, "objective": 0.325, **row} for row in summary]
    return {
        "version": "0.1.0", "command": "sounder sweep a9a </script>", "date": "2026-01-01T00:00:00Z",
        "machine": {"processor": "a processor", "cores": 2, "system": "Linux", "compiler": "g++"},
        "data": {"name": "a9a", "rows": 32561, "columns": 123, "nonzeros": 451592},
        "problem": {"loss": "logistic", "penalty": "l2", "l1_ratio": 0.0, "lambda": 3.07e-05,
                    "C": 1.0, "intercept": False},
        "target": 1e-3, "time_limit": 30.0, "repeats": 3, "seed": 1, "status": "complete",
        "planned_runs": len(runs),
        "baseline": {"solver": "cd", "update": "plain", "threads": 1, "seconds_to_target": 0.1},
        "predictors": {"omega": 14, "delta": 0.99, "rho": 1.0, "mean_conflict_degree": 30000.1,
                       "max_harmless_staleness": None, "spectral_radius": 13.2, "p_star": 10,
                       "conflicts_exact": True},
        "limit": {"kind": "conflicts", "sentence": "What limits scaling here is <conflicts>."},
        "runs": runs, "summary": summary, "virtual": [prediction(w) for w in (1, 2, 8, 64)],
        "agreement": [{"solver": "hogwild", "workers": 2, "measured_collision_rate": 0.4,
                       "simulated_collision_rate": 0.5, "ratio": 1.25}],
        "curves": [curve(row) for row in summary]}


class Page(html.parser.HTMLParser):
    """What the tests ask of a drawn page."""

    def __init__(self, text):
        super().__init__()
        self.root = {}
        self.rows = []  # of the summary: attributes, and the exact value of each cell by its key
        self.captions = []
        self.drawings = 0
        self.text = ""
        self._inside = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self._inside = [tag] if tag in ("script", "style", "figcaption") else self._inside
        if tag == "html":
            self.root = attributes
        elif tag == "tr" and "data-solver" in attributes:
            self.rows.append((attributes, {}))
        elif tag == "td" and self.rows and "data-key" in attributes:
            self.rows[-1][1].setdefault(attributes["data-key"], attributes["data-value"])
        elif tag == "figcaption":
            self.captions.append("")
        elif tag == "svg" and attributes.get("role") == "img":
            assert attributes["aria-label"]
            self.drawings += 1

    def handle_endtag(self, tag):
        if tag in self._inside:
            self._inside = []

    def handle_data(self, data):
        if self._inside == ["figcaption"]:
            self.captions[-1] += data
        if self._inside not in (["script"], ["style"]):
            self.text += data


class Drawn(unittest.TestCase):
    def open(self, path, **window):
        return Page(browser.dom(path, **window))

    def assert_cells(self, rows, data):
        self.assertEqual(len(rows), len(data["summary"]))
        for (attributes, cells), row in zip(rows, data["summary"]):
            for key in ("solver", "update", "threads"):
                self.assertEqual(attributes[f"data-{key}"], str(row[key]))
            self.assertEqual(set(cells), set(row))
            for key, value in row.items():
                with self.subTest(row=attributes, key=key):
                    if value is None:
                        self.assertEqual(cells[key], "")
                    elif isinstance(value, (bool, str)):
                        self.assertEqual(cells[key], str(value).lower())
                    else:
                        self.assertEqual(float(cells[key]), value)


@needs_browser
class WrittenReport(Drawn, ProgramTest):
    def test_numbers_are_the_csvs(self):
        self.write("data", classification())
        self.run_program("sweep", "data", "--threads", "1,2,4", "--repeats", 3, "--virtual", "8,64",
                         "--csv", "sweep.csv", "--json", "sweep.json", "--report", "page.html")
        page = self.open(self.folder / "page.html", width=400)
        self.assertEqual(page.root.get("data-ready"), "true")
        self.assertLessEqual(int(page.root["data-scroll-width"]), 400)
        self.assert_cells(page.rows, json.loads(self.read("sweep.json")))
        rows = list(csv.DictReader(io.StringIO(self.read("sweep.csv"))))
        for attributes, cells in page.rows:
            same = [row for row in rows if row["kind"] == "measured" and
                    all(row[key] == attributes[f"data-{key}"]
                        for key in ("solver", "update", "threads"))]
            self.assertEqual(len(same), 3)
            for key in ("seconds_to_target", "epochs_to_target", "epochs_per_second", "speedup",
                        "collision_rate", "staleness_max"):
                known = [float(row[key]) for row in same if row[key]]
                self.assertEqual(cells[key] and float(cells[key]),
                                 statistics.median(known) if known else "")
        self.assertTrue(any("prediction" in caption for caption in page.captions))


@needs_browser
class Report(Drawn):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sounder-test-")
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "report.html")

    def page(self, data, **window):
        """The template with a sweep's JSON in it, drawn."""
        text = TEMPLATE.read_text(encoding="utf-8")
        self.assertEqual(text.count("@SWEEP_JSON@"), 1)
        filled = text.replace("@SWEEP_JSON@", json.dumps(data).replace("</", "<\\/"))
        pathlib.Path(self.path).write_text(filled, encoding="utf-8")
        return self.open(self.path, **window)

    def drawn(self, data, **window):
        page = self.page(data, **window)
        self.assertEqual(page.root.get("data-ready"), "true")
        return page

    def test_numbers_are_the_jsons(self):
        data = sweep()
        page = self.drawn(data)
        self.assert_cells(page.rows, data)
        self.assertIn("hogwild relaxed on 2 threads is 1.43 times as fast", page.text)
        self.assertIn("What limits scaling here is <conflicts>.", page.text)
        self.assertIn("sounder sweep a9a </script>", page.text)
        self.assertNotIn("Interrupted", page.text)

    def test_predictions_say_that_they_are(self):
        data = sweep()
        page = self.drawn(data)
        predicted = [caption for caption in page.captions if "(prediction)" in caption]
        self.assertEqual(len(predicted), 3)
        self.assertEqual(page.drawings, len(page.captions))
        measured = self.drawn({**data, "virtual": [], "agreement": []})
        self.assertNotIn("rediction", measured.text)
        self.assertEqual(len(measured.captions), len(page.captions) - 3)

    def test_fits_narrow_and_wide_windows(self):
        for width in (400, 1280):
            for dark in (False, True):
                with self.subTest(width=width, dark=dark):
                    page = self.drawn(sweep(), width=width, dark=dark)
                    self.assertLessEqual(int(page.root["data-scroll-width"]), width)

    def test_a_slow_sweep_is_told_so(self):
        data = sweep()
        for row in data["summary"]:
            if row["threads"] > 1 and row["speedup"]:
                row["seconds_to_target"] *= 4
                row["speedup"] /= 4
        self.assertIn("No parallel run beats the best serial run", self.drawn(data).text)

    def test_nothing_known(self):
        data = sweep()
        kept = ("solver", "update", "threads", "workers", "repeat", "oversubscribed", "serial")
        for part in ("summary", "runs", "virtual", "agreement"):
            data[part] = [{key: value if key in kept else None for key, value in row.items()}
                          for row in data[part]]
        data |= {"baseline": None, "curves": []}
        page = self.drawn(data)
        self.assertEqual(page.drawings, 0)
        self.assertIn("there is no speedup to speak of", page.text)
        for word in ("NaN", "undefined", "Infinity"):
            self.assertNotIn(word, page.text)

    def test_interrupted(self):
        data = sweep() | {"status": "interrupted", "planned_runs": 18}
        self.assertIn("Interrupted: 6 of 18 planned runs are here", self.drawn(data).text)
        self.drawn(data | {part: [] for part in ("runs", "summary", "virtual", "agreement", "curves")})

    def test_an_error_is_shown(self):
        page = self.page({"version": "0.1.0"})
        self.assertNotEqual(page.root["data-ready"], "true")
        self.assertIn("This page cannot be drawn", page.text)

    def test_pictures(self):
        self.drawn(sweep())
        picture = browser.screenshot(self.path, self.path + ".png", width=400, height=600, dark=True)
        self.assertTrue(picture.read_bytes().startswith(b"\x89PNG"))


if __name__ == "__main__":
    unittest.main()
