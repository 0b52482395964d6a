"""The command line: `python -m questlog_api`.

Exit status: 0, 1 for a failure, 2 for wrong usage or settings.
"""

import argparse
import sys
from collections.abc import Sequence

from questlog_api.commands import key, replay, serve, settings

_COMMANDS = {
    "serve": (serve, "run the service"),
    "key": (key, "make a write key"),
    "settings": (settings, "list the settings, or check them"),
    "replay": (replay, "send refused events again after a fix, or a spool"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m questlog_api", description="The Questlog ingest service."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (command, text) in _COMMANDS.items():
        described = commands.add_parser(name, help=text)
        command.add_arguments(described)
        described.set_defaults(run=command.run)
    options = parser.parse_args(arguments)
    status: int = options.run(options)
    return status


if __name__ == "__main__":
    sys.exit(main())
