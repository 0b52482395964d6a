"""The command line: `python -m questlog_api`.

Exit status: 0, 1 for a failure, 2 for wrong usage or settings, 130 for Ctrl-C.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version

_COMMANDS = {
    "serve": "run the service",
    "key": "make a write key",
    "settings": "list the settings, or check them",
    "replay": "send refused events again after a fix, or a spool",
}
_FAILURE, _INTERRUPTED = 1, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status."""
    try:
        options = _parser().parse_args(arguments)
        status: int = options.run(options)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # Who reads has enough, as `head` has. Python flushes once more in the end:
        # https://docs.python.org/3/library/signal.html#note-on-sigpipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _FAILURE
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m questlog_api", description="The Questlog ingest service."
    )
    parser.add_argument("--version", action="version", version=version("questlog-api"))
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in _COMMANDS.items():
        # Not before: it takes a second, in which Ctrl-C may come.
        command = import_module(f"questlog_api.commands.{name}")
        described = commands.add_parser(name, help=text)
        command.add_arguments(described)
        described.set_defaults(run=command.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
