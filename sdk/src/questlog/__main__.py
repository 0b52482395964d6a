"""The command line: `python -m questlog`.

Exit status: 0, 1 when something is wrong or was not delivered, 2 for wrong usage, 130 for Ctrl-C.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from io import TextIOWrapper

from questlog._commands import UsageError

_COMMANDS = {
    "doctor": "find out why events do not arrive",
    "send": "send events from a file",
}
_FAILURE, _USAGE, _INTERRUPTED = 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal need not know what a URL may hold
    try:
        options = _parser().parse_args(arguments)
        status = _run(options)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # Who reads has enough, as `head` has. Python flushes once more in the end:
        # https://docs.python.org/3/library/signal.html#note-on-sigpipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _FAILURE
    return status


def _run(options: argparse.Namespace) -> int:
    try:
        return int(options.run(options, sys.stdout))
    except UsageError as error:
        print(f"python -m questlog {options.command}: error: {error}", file=sys.stderr)
        return _USAGE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m questlog", description="Tools for games that send events."
    )
    parser.add_argument("--version", action="version", version=version("questlog"))
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in _COMMANDS.items():
        # Not before: Ctrl-C while modules load is quiet.
        command = import_module(f"questlog._commands.{name}")
        described = commands.add_parser(name, help=text, formatter_class=argparse.RawDescriptionHelpFormatter)
        command.add_arguments(described)
        described.set_defaults(run=command.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
