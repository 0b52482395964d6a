"""The command line: `python -m questlog_codegen [command]`; without a command it generates."""

import argparse
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from questlog_codegen.commands import check, diff, generate, lint, new, release, sample
from questlog_codegen.errors import CodegenError
from questlog_codegen.findings import report
from questlog_codegen.watch import INTERRUPTED

COMMANDS = {
    "generate": generate,
    "check": check,
    "lint": lint,
    "diff": diff,
    "new": new,
    "sample": sample,
    "release": release,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status: 0 done, 1 drift or broken contracts, 2 wrong usage."""
    options = _parser().parse_args(_with_command(list(sys.argv[1:] if arguments is None else arguments)))
    try:
        return int(COMMANDS[options.command].run(options))
    except CodegenError as error:
        report(error, options.root)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has seen enough. https://docs.python.org/3/library/signal.html#note-on-sigpipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _with_command(arguments: list[str]) -> list[str]:
    """Put `generate` first where the arguments begin with an option, or there are none."""
    asks = {"-h", "--help"} & set(arguments)
    begins_with_option = not arguments or arguments[0].startswith("-")
    return ["generate", *arguments] if begins_with_option and not asks else arguments


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="questlog_codegen", description="From schemas/ to everything generated."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, module in COMMANDS.items():
        text = str(module.__doc__)
        command = commands.add_parser(name, help=re.split("[;:.]", text, maxsplit=1)[0], description=text)
        command.add_argument(
            "--root", type=Path, default=Path.cwd(), help="the repository (default: the current folder)"
        )
        module.add_arguments(command)
    return parser


if __name__ == "__main__":
    sys.exit(main())
