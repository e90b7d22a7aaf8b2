"""Which machine, Python, compiler and commit a figure comes from. Needs the standard library only."""
import importlib.util
import os
import pathlib
import platform
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SYSTEM_PYTHON = "/usr/bin/python3"
PACKAGES = {"numpy": "python3-numpy", "scipy": "python3-scipy", "sklearn": "python3-sklearn"}


def output_of(command):
    """What the command prints, stripped; empty where it fails or is not there."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True,
                              stdin=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def find_python(*modules):
    """A Python that has the modules: this one, or the system's; None if neither has them."""
    if all(importlib.util.find_spec(name) for name in modules):
        return sys.executable
    found = output_of([SYSTEM_PYTHON, "-c", f"import {', '.join(modules)}; print('yes')"])
    return SYSTEM_PYTHON if found == "yes" else None


def run_with(*modules):
    """Goes on under a Python that has the modules: starts the script again where this one lacks them."""
    python = find_python(*modules)
    if python is None:
        names = " ".join(PACKAGES[name] for name in modules)
        sys.exit(f"{os.path.basename(sys.argv[0])}: neither {sys.executable} nor {SYSTEM_PYTHON} "
                 f"can import {', '.join(modules)}: apt-get install {names}")
    if python != sys.executable:
        os.execv(python, [python] + sys.argv)


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def cores():
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0))


def compiler_of(program):
    """The compiler that a program says it was made by."""
    found = re.search(rb"GCC: \([^)\0]*\) [0-9.]+|[A-Za-z ]*clang version [^\0]+",
                      pathlib.Path(program).read_bytes())
    return found.group().decode().replace("GCC: (", "g++ (") if found else "an unknown compiler"


def commit():
    """The checkout's commit, `-dirty` where files differ from it; empty outside a repository."""
    return output_of(["git", "-C", str(ROOT), "describe", "--always", "--dirty"])


def command():
    """The command line, with $SOUNDER_DATA where that is what a file's folder is called."""
    folder = os.environ.get("SOUNDER_DATA", "").rstrip("/")
    words = [os.path.join("bench", os.path.basename(sys.argv[0]))] + sys.argv[1:]
    words = [shlex.quote(word) for word in words]
    if folder:
        words = [re.sub(f"^{re.escape(folder)}(?=/|$)", "$SOUNDER_DATA", word) for word in words]
    return " ".join(words)


def load():
    """How many processes wanted a core in the last minute: timings on a busy machine are that."""
    return f"load average {os.getloadavg()[0]:.1f}"


def header(program):
    """The lines that a result starts with."""
    version = output_of([program, "--version"])
    at = commit()
    return [f"# {processor()}, {cores()} cores; {version}" + (f" at commit {at}" if at else "") +
            f", compiled by {compiler_of(program)}; {load()} at the start", f"# {command()}"]
