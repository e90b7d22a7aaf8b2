"""A contest: everybody gets the loosest tolerance that does, then all run in turn."""
import dataclasses
import math
import statistics
import sys

from . import peers

RUNGS = 14  # powers of ten that are tried


def progress(text):
    print(text, file=sys.stderr, flush=True)


class Contestant:
    """A program, and what it gave at each tolerance of its ladder."""

    def __init__(self, name, peer, first, judge, limit):
        self.name, self.peer, self.judge, self.limit = name, peer, judge, limit
        self.next, self.attempts, self.ended = first, [], None

    def run(self, tolerance):
        """(seconds, objective), or None where it took longer than the limit."""
        answer = peers.within(self.limit + self.peer.grace, lambda: self.peer(tolerance))
        if answer is None or answer[0] >= self.limit:
            return None
        return answer[0], self.judge.see(answer[1], self.name)

    def loosest(self, target):
        """The first tolerance that came this near to the best objective, or None."""
        for tolerance, value in self.attempts:
            if self.judge.distance(value) <= target:
                return tolerance
        return None

    def nearest(self):
        """The least distance that any tolerance gave; infinite where none gave an answer."""
        return min((self.judge.distance(value) for _, value in self.attempts), default=math.inf)

    def descend(self, target):
        """Down the ladder until the target is met, the limit is passed, or the ladder ends."""
        while self.ended is None and self.loosest(target) is None:
            try:
                answer = self.run(self.next)
            except peers.Failed as error:
                self.ended = "failed"
                progress(f"  {self.name}: {error}")
                return
            if answer is None:
                self.ended = "over"
                return
            self.attempts.append((self.next, answer[1]))
            self.next = float(f"{self.next / 10:.0e}")
            if len(self.attempts) == RUNGS:
                self.ended = "never"


@dataclasses.dataclass
class Row:
    """How one program fared in one contest.

    status: `ok`; `over`, it took longer than the limit before it came near enough; `never`, not even
    its least tolerance came near enough; `failed`, it ended without an answer.
    """
    data: str
    problem: str
    target: float
    program: str
    status: str
    tolerance: float | None = None
    seconds: list = dataclasses.field(default_factory=list)  # infinite: longer than the limit
    reached: float = math.inf  # the farthest of the rounds; where not ok, the nearest of all

    @property
    def median(self):
        return statistics.median(self.seconds) if self.status == "ok" else math.inf


def tune(contestants, targets):
    """Everybody down the ladder; once more for whom a later, better optimum has left behind."""
    for _ in range(2):
        for contestant in contestants:
            contestant.descend(min(targets))
    for contestant in contestants:
        found = [(target, contestant.loosest(target)) for target in targets]
        progress(f"  {contestant.name}: " + ", ".join(
            f"{target:g} " + (f"at {tolerance:g}" if tolerance else contestant.ended)
            for target, tolerance in found))


def run_rounds(contestants, targets, rounds):
    """(name, tolerance): a list of (seconds, objective) or None, in turn, the order rotating."""
    settings = list(dict.fromkeys(
        (contestant, contestant.loosest(target)) for contestant in contestants for target in targets
        if contestant.loosest(target) is not None))
    results = {(contestant.name, tolerance): [] for contestant, tolerance in settings}
    for turn in range(rounds):
        for k in range(len(settings)):
            contestant, tolerance = settings[(turn + k) % len(settings)]
            results[contestant.name, tolerance].append(contestant.run(tolerance))
        progress(f"  round {turn + 1} of {rounds} done")
    return results


def hold(contestants, targets, rounds):
    """The rows of a contest, those of the first target first."""
    tune(contestants, targets)
    chosen = {(contestant.name, target): contestant.loosest(target)
              for contestant in contestants for target in targets}
    results = run_rounds(contestants, targets, rounds)
    rows = []
    for target in targets:
        for contestant in contestants:
            judge, tolerance = contestant.judge, chosen[contestant.name, target]
            row = Row(judge.data.name, str(judge.problem), target, contestant.name,
                      "ok" if tolerance else contestant.ended, tolerance,
                      reached=contestant.nearest())
            if tolerance:
                answers = results[contestant.name, tolerance]
                row.seconds = [answer[0] if answer else math.inf for answer in answers]
                row.reached = max([judge.distance(answer[1]) for answer in answers if answer],
                                  default=row.reached)
                if math.isinf(row.median):
                    row.status = "over"
            rows.append(row)
    return rows
