"""Problems, and one judge for every answer to them: its objective and a dual bound, computed here."""
import dataclasses
import gzip
import math
import os

import numpy as np
import scipy.sparse
import scipy.special


class BadData(Exception):
    """A file that does not hold what is wanted of it, in a sentence."""


@dataclasses.dataclass
class Data:
    """A file's matrix, its targets for a problem, and the label that sounder was told is +1."""
    path: str
    matrix: scipy.sparse.csr_matrix
    targets: np.ndarray
    positive: str | None = None

    @property
    def name(self):
        return os.path.basename(self.path)


@dataclasses.dataclass(frozen=True)
class Problem:
    """(1/n) sum loss + lambda penalty, lambda = 1/(n C), or lambda_max / ratio; no intercept."""
    loss: str
    penalty: str
    C: float | None = None
    ratio: float | None = None

    def strength(self, X, y):
        n = len(y)
        return 1 / (n * self.C) if self.ratio is None else abs(X.T @ y).max() / n / self.ratio

    def options(self):
        """Of `sounder train`."""
        strength = (["--C", str(self.C)] if self.ratio is None
                    else ["--lambda-ratio", repr(1 / self.ratio)])
        return ["--loss", self.loss, "--penalty", self.penalty] + strength

    def __str__(self):
        strength = f"C = {self.C:g}" if self.ratio is None else f"lambda_max / {self.ratio:g}"
        return f"{self.loss} loss, {self.penalty}, {strength}"


def read_libsvm(path):
    """(matrix, labels) of a LIBSVM file, plain or gzip."""
    labels, bodies = [], []
    try:
        with open(path, "rb") as file:
            zipped = file.read(2) == b"\x1f\x8b"
        with (gzip.open if zipped else open)(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                label, *body = line.split("#", 1)[0].split(None, 1) or [None]
                if label is not None:
                    labels.append(float(label))
                    bodies.append(body[0] if body else "")
        numbers = np.array(" ".join(bodies).replace(":", " ").split(), dtype=float)
        columns = numbers[::2].astype(np.int32) - 1
        ends = np.cumsum([0] + [body.count(":") for body in bodies])
        matrix = scipy.sparse.csr_matrix((numbers[1::2].copy(), columns, ends))
    except OSError as error:
        raise BadData(f"{path}: {error.strerror or error}") from error
    except ValueError as error:
        raise BadData(f"{path}: not a LIBSVM file that this script can read: {error}") from error
    if not matrix.nnz:
        raise BadData(f"{path}: no data")
    return matrix, np.array(labels)


def two_classes(labels, positive=None):
    """+1 and -1, as sounder takes them: the larger label is +1."""
    kinds = list(dict.fromkeys(labels))
    if positive is None:
        if len(kinds) != 2:
            raise BadData(f"{len(kinds)} different labels where two are wanted; --positive LABEL "
                          "takes one against the rest")
        positive = max(kinds)
    elif float(positive) not in kinds:
        raise BadData(f"no row has the label {positive}")
    return np.where(labels == float(positive), 1.0, -1.0)


def certificate(problem, strength, X, y, w):
    """(F(w), a dual bound at w, F_null: the loss at zero, there being no intercept)."""
    n, z = len(y), X @ w
    penalty = strength * (abs(w).sum() if problem.penalty == "l1" else w @ w / 2)
    if problem.loss == "squared":
        r = y - z
        limit = strength / (abs(X.T @ r).max() / n)
        scale = np.clip(r @ y / (r @ r), -limit, limit)
        dual = scale * (r @ y) / n - scale**2 * (r @ r) / (2 * n)
        return r @ r / (2 * n) + penalty, dual, y @ y / (2 * n)
    margins = y * z
    if problem.loss == "logistic":
        value, zero, a = np.logaddexp(0, -margins).mean(), math.log(2), scipy.special.expit(-margins)

        def conjugate(a):
            return (scipy.special.entr(a) + scipy.special.entr(1 - a)).mean()
    else:
        a = 2 * np.maximum(0, 1 - margins)
        value, zero = (a**2).mean() / 4, 1.0

        def conjugate(a):
            return (a - a**2 / 4).mean()
    correlations = X.T @ (a * y) / n
    if problem.penalty == "l1":
        dual = conjugate(a * min(1.0, strength / abs(correlations).max()))
    else:
        dual = conjugate(a) - correlations @ correlations / (2 * strength)
    return value + penalty, dual, zero


def relative_gap(value, dual, null):
    """The program's: (F - max(D, 0)) / max(F, 1e-6 F_null)."""
    return max(value - max(dual, 0.0), 0.0) / max(value, 1e-6 * null)


class Judge:
    """Sees every answer to a problem, and knows the best of them and the best bound."""

    def __init__(self, problem, data):
        self.problem, self.data = problem, data
        self.strength = problem.strength(data.matrix, data.targets)
        self.best, self.bound, self.finder = math.inf, -math.inf, None

    def see(self, w, who):
        """The answer's objective."""
        value, dual, _ = certificate(self.problem, self.strength, self.data.matrix,
                                     self.data.targets, w)
        self.bound = max(self.bound, dual)
        if value < self.best:
            self.best, self.finder = value, who
        return value

    def distance(self, value):
        """From the best objective that anybody found, relative to it."""
        return (value - self.best) / self.best

    def doubt(self):
        """How far below the best objective the optimum can be at most, relative to it."""
        return max(0.0, (self.best - self.bound) / self.best)
