"""How a script begins that races the engine against its peers on files of a folder."""
import argparse
import os

from . import machine, peers


def begin(description, cases, limit):
    """The arguments, after the lines that say on what machine and with which versions they run;
    `arguments.versions` has the peers that are here."""
    parser = argparse.ArgumentParser(description=description,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--program", required=True)
    parser.add_argument("--cases", default="", help=f"only {cases} with this text in their name")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", type=float, default=limit, help="seconds a peer may take")
    arguments = parser.parse_args()
    arguments.program = os.path.abspath(arguments.program)
    arguments.versions, missing = peers.versions()
    print("\n".join(machine.header(arguments.program)))
    print("# " + ", ".join(f"{name} {version}" for name, version in arguments.versions.items()))
    for sentence in missing:
        print(f"# {sentence}")
    return arguments
