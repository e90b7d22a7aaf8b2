#!/usr/bin/env python3
"""The floors of the house: a file includes files of its own folder and of lower floors, never of a
higher one, and no two files include each other.

    strata.py [TOP_OF_THE_TREE]

Prints each include that breaks the rule; exit code 1 if there is one.
"""
import collections
import pathlib
import re
import sys

# From the ground up. Folders on one line stand side by side and do not see each other.
FLOORS = [
    ["engine/base"],
    ["engine/threads", "solvers/loss", "solvers/penalty", "solvers/output"],
    ["engine/matrix"],
    ["engine/shared", "engine/analysis", "engine/exact", "datasets", "solvers/problem", "solvers/model"],
    ["engine/run"],
    ["solvers/driver"],
    ["solvers/stochastic", "solvers/coordinate", "solvers/dual"],
    ["solvers/newton", "solvers/blocks", "solvers/truncated"],
    ["solvers/path", "solvers/multipliers"],
    ["solvers"],
    ["solvers/named"],
    ["bench/sweep"],
    ["solvers/cli"],
]
RULE = ("includes point downwards: a file may include its own folder and the floors below it "
        "(FLOORS in tests/house/strata.py)")
MOST_FRONT_DOORS = 14  # headers in the root of solvers/
SOURCES = ("engine", "datasets", "solvers", "bench/sweep")
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:<sounder/([^>]+)>|"([^"]+)")', re.MULTILINE)


def sources(top):
    for folder in SOURCES:
        for path in sorted((top / folder).rglob("*")):
            if path.suffix in (".hpp", ".cpp"):
                yield path.relative_to(top)


def targets(top, path):
    """The files of the tree that `path` includes."""
    for bracketed, quoted in INCLUDE.findall((top / path).read_text()):
        if bracketed:
            places = [pathlib.Path(bracketed), pathlib.Path("solvers") / bracketed]
        else:
            places = [path.parent / quoted]
        found = next((place for place in places if (top / place).is_file()), None)
        if found is None and bracketed:
            raise SystemExit(f"{path} includes <sounder/{bracketed}>, which is nowhere")
        if found is not None:
            yield found


def circle(graph):
    """Files of which each includes the next and the last the first; empty where there are none."""
    done, trail = set(), []

    def walk(path):
        if path in trail:
            return trail[trail.index(path):]
        if path in done:
            return []
        trail.append(path)
        for target in graph[path]:
            if found := walk(target):
                return found
        trail.pop()
        done.add(path)
        return []

    return next((found for path in list(graph) if (found := walk(path))), [])


def faults(top):
    floor = {folder: number for number, folders in enumerate(FLOORS) for folder in folders}
    graph = collections.defaultdict(list)
    for path in sources(top):
        graph[path] = list(targets(top, path))
        folder = path.parent.as_posix()
        if folder not in floor:
            yield f"{path}: {folder}/ has no floor yet; give it one in tests/house/strata.py"
            continue
        for target in graph[path]:
            below = target.parent.as_posix()
            if below != folder and floor.get(below, -1) >= floor[folder]:
                yield f"{path} includes {target}: {RULE}"
    if found := circle(graph):
        yield "files in a circle: " + " -> ".join(map(str, found))
    doors = len(list((top / "solvers").glob("*.hpp")))
    if doors > MOST_FRONT_DOORS:
        yield (f"solvers/ holds {doors} headers: it is for front doors (at most {MOST_FRONT_DOORS}), "
               "their parts go into a family's folder")


def main():
    top = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    found = list(faults(top))
    print("\n".join(found) or f"{len(FLOORS)} floors, every include points down")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
