#!/usr/bin/env python3
"""The figures of a sweep, for a paper.

    scripts/plot_sweep.py SWEEP.json [--out FOLDER] [--format png,svg]

SWEEP.json is what `sounder sweep --json` writes. Makes the figures of its report page as files:
speedup, efficiency, conflicts, staleness, objective, and predictions where workers were simulated.
Figures without a single known value are left out. Prints the files it wrote; exit code 3 for a
file that is not a sweep.
"""
import argparse
import json
import math
import os
import sys

FORMATS = ("png", "svg", "pdf")
# After Okabe and Ito, as on the report page; the marks tell lines apart without colour.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#b8589a", "#c98a00", "#3a9fd8", "#30363b", "#878e94")
MARKS = "os^Dvp"
PARTS = ("summary", "virtual", "curves")
STYLE = {"font.size": 9, "axes.titlesize": 10, "axes.titlelocation": "left", "axes.spines.top": False,
         "axes.spines.right": False, "axes.grid": True, "grid.color": "#e9ebed", "lines.linewidth": 1.4,
         "lines.markersize": 5, "legend.frameon": False, "svg.fonttype": "none", "savefig.dpi": 200}


def fail(sentence):
    print(f"plot_sweep.py: {sentence}", file=sys.stderr)
    sys.exit(3)


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            sweep = json.load(file)
    except OSError as error:
        fail(f"{path}: {error.strerror}")
    except ValueError as error:
        fail(f"{path}: this is not JSON ({error})")
    missing = [part for part in PARTS if not isinstance(sweep, dict) or part not in sweep]
    if missing:
        fail(f"{path}: this is not what 'sounder sweep --json' writes, it has no {missing[0]}")
    return sweep


def name_of(row):
    return row["solver"] if row["update"] == "plain" else f"{row['solver']} {row['update']}"


def grouped(rows, key):
    groups = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


def threads(count):
    return f"{count} thread{'' if count == 1 else 's'}"


class Plotter:
    """The figures of one sweep; a line keeps its colour and mark in all of them."""

    def __init__(self, sweep, plt):
        self.sweep = sweep
        self.plt = plt
        # Parallel solvers first: theirs are the colours that are told apart best.
        rows = sorted(sweep["summary"], key=lambda row: row["serial"])
        self.lines = grouped(rows, name_of)
        self.simulated = grouped(sweep["virtual"], self.name_of_simulated)
        self.looks = {}
        for name in [*self.lines, *self.simulated]:
            self.looks[name] = self.look_of_solver(name) or self.look(len(self.looks))

    @staticmethod
    def look(place):
        return {"color": COLOURS[place % len(COLOURS)], "marker": MARKS[place % len(MARKS)]}

    def look_of_solver(self, name):
        """What is simulated in one setting looks like the first line measured with its solver."""
        solver = name.removesuffix(" simulated")
        if solver == name:
            return None
        return next((look for other, look in self.looks.items() if other.split()[0] == solver), None)

    def name_of_simulated(self, row):
        settings = {(other["durations"], other["straggler"]) for other in self.sweep["virtual"]}
        if len(settings) == 1:
            return f"{row['solver']} simulated"
        return f"{row['solver']} simulated, {row['durations']}, straggler {row['straggler']}"

    def panels(self, columns, rows=1, **shared):
        size = (3.4 * columns + 0.4, 2.9 * rows)
        return self.plt.subplots(rows, columns, figsize=size, squeeze=False, **shared)

    def line(self, axis, name, rows, x, y, spread=None, **style):
        """A line, whiskers where `spread` names them, hollow points where threads outnumber cores."""
        rows = [row for row in rows if row[y] is not None]
        look = self.looks[name]
        # Marks at zero stand on the axis, whole.
        axis.plot([row[x] for row in rows], [row[y] for row in rows], label=name, clip_on=False,
                  **look, **style)
        hollow = [row for row in rows if row.get("oversubscribed")]
        axis.plot([row[x] for row in hollow], [row[y] for row in hollow], linestyle="none",
                  markerfacecolor="white", zorder=3, clip_on=False, **look)
        if spread:
            held = [row for row in rows if None not in (row[f"{spread}_low"], row[f"{spread}_high"])]
            axis.vlines([row[x] for row in held], [row[f"{spread}_low"] for row in held],
                        [row[f"{spread}_high"] for row in held], color=look["color"], linewidth=0.8)

    def counts_axis(self, axis, label, counts):
        counts = sorted(set(counts))
        axis.set_xscale("log", base=2)
        axis.set_xticks(counts, [str(count) for count in counts])
        axis.set_xlabel(label)

    def by_threads(self, axis, key, title, spread=None):
        for name, rows in self.lines.items():
            self.line(axis, name, rows, "threads", key, spread)
        self.counts_axis(axis, "threads", [row["threads"] for row in self.sweep["summary"]])
        axis.set_title(title)

    @staticmethod
    def values_axis(axis, scale, values):
        """`log` keeps a place for zero: nearer to it than the least value the axis is linear."""
        positive = [value for value in values if value is not None and value > 0]
        if scale == "log" and positive:
            axis.set_yscale("symlog", linthresh=10.0 ** math.floor(math.log10(min(positive))),
                            linscale=0.3)
            axis.set_ylim(0, 10.0 ** math.ceil(math.log10(max(positive))))
        elif scale == "doubling" and positive:
            axis.set_yscale("log", base=2)
            axis.yaxis.set_major_formatter(
                lambda value, _: f"{value:g}" if value >= 1 else f"1/{1 / value:g}")
        else:
            axis.set_ylim(bottom=0)

    @staticmethod
    def ideal(axis, counts):
        ends = [min(counts), max(counts)]
        axis.plot(ends, ends, color="#5a6167", linewidth=0.9, linestyle="--", label="ideal")
        axis.axhline(1, color="#5a6167", linewidth=0.9, linestyle=":", label="best serial run")

    @staticmethod
    def legend(figure, axes, note=""):
        found = {}
        for axis in axes.flat:
            for line in axis.lines:
                line.set_in_layout(False)  # what is not clipped would be given room
            for handle, label in zip(*axis.get_legend_handles_labels()):
                found.setdefault(label, handle)
        figure.tight_layout()
        figure.legend(found.values(), found.keys(), loc="upper left", bbox_to_anchor=(1.0, 0.98),
                      title=note, alignment="left", title_fontsize=8, fontsize=8)

    def note(self):
        if any(row["oversubscribed"] for row in self.sweep["summary"]):
            return f"hollow: more threads\nthan the {self.sweep['machine']['cores']} cores"
        return ""

    def speedup(self):
        figure, axes = self.plt.subplots(figsize=(5, 3.6), squeeze=False)
        axis = axes[0, 0]
        self.by_threads(axis, "speedup", "Speedup over the best serial run", "speedup")
        self.values_axis(axis, "doubling", [row["speedup"] for row in self.sweep["summary"]])
        self.ideal(axis, [row["threads"] for row in self.sweep["summary"]])
        baseline = self.sweep.get("baseline") or {}
        if baseline.get("seconds_to_target") is not None:
            axis.set_xlabel(f"threads\nbaseline: {name_of(baseline)} on {threads(baseline['threads'])}, "
                            f"{baseline['seconds_to_target']:.3g} s to a relative gap of "
                            f"{self.sweep['target']:g}")
        self.legend(figure, axes, self.note())
        return figure

    def row_by_threads(self, charts, scale=None):
        """One vertical axis for all, so that they can be compared."""
        figure, axes = self.panels(len(charts), sharey=True)
        for axis, (key, title) in zip(axes[0], charts):
            self.by_threads(axis, key, title)
        self.values_axis(axes[0, 0], scale, [row[key] for row in self.sweep["summary"]
                                             for key, _ in charts])
        self.legend(figure, axes, self.note())
        return figure

    def efficiency(self):
        return self.row_by_threads([("statistical_efficiency", "Statistical efficiency"),
                                    ("hardware_efficiency", "Hardware efficiency")])

    def conflicts(self):
        return self.row_by_threads([("collision_rate", "Collisions, per update"),
                                    ("retry_rate", "Retries, per update"),
                                    ("lost_update_rate", "Lost updates, per update")], "log")

    def staleness(self):
        return self.row_by_threads([("staleness_mean", "Staleness, mean"),
                                    ("staleness_p95", "Staleness, 95th percentile"),
                                    ("staleness_max", "Staleness, most")], "log")

    def objective(self):
        curves = self.sweep["curves"]
        values = [value for curve in curves for value in curve["objective"] if value is not None]
        values += [run["objective"] for run in self.sweep.get("runs", [])
                   if run["objective"] is not None]
        lowest = min(values)
        scale = abs(lowest) or 1.0
        charts = (("objective", "Objective above the lowest found, relative",
                   lambda value: (value - lowest) / scale),
                  ("relative_gap", "Relative gap", lambda value: value))
        by_count = sorted(grouped(curves, lambda curve: curve["threads"]).items())
        figure, axes = self.panels(2, len(by_count), sharex=True, sharey="col")
        for row, (count, members) in zip(axes, by_count):
            for axis, (key, _, shown) in zip(row, charts):
                for curve in members:
                    # Nearer to the lowest than 1e-12 is rounding.
                    points = [(seconds, shown(value)) for seconds, value in
                              zip(curve["seconds"], curve[key])
                              if seconds and value is not None and shown(value) > 1e-12]
                    name = name_of(curve)
                    axis.loglog([x for x, _ in points], [y for _, y in points], label=name,
                                linewidth=1.2, color=self.looks[name]["color"])
            row[0].set_ylabel(threads(count))
        for column, (_, title, _) in enumerate(charts):
            axes[0, column].set_title(title)
            axes[-1, column].set_xlabel("seconds")
        self.legend(figure, axes)
        return figure

    def predictions(self):
        charts = (("predicted_speedup", "Speedup (prediction)", "doubling"),
                  ("statistical_efficiency", "Statistical efficiency (prediction)", None),
                  ("collision_rate", "Collisions, per update (prediction)", None))
        figure, axes = self.panels(len(charts))
        workers = [row["workers"] for row in self.sweep["virtual"]]
        for axis, (key, title, scale) in zip(axes[0], charts):
            for name, rows in self.simulated.items():
                self.line(axis, name, rows, "workers", key, linestyle="--")
            self.counts_axis(axis, "workers, simulated", workers)
            self.values_axis(axis, scale, [row[key] for row in self.sweep["virtual"]])
            axis.set_title(title)
        self.ideal(axes[0, 0], workers)
        self.legend(figure, axes, "simulated, not measured")
        return figure

    def figures(self):
        """(name, what draws it) of the figures that have something to show."""
        def known(part, *keys):
            return any(row[key] not in (None, []) for row in self.sweep[part] for key in keys)

        wanted = {"speedup": known("summary", "speedup"),
                  "efficiency": known("summary", "statistical_efficiency", "hardware_efficiency"),
                  "conflicts": known("summary", "collision_rate", "retry_rate", "lost_update_rate"),
                  "staleness": known("summary", "staleness_mean", "staleness_p95", "staleness_max"),
                  "objective": any(value is not None for curve in self.sweep["curves"]
                                   for value in curve["objective"]),
                  "predictions": known("virtual", "predicted_speedup", "statistical_efficiency",
                                       "collision_rate")}
        return [(name, getattr(self, name)) for name, has in wanted.items() if has]


def formats(text):
    names = [name for name in text.split(",") if name]
    unknown = [name for name in names if name not in FORMATS]
    if unknown or not names:
        raise argparse.ArgumentTypeError(f"'{text}' is not a list of {', '.join(FORMATS)}")
    return names


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sweep", metavar="SWEEP.json", help="what sounder sweep --json wrote")
    parser.add_argument("--out", default=".", metavar="FOLDER", help="default: this folder")
    parser.add_argument("--format", type=formats, default="png,svg", metavar="LIST",
                        help="some of png,svg,pdf; default: png,svg")
    arguments = parser.parse_args()
    sweep = read(arguments.sweep)
    try:
        import matplotlib
    except ImportError:
        fail("matplotlib is not installed (Debian: python3-matplotlib)")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    matplotlib.rcParams.update(STYLE)
    try:
        os.makedirs(arguments.out, exist_ok=True)
        figures = Plotter(sweep, plt).figures()
        if not figures:
            fail(f"{arguments.sweep}: no run has a value that could be drawn")
        for name, draw in figures:
            figure = draw()
            for ending in arguments.format:
                path = os.path.join(arguments.out, f"{name}.{ending}")
                figure.savefig(path, bbox_inches="tight")
                print(path)
            plt.close(figure)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}")
    except (KeyError, TypeError) as error:
        fail(f"{arguments.sweep}: this is not what 'sounder sweep --json' writes ({error!r})")


if __name__ == "__main__":
    main()
