"""Find out whether generated files are up to date; exit 1 with a diff when not. As `generate --check`."""

import argparse

from questlog_codegen.commands import generate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    generate.add_base(parser)
    parser.set_defaults(check=True, watch=False, markdown=False, json=False)


def run(options: argparse.Namespace) -> int:
    """Compare what is on disk with what would be generated."""
    return generate.run(options)
