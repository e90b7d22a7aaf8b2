"""The objective and its minimum, by code that shares nothing with the program's: a few dozen columns,
a few hundred rows, dense, in long doubles.

    F(w, b) = sum_i c_i loss(y_i, x_i.w + b) + l1 |w|_1 + l2/2 |w|_2^2,   c_i = s_i / n,  lower <= w <= upper

`minimise` changes variables (columns centred and scaled, weights to a sum of 1), runs a primal-dual
interior point method and ends with Newton steps on the coordinates that are free. What it returns is
the objective of a point that exists: if it is poor, a check against it is weak, but never wrong.
"""

import dataclasses

import numpy as np

LD = np.longdouble
EPS = np.finfo(LD).eps
DAMPINGS = [LD(text) for text in ("1e-18", "1e-14", "1e-10", "1e-6", "1e-3", "1")]  # of the curvature


@dataclasses.dataclass
class Problem:
    """Everything is a long double; `y` is +1 or -1 but for the squared loss."""
    loss: str
    X: np.ndarray
    y: np.ndarray
    weights: np.ndarray  # s
    l1: LD
    l2: LD
    intercept: bool
    lower: np.ndarray
    upper: np.ndarray


def losses(loss, y, z):
    """(value, derivative, second derivative) for every row."""
    if loss == "squared":
        return (z - y) ** 2 / 2, z - y, np.ones_like(z)
    t = y * z
    if loss == "logistic":
        tail = np.exp(-abs(t))
        a = np.where(t >= 0, tail, 1) / (1 + tail)  # 1 / (1 + exp(t))
        return np.maximum(-t, 0) + np.log1p(tail), -y * a, tail / (1 + tail) ** 2
    below = np.maximum(1 - t, 0)
    if loss == "squared-hinge":
        return below**2, -2 * y * below, np.where(below > 0, LD(2), LD(0))
    return below, np.where(below > 0, -y, LD(0)), np.zeros_like(z)


def objective(problem, w, b):
    """F at a point, summed in long doubles."""
    c = problem.weights / LD(len(problem.y))
    rows = c > 0
    value = losses(problem.loss, problem.y[rows], problem.X[rows] @ w + b)[0]
    return (c[rows] @ value + problem.l1 * abs(w).sum() + problem.l2 / 2 * (w @ w))


def rounding(problem, w, b, eps, data_eps=0.0):
    """How far F at a point may be off, in first order, where sums are rounded by eps and values of X were
    by data_eps."""
    c = problem.weights / LD(len(problem.y))
    value, slope, curvature = losses(problem.loss, problem.y, problem.X @ w + b)
    size = abs(problem.X) @ abs(w)
    moved = 4 * eps * (size + abs(b) + abs(problem.y)) + data_eps * size
    return c @ (abs(slope) * moved + curvature * moved**2) + 8 * eps * (c @ value)


def null_intercept(problem):
    """The intercept that is best where w = 0; 0 where there is none to choose."""
    c, y = problem.weights / LD(len(problem.y)), problem.y
    if not problem.intercept or c.sum() == 0:
        return LD(0)
    if problem.loss == "squared":
        return c @ y / c.sum()
    plus, minus = c[y > 0].sum(), c[y < 0].sum()
    if problem.loss == "logistic":
        return np.log(plus / minus)
    return (plus - minus) / (plus + minus) if problem.loss == "squared-hinge" else np.sign(plus - minus)


def null_objective(problem):
    """F_null: the least loss of an intercept alone, or the loss at zero where there is none."""
    return objective(problem, np.zeros(problem.X.shape[1], LD), null_intercept(problem))


def largest_strength(problem, l1_ratio):
    """lambda_max: the least strength at which w = 0 is optimal, of a smooth loss without bounds."""
    c, b = problem.weights / LD(len(problem.y)), null_intercept(problem)
    slope = losses(problem.loss, problem.y, np.full(len(problem.y), b))[1]
    return abs(problem.X.T @ (c * slope)).max() / l1_ratio


class Scaled:
    """The same problem in variables that have the scale of 1: v = d w / sigma, a = (b + m.w - shift) /
    sigma; columns that cannot lower the loss are left out, their weights are 0."""

    def __init__(self, problem):
        self.problem = problem
        rows = problem.weights > 0
        c = problem.weights[rows] / LD(len(problem.y))
        self.total = c.sum()
        self.c = c / self.total
        X, y = problem.X[rows], problem.y[rows]
        p = X.shape[1]
        self.m = self.c @ X if problem.intercept else np.zeros(p, LD)
        centred = X - self.m
        self.d = np.sqrt(self.c @ centred**2)
        constant = self.d <= 64 * EPS * abs(self.m)
        self.d[constant] = 0
        self.used = self.d > 0
        self.d, self.m, centred = self.d[self.used], self.m[self.used], centred[:, self.used]
        centred /= self.d
        self.loss, self.shift, self.sigma = problem.loss, LD(0), LD(1)
        if self.loss == "squared":
            self.shift = self.c @ y if problem.intercept else LD(0)
            self.sigma = np.sqrt(self.c @ (y - self.shift) ** 2) or LD(1)
            y = (y - self.shift) / self.sigma
        self.y = y
        self.intercept = problem.intercept
        self.Z = np.column_stack([centred, np.ones(len(y), LD)]) if self.intercept else centred
        self.p = len(self.d)
        self.l1 = problem.l1 / (self.total * self.sigma * self.d)
        self.l2 = problem.l2 / (self.total * self.d**2)
        self.lower = problem.lower[self.used] * self.d / self.sigma
        self.upper = problem.upper[self.used] * self.d / self.sigma

    def point(self, w, b):
        """Variables of a point of the user's."""
        v = np.clip(w[self.used] * self.d / self.sigma, self.lower, self.upper)
        return np.append(v, (b + self.m @ w[self.used] - self.shift) / self.sigma) if self.intercept else v

    def user(self, x):
        """(w, b) of variables."""
        problem = self.problem
        w = np.zeros(len(problem.lower), LD)
        w[self.used] = x[:self.p] * self.sigma / self.d
        w = np.clip(w, problem.lower, problem.upper)
        b = x[self.p] * self.sigma + self.shift - self.m @ w[self.used] if self.intercept else LD(0)
        return w, b

    def value(self, x):
        v = x[:self.p]
        return (self.c @ losses(self.loss, self.y, self.Z @ x)[0] + self.l1 @ abs(v) +
                self.l2 @ v**2 / 2)

    def bounds(self):
        """(lower, upper) of the variables."""
        if not self.intercept:
            return self.lower, self.upper
        return np.append(self.lower, -np.inf), np.append(self.upper, np.inf)

    def smooth(self, x):
        """(gradient, second derivatives by row times the weight) without the l1 part; hinge has none."""
        _, first, second = losses(self.loss, self.y, self.Z @ x)
        if self.loss == "hinge":
            first = 0 * first
        gradient = self.Z.T @ (self.c * first)
        gradient[:self.p] += self.l2 * x[:self.p]
        return gradient, self.c * second


def triangle(A):
    """R of A = QR by Householder's reflections: numpy has no factorisation of long doubles."""
    A = A.copy()
    rows, columns = A.shape
    for k in range(min(rows, columns)):
        reflector = A[k:, k].copy()
        norm = np.sqrt(reflector @ reflector)
        if norm == 0:
            continue
        reflector[0] += norm if reflector[0] >= 0 else -norm
        reflector /= np.sqrt(reflector @ reflector)
        A[k:, k:] -= 2 * np.outer(reflector, reflector @ A[k:, k:])
    return A[:columns]


def solve(Z, curvature, diagonal, right, damping=DAMPINGS[0]):
    """x of (Z' diag(curvature) Z + diag(diagonal)) x = right, without forming the product; the diagonal
    is raised by the share `damping`."""
    scale = np.sqrt(curvature @ Z**2 + diagonal)
    scale[scale == 0] = 1
    R = triangle(np.vstack([np.sqrt(curvature)[:, None] * Z / scale,
                            np.diag(np.sqrt(diagonal) / scale),
                            np.diag(np.full(len(right), np.sqrt(damping)))]))
    x = right / scale
    for k in range(len(x)):
        x[k] = (x[k] - R[:k, k] @ x[:k]) / R[k, k]
    for k in reversed(range(len(x))):
        x[k] = (x[k] - R[k, k + 1:] @ x[k + 1:]) / R[k, k]
    return x / scale


class InteriorPoint:
    """Every kink is the larger of two planes, max(a, b) <= t: |w_j| of w_j and -w_j, hinge of 0 and
    1 - y z; the t and the slacks of the planes and bounds are kept positive."""

    def __init__(self, scaled):
        self.scaled = scaled
        p = self.p = scaled.p
        self.kinks = np.flatnonzero(scaled.l1 > 0)
        self.low = np.flatnonzero(np.isfinite(scaled.lower))
        self.high = np.flatnonzero(np.isfinite(scaled.upper))
        self.hinge = scaled.loss == "hinge"
        x = np.zeros(scaled.Z.shape[1], LD)
        low, high = scaled.lower, scaled.upper
        x[:p] = np.where(low >= 0, np.minimum(low + 1, (low + high) / 2),
                         np.where(high <= 0, np.maximum(high - 1, (low + high) / 2), 0))
        self.x = x
        self.centre(LD("0.1") * scaled.value(x) / max(1, len(self.kinks) + len(self.low)))

    def centre(self, mu):
        """The t, xi and multipliers that belong to x on the central path of mu."""
        scaled, v = self.scaled, self.x[self.kinks]
        part = mu / scaled.l1[self.kinks]
        self.t = part + np.sqrt(part**2 + v**2)
        self.xi = np.zeros(0, LD)
        if self.hinge:  # 1 / xi + 1 / (xi + q) = c / mu
            q, part = scaled.y * (scaled.Z @ self.x) - 1, mu / scaled.c
            root = np.sqrt(part**2 + q**2 / 4)
            self.xi = part - q / 2 + root
            above = q > 0  # the same without cancellation
            self.xi[above] = (part * q / (root + q / 2 - part))[above]
        self.multipliers = [mu / slack for slack in self.slacks(self.x, self.t, self.xi)]

    def slacks(self, x, t, xi):
        v = x[self.kinks]
        margins = self.scaled.y * (self.scaled.Z @ x) if self.hinge else xi
        return [t - v, t + v, xi, xi + margins - 1 if self.hinge else xi,
                x[self.low] - self.scaled.lower[self.low],
                self.scaled.upper[self.high] - x[self.high]]

    def pulled(self, forces):
        """G' of a number for every constraint: (for x, for t, for xi)."""
        down, up, zero, plane, low, high = forces
        x = np.zeros(len(self.x), LD)
        x[self.kinks] += up - down
        x[self.low] += low
        x[self.high] -= high
        if self.hinge:
            x += self.scaled.Z.T @ (self.scaled.y * plane)
        return x, up + down, zero + plane

    def residual(self, gradient, multipliers, slacks, mu):
        x, t, xi = self.pulled(multipliers)
        dual = [gradient - x, self.scaled.l1[self.kinks] - t]
        if self.hinge:
            dual.append(self.scaled.c - xi)
        centre = [m * s - mu for m, s in zip(multipliers, slacks)]
        return np.sqrt(sum(part @ part for part in dual + centre))

    def direction(self, gradient, curvature, slacks, mu):
        scaled = self.scaled
        d = [m / part for m, part in zip(self.multipliers, slacks)]
        rx, rt, rxi = self.pulled([mu / part for part in slacks])
        rx, rt = rx - gradient, rt - scaled.l1[self.kinks]
        diagonal = np.zeros(len(self.x), LD)
        diagonal[:self.p] = scaled.l2
        diagonal[self.kinks] += 4 * d[0] * d[1] / (d[0] + d[1])
        diagonal[self.low] += d[4]
        diagonal[self.high] += d[5]
        slope = (d[1] - d[0]) / (d[0] + d[1])
        rx[self.kinks] -= slope * rt
        if self.hinge:
            rxi = rxi - scaled.c
            share = d[3] / (d[2] + d[3])
            curvature = curvature + d[2] * share
            rx = rx - scaled.Z.T @ (scaled.y * share * rxi)
        dx = solve(scaled.Z, curvature, diagonal, rx)
        dt = rt / (d[0] + d[1]) - slope * dx[self.kinks]
        dxi = (rxi / (d[2] + d[3]) - share * (scaled.y * (scaled.Z @ dx)) if self.hinge
               else np.zeros(0, LD))
        moved = [dt - dx[self.kinks], dt + dx[self.kinks], dxi,
                 dxi + scaled.y * (scaled.Z @ dx) if self.hinge else dxi, dx[self.low], -dx[self.high]]
        dm = [mu / part - m - q * move
              for part, m, q, move in zip(slacks, self.multipliers, d, moved)]
        return dx, dt, dxi, moved, dm

    def run(self, steps=150):
        """The best point met."""
        best, value = self.x, self.scaled.value(self.x)
        slacks = self.slacks(self.x, self.t, self.xi)
        count = sum(map(len, slacks))
        centring, stuck = LD("0.1"), 0
        for _ in range(steps):
            mean = sum(m @ s for m, s in zip(self.multipliers, slacks)) / count
            if mean * count <= LD("1e-18") * value or not np.isfinite(mean):
                break
            step = self.advance(slacks, centring * mean)
            if step < LD("1e-3"):
                stuck += 1
                if stuck > 6:
                    break
                self.centre(mean * (LD("0.3") if stuck % 2 else 10))
            slacks = self.slacks(self.x, self.t, self.xi)
            centring = LD("0.05") if step > 0.7 else LD("0.3")
            now = self.scaled.value(self.x)
            if now < value:
                best, value = self.x, now
        return best

    def advance(self, slacks, mu):
        """A step towards the central path's point of mu; returns its length, 0 where it would not go."""
        gradient, curvature = self.scaled.smooth(self.x)
        before = self.residual(gradient, self.multipliers, slacks, mu)
        dx, dt, dxi, moved, dm = self.direction(gradient, curvature, slacks, mu)
        if not np.isfinite(dx).all():
            return LD(0)
        step = LD(1)
        for part, move in zip(slacks + self.multipliers, moved + dm):
            if (move < 0).any():
                step = min(step, LD("0.99") * (-part[move < 0] / move[move < 0]).min())
        for _ in range(12):
            x, t, xi = self.x + step * dx, self.t + step * dt, self.xi + step * dxi
            multipliers = [m + step * move for m, move in zip(self.multipliers, dm)]
            there = self.slacks(x, t, xi)
            if all((part > 0).all() for part in there) and self.residual(
                    self.scaled.smooth(x)[0], multipliers, there, mu) <= (1 - step / 100) * before:
                self.x, self.t, self.xi, self.multipliers = x, t, xi, multipliers
                return step
            step /= 2
        return LD(0)


LENGTHS = [LD(2) ** k for k in (0, 1, 2, 3, 4, 6, 8, 10, -1, -2, -3, -4, -6, -8, -10, -13, -16, -20)]


def best_length(scaled, x, value, step, sign, lower, upper):
    """(F, x + length step) of the best length, within the bounds and also cut where signs change; or
    None where none lowers F."""
    found = None
    for length in LENGTHS:
        there = np.clip(x + length * step, lower, upper)
        crossing = there * sign < 0
        for point in (there, np.where(crossing, 0, there)) if crossing.any() else (there,):
            now = scaled.value(point)
            if now < value and (found is None or now < found[0]):
                found = now, point
        if found and length < 1:
            break
    return found


def descend(scaled, x, dampings, steps=80):
    """Newton steps on the coordinates that are free; more damped ones where those gain little."""
    value = scaled.value(x)
    lower, upper = scaled.bounds()
    l1, l2 = (np.append(part, 0) if scaled.intercept else part for part in (scaled.l1, scaled.l2))
    for _ in range(steps):
        gradient, curvature = scaled.smooth(x)
        sign = np.sign(x)
        sign[x == 0] = np.where(gradient < -l1, 1, np.where(gradient > l1, -1, 0))[x == 0]
        slope = gradient + l1 * sign
        free = (l1 == 0) | (sign != 0)
        free &= ~((x <= lower) & (slope >= 0)) & ~((x >= upper) & (slope <= 0))
        if not free.any():
            break
        best = value, x
        for damping in dampings:
            step = np.zeros_like(x)
            step[free] = solve(scaled.Z[:, free], curvature, l2[free], -slope[free], damping)
            found = best_length(scaled, x, value, step, sign * (l1 > 0), lower, upper)
            if found and found[0] < best[0]:
                best = found
            if best[0] < value * LD("0.99"):
                break
        small = best[0] > value * (1 - LD("1e-16"))
        value, x = best
        if small or value == 0:
            break
    return x


def minimise(problem, starts=()):
    """(F, w, b) of the best point found; `starts` are points (w, b) to go on from, moved into the bounds."""
    starts = [(np.clip(w, problem.lower, problem.upper), b) for w, b in starts]
    points = list(starts)
    scaled = Scaled(problem)
    rough = [scaled.point(w, b) for w, b in starts]
    rough.append(np.zeros(scaled.Z.shape[1], LD))
    with np.errstate(all="ignore"):
        interior = InteriorPoint(scaled)
        if sum(map(len, interior.multipliers)):
            rough.append(interior.run())
        for x in rough:
            points.append(scaled.user(x))
            if scaled.loss != "hinge":  # the least damping is best but for columns that are nearly others
                points += [scaled.user(descend(scaled, x, DAMPINGS[k:])) for k in (0, 2)]
        # The sum's own rounding is added: weights that cancel must not seem better than they are.
        values = [objective(problem, w, b) + rounding(problem, w, b, EPS) for w, b in points]
    values = [value if np.isfinite(value) else LD("inf") for value in values]
    k = int(np.argmin(values))
    return values[k], *points[k]
