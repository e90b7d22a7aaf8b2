"""The engine and the programs it is compared with: functions from a tolerance to (seconds, weights).

The seconds are of training, with the data in memory in the form each likes best. `sounder train`
reports them; scikit-learn's are of `fit`; LIBLINEAR's of `train` in the library that liblinear-train
is made of; glmnet's of the call in R. Every fit has a process of its own, see `within`.
"""
import ctypes
import ctypes.util
import importlib.util
import json
import multiprocessing
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import warnings

import numpy as np

from . import machine

GLMNET = pathlib.Path(__file__).with_name("glmnet.R")


class Failed(Exception):
    """A run that ended without an answer."""


def within(limit, work):
    """What work() returns in a process of its own, or None after the limit, when all of it is ended."""
    ours, theirs = multiprocessing.Pipe(False)

    def child():
        os.setsid()  # what it starts dies with it
        warnings.simplefilter("ignore")
        try:
            theirs.send((work(), None))
        except Exception as error:  # whatever a peer raises is told in one sentence
            theirs.send((None, f"{type(error).__name__}: {error}"))
    process = multiprocessing.Process(target=child)
    process.start()
    theirs.close()
    try:
        result, error = ours.recv() if ours.poll(limit) else (None, None)
    except EOFError:
        error = "the process died"
    finally:
        end(process)
    if error:
        raise Failed(error)
    return result


def end(process):
    """Ends a child of `within` and what it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        process.kill()
    process.join()


def read_model(path, columns):
    """The weights for the first label of a model in LIBLINEAR's format, and that label."""
    with open(path, encoding="utf-8") as file:
        head, body = file.read().split("\nw\n")
    values = np.array(body.split(), dtype=float)
    w = np.zeros(columns)
    w[:len(values)] = values
    labels = head.partition("\nlabel ")[2].split()
    return w, float(labels[0]) if labels else None


class Sounder:
    """`sounder train`; evaluation of the gap, which stops it, is part of its time."""
    grace = 10.0

    def __init__(self, program, problem, data, threads, solver="auto", limit=None):
        self.data, self.columns = data, data.matrix.shape[1]
        self.command = [os.path.abspath(program), "train", data.path] + ["--solver", solver,
                        "--threads", str(threads), "--max-epochs", "1000000", "--quiet"]
        self.command += problem.options()
        if data.positive is not None:
            self.command += ["--positive", data.positive]
        if limit is not None:
            self.command += ["--time-limit", str(limit)]

    def run(self, tolerance):
        """(the summary, the weights)."""
        with tempfile.TemporaryDirectory() as folder:
            model, summary = os.path.join(folder, "model"), os.path.join(folder, "run.json")
            done = subprocess.run(
                self.command[:3] + [model] + self.command[3:] +
                ["--tol", repr(tolerance), "--json", summary],
                stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
            if done.returncode not in (0, 1):
                raise Failed(done.stderr.strip() or f"exit code {done.returncode}")
            with open(summary, encoding="utf-8") as file:
                run = json.load(file)
            return run, self.oriented(run, *read_model(model, self.columns))

    def oriented(self, run, w, first):
        """The weights for the targets' +1."""
        if run["loss"] == "squared" or self.data.positive is not None:
            return w
        return w if first == run["positive_label"] else -w

    def __call__(self, tolerance):
        run, w = self.run(tolerance)
        return run["train_seconds"] + run["evaluation_seconds"], w


class LiblinearProblem(ctypes.Structure):
    _fields_ = [("rows", ctypes.c_int), ("columns", ctypes.c_int), ("targets", ctypes.c_void_p),
                ("features", ctypes.c_void_p), ("bias", ctypes.c_double)]


class LiblinearParameter(ctypes.Structure):
    """Up to p the same in every version; what follows is zero, or, for newer ones, not used."""
    _fields_ = [("solver", ctypes.c_int), ("eps", ctypes.c_double), ("C", ctypes.c_double),
                ("nr_weight", ctypes.c_int), ("weight_label", ctypes.c_void_p),
                ("weight", ctypes.c_void_p), ("p", ctypes.c_double), ("later", ctypes.c_double * 8)]


class Liblinear:
    """LIBLINEAR's library, which `liblinear-train` calls, on rows in memory."""
    grace = 1.0

    def __init__(self, data, solver, c):
        X = data.matrix
        ends = X.indptr.astype(np.int64)
        rows, n = np.arange(X.shape[0]), X.shape[0]
        nodes = np.zeros(X.nnz + n, np.dtype([("index", "i4"), ("value", "f8")], align=True))
        places = np.arange(X.nnz) + np.repeat(rows, np.diff(ends))
        nodes["index"][places], nodes["value"][places] = X.indices + 1, X.data
        nodes["index"][ends[1:] + rows] = -1  # ends a row
        starts = (nodes.ctypes.data + nodes.itemsize * (ends[:-1] + rows)).astype(np.uintp)
        targets = np.ascontiguousarray(data.targets, float)
        self.alive = nodes, starts, targets
        self.problem = LiblinearProblem(n, X.shape[1], targets.ctypes.data, starts.ctypes.data, -1)
        self.solver, self.c = solver, c

    @staticmethod
    def load_library():
        name = ctypes.util.find_library("linear")
        return ctypes.CDLL(name) if name else None

    def __call__(self, tolerance):
        library = self.load_library()
        library.train.restype = ctypes.c_void_p
        library.get_decfun_coef.restype = ctypes.c_double
        silent = ctypes.CFUNCTYPE(None, ctypes.c_char_p)(lambda text: None)
        library.set_print_string_function(silent)
        parameter = LiblinearParameter(solver=self.solver, eps=tolerance, C=self.c, p=0.1)
        start = time.perf_counter()
        model = library.train(ctypes.byref(self.problem), ctypes.byref(parameter))
        seconds = time.perf_counter() - start
        model = ctypes.c_void_p(model)
        w = [library.get_decfun_coef(model, j + 1, 0) for j in range(self.problem.columns)]
        first = (ctypes.c_int * 2)()
        library.get_labels(model, first)
        return seconds, np.array(w) * (1 if first[0] > 0 else -1)


class ScikitLearn:
    """A fit of one of scikit-learn's models, which gets what else it needs from `make`."""
    grace = 1.0

    def __init__(self, make, X, y):
        self.make, self.X, self.y = make, X, y
        with warnings.catch_warnings():  # what is imported late is imported now
            warnings.simplefilter("ignore")
            make(tol=1.0, fit_intercept=False).fit(type(X)(np.eye(4)), np.array([1, -1, 1, -1]))

    def __call__(self, tolerance):
        model = self.make(tol=tolerance, fit_intercept=False)
        start = time.perf_counter()
        model.fit(self.X, self.y)
        return time.perf_counter() - start, np.ravel(model.coef_)


class Glmnet:
    """glmnet of R, a process a fit; by way of `steps` values of lambda, whose coefficients are all
    kept if it is the whole path that is wanted."""
    grace = 8.0  # R starts, and reads the matrix

    def __init__(self, problem, data, folder, steps, whole=False):
        X, y = data.matrix, data.targets
        self.folder, self.steps, self.kept = folder, steps, "all" if whole else "last"
        self.family = "gaussian" if problem.loss == "squared" else "binomial"
        self.alpha = "1" if problem.penalty == "l1" else "0"
        self.strength = problem.strength(X, y)
        triplets = X.tocoo()
        for name, values, kind in (("shape", X.shape, "i4"), ("rows", triplets.row, "i4"),
                                   ("columns", triplets.col, "i4"),
                                   ("values", triplets.data, "f8"), ("targets", y, "f8")):
            np.asarray(values, kind).tofile(os.path.join(folder, name))

    def __call__(self, tolerance):
        done = subprocess.run(
            ["Rscript", GLMNET, self.folder, self.family, self.alpha, repr(float(self.strength)),
             repr(tolerance), str(self.steps), self.kept],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            check=False)
        if done.returncode != 0:
            raise Failed(done.stderr.strip().splitlines()[-1])
        return (float(np.fromfile(os.path.join(self.folder, "seconds"))[0]),
                np.fromfile(os.path.join(self.folder, "coefficients")))


def versions():
    """The peers that are here, with their versions, and a sentence for each that is not."""
    found, missing = {}, []
    library = Liblinear.load_library()
    if library:
        number = ctypes.c_int.in_dll(library, "liblinear_version").value
        found["LIBLINEAR"] = f"{number // 100}.{number % 100}"
    else:
        missing.append("LIBLINEAR is left out: apt-get install liblinear-tools")
    if importlib.util.find_spec("sklearn"):
        import sklearn
        found["scikit-learn"] = sklearn.__version__
    else:
        missing.append("scikit-learn is left out: apt-get install python3-sklearn")
    glmnet = shutil.which("Rscript") and machine.output_of(
        ["Rscript", "-e", "cat(as.character(packageVersion('glmnet')))"])
    if glmnet:
        found["glmnet"] = glmnet
    else:
        missing.append("glmnet is left out: apt-get install r-cran-glmnet")
    return found, missing


def liblinear_peers(problem, data):
    solvers = {("logistic", "l2"): 0, ("logistic", "l1"): 6, ("squared-hinge", "l2"): 2}
    solver = solvers.get((problem.loss, problem.penalty))
    return {} if solver is None else {
        f"LIBLINEAR s {solver}": (Liblinear(data, solver, problem.C), 1.0)}


def sklearn_peers(problem, data):
    from sklearn.linear_model import Lasso, LogisticRegression
    from sklearn.svm import LinearSVC
    X, y = data.matrix, data.targets
    if problem.loss == "squared":
        alpha = problem.strength(X, y)
        return {"sklearn Lasso": (ScikitLearn(
            lambda **given: Lasso(alpha=alpha, max_iter=10**6, **given), X.tocsc(), y), 1e-1)}
    if problem.loss == "squared-hinge":
        return {f"sklearn LinearSVC, {name}": (ScikitLearn(
            lambda dual=dual, **given: LinearSVC(C=problem.C, dual=dual, max_iter=10**6,
                                                 random_state=1, **given), X, y), 1.0)
                for name, dual in (("primal", False), ("dual", True))}
    first = {"liblinear": 1.0, "saga": 1.0}
    if problem.penalty == "l2":
        first |= {"lbfgs": 1e3, "newton-cg": 1e3}  # bounds on the gradient of a sum
    return {f"sklearn {solver}": (ScikitLearn(
        lambda solver=solver, **given: LogisticRegression(
            penalty=problem.penalty, C=problem.C, solver=solver, max_iter=10**5,
            random_state=1, **given), X, y),
        tolerance) for solver, tolerance in first.items()}


def glmnet_peers(problem, data, scratch):
    if problem.loss == "squared-hinge":
        return {}
    ways = {"glmnet": 1} | ({"glmnet by path": 20} if problem.penalty == "l1" else {})
    return {name: (Glmnet(problem, data, scratch, steps), 1e-3) for name, steps in ways.items()}


def peers_of(problem, data, scratch, wanted):
    """Name: (peer, the loosest tolerance to try), of the programs that are wanted."""
    found = {}
    if "LIBLINEAR" in wanted:
        found |= liblinear_peers(problem, data)
    if "scikit-learn" in wanted:
        found |= sklearn_peers(problem, data)
    if "glmnet" in wanted:
        found |= glmnet_peers(problem, data, scratch)
    return found
