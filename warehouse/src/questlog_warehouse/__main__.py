"""The command line: `python -m questlog_warehouse`.

Exit status: 0, 1 for a failure, 2 for wrong usage, 130 for Ctrl-C.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version

from questlog_warehouse.commands import CommandError

_COMMANDS = {
    "query": "ask the warehouse of the last demo, or an account's",
    "fx": "load exchange rates",
    "erase": "delete a player everywhere",
    "ledger": "tell how the local stand-in executes each statement",
}
_FAILURE, _INTERRUPTED = 1, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status."""
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
        return int(options.run(options))
    except CommandError as error:
        print(f"python -m questlog_warehouse {options.command}: error: {error}", file=sys.stderr)
        return _FAILURE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m questlog_warehouse", description="Questlog's warehouse in Snowflake."
    )
    parser.add_argument("--version", action="version", version=version("questlog-warehouse"))
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in _COMMANDS.items():
        # Not before: Ctrl-C while modules load is quiet.
        command = import_module(f"questlog_warehouse.commands.{name}")
        described = commands.add_parser(name, help=text, description=command.__doc__)
        command.add_arguments(described)
        described.set_defaults(run=command.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
