"""A comparison's rows as text, CSV and JSON, and the geometric means of their ratios.

A program that did not come near enough within the limit has a time of "more than the limit": a ratio
to sounder is then a lower bound (>), or an upper one (<) where sounder is the one; where both are, no
ratio exists (-). Means take the bounds for the ratios and say so.
"""
import csv
import dataclasses
import json
import math


@dataclasses.dataclass(frozen=True)
class Ratio:
    """A quotient of two times; `mark` says that it is a bound."""
    value: float
    mark: str = ""

    def __str__(self):
        return f"{self.mark}{self.value:.2f}"


def ratio(theirs, ours, limit):
    """Their time over ours, or None where there is none."""
    if ours is None or "failed" in (theirs.status, ours.status):
        return None
    over, under = math.isinf(theirs.median), math.isinf(ours.median)
    if over and under:
        return None
    return Ratio(min(theirs.median, limit) / min(ours.median, limit),
                 ">" if over else "<" if under else "")


def mean(ratios):
    """The geometric mean; a bound where one of the ratios is, unclear (~) where bounds differ."""
    marks = {one.mark for one in ratios} - {""}
    return Ratio(math.exp(sum(math.log(one.value) for one in ratios) / len(ratios)),
                 "~" if len(marks) > 1 else "".join(marks))


class Report:
    """Rows of all contests; `baselines` are the programs that ratios are taken to, by column."""

    def __init__(self, limit, baselines):
        self.limit, self.baselines, self.rows = limit, baselines, []
        self.uncertified = []  # (data, problem, target): the best objective may be farther off

    def contest_of(self, row):
        return [other for other in self.rows if (other.data, other.problem, other.target) ==
                (row.data, row.problem, row.target)]

    def ratios(self, row):
        """To each baseline."""
        programs = {other.program: other for other in self.contest_of(row)}
        return [ratio(row, programs.get(name), self.limit) for name in self.baselines.values()]

    def seconds(self, value):
        return f">{self.limit:g}" if math.isinf(value) else f"{value:.4f}"

    def line(self, row):
        """A row of the table."""
        spread = (f"({self.seconds(min(row.seconds))} to {self.seconds(max(row.seconds))})"
                  if row.status == "ok" else row.status if row.status != "over" else "")
        reached = "-" if math.isinf(row.reached) else f"{row.reached:.0e}"
        missed = "!" if row.status == "ok" and row.reached > row.target else " "
        seconds = "-" if row.status == "failed" else self.seconds(row.median)
        return (f"  {row.program:26}{seconds:>10} {spread:22}" +
                "".join(f"{str(one or '-'):>12}" for one in self.ratios(row)) +
                f"{reached:>9}{missed} " + (f"{row.tolerance:g}" if row.tolerance else ""))

    def contest(self, judge, rows):
        """A contest's table."""
        X = judge.data.matrix
        self.rows += rows
        lines = ["", f"{judge.data.name}, {judge.problem}: {X.shape[0]:,} rows, {X.shape[1]:,} "
                 f"columns, {X.nnz:,} nonzeros",
                 f"  best objective {judge.best:.12g} ({judge.finder}); the optimum is at most "
                 f"{max(judge.doubt(), 1e-15):.0e} of it below"]
        for target in dict.fromkeys(row.target for row in rows):
            lines.append(f"  {f'within {target:g}':26}{'seconds':>10} {'(least to most)':22}" +
                         "".join(f"{'/ ' + name:>12}" for name in self.baselines) +
                         f"{'reached':>9}  tolerance")
            if judge.doubt() > target:
                lines.append("  NOT CERTIFIED: the optimum may be farther below the best objective")
                self.uncertified.append((judge.data.name, str(judge.problem), target))
            lines += [self.line(row) for row in rows if row.target == target]
        return "\n".join(lines)

    def fastest_peer(self, contest):
        """The row of the fastest that is not sounder, or None."""
        others = [row for row in contest if not row.program.startswith("sounder") and
                  row.status != "failed"]
        return min(others, key=lambda row: row.median, default=None)

    def groups(self, target):
        """Name: rows whose ratios are averaged."""
        rows = [row for row in self.rows if row.target == target]
        groups = {"fastest peer": []}
        for row in rows:
            contest = self.contest_of(row)
            if row is contest[0] and self.fastest_peer(contest):
                groups["fastest peer"].append(self.fastest_peer(contest))
            groups.setdefault(row.program, []).append(row)
        return dict(sorted(groups.items(), key=lambda group: (
            group[0] != "fastest peer", not group[0].startswith("sounder"), group[0].casefold())))

    def means(self):
        """Geometric means, and the contests that sounder lost."""
        lines = []
        for target in dict.fromkeys(row.target for row in self.rows):
            lines += ["", f"{f'geometric means, within {target:g}':38}" +
                      "".join(f"{'/ ' + name:>12}" for name in self.baselines) +
                      "   contests: all, over the limit, without ratio"]
            for name, rows in self.groups(target).items():
                lines.append(self.mean_line(name, rows))
            lines += [f"  NOT CERTIFIED but counted: {data}, {problem}"
                      for data, problem, at in self.uncertified if at == target]
            lines += self.lost(target)
        return "\n".join(lines)

    def mean_line(self, name, rows):
        columns = list(zip(*(self.ratios(row) for row in rows)))
        over = sum(math.isinf(row.median) for row in rows if row.status != "failed")
        text = f"  {name:36}"
        for column in columns:
            known = [one for one in column if one]
            text += f"{str(mean(known)) if known else '-':>12}"
        without = max((sum(one is None for one in column) for column in columns), default=0)
        return text + f"   {len(rows)}, {over}, {without}"

    def lost(self, target):
        """The contests in which a peer is faster than sounder, for each baseline."""
        peers = [(row, self.ratios(row)) for row in self.groups(target)["fastest peer"]]
        for k, name in enumerate(self.baselines.values()):
            known = [(row, ratios[k]) for row, ratios in peers if ratios[k]]
            lost = [f"    {row.data}, {row.problem}: {row.program}, {one}"
                    for row, one in known if one.value < 1]
            yield (f"  {name} is slower than the fastest peer in {len(lost)} of {len(known)}" +
                   (":" if lost else ""))
            yield from lost

    def records(self):
        """A dictionary a row; a time over the limit is the text that the table has."""
        for row in self.rows:
            known = [self.seconds(value) if math.isinf(value) else value for value in row.seconds]
            ok = row.status == "ok"
            yield {"data": row.data, "problem": row.problem, "within": row.target,
                   "program": row.program, "status": row.status, "tolerance": row.tolerance,
                   "median_seconds": self.seconds(row.median) if math.isinf(row.median)
                   else row.median,
                   "least_seconds": known[row.seconds.index(min(row.seconds))] if ok else None,
                   "most_seconds": known[row.seconds.index(max(row.seconds))] if ok else None,
                   "seconds": known,
                   **{f"ratio_to_{name.replace(' ', '_')}": str(one) if one else None
                      for name, one in zip(self.baselines, self.ratios(row))},
                   "reached": None if math.isinf(row.reached) else row.reached,
                   "certified": (row.data, row.problem, row.target) not in self.uncertified}

    def write_csv(self, path, header):
        records = [{**record, "seconds": " ".join(map(str, record["seconds"]))}
                   for record in self.records()]
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write("\n".join(header) + "\n")
            if records:
                table = csv.DictWriter(file, list(records[0]), lineterminator="\n")
                table.writeheader()
                table.writerows(records)

    def write_json(self, path, header):
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"header": header, "limit_seconds": self.limit,
                       "results": list(self.records())}, file, indent=1)
            file.write("\n")
