"""Write a new event: a schema that lints, with examples; then edit it."""

import argparse
import json

from questlog_codegen.scaffold import KIND_HELP, scaffold
from questlog_codegen.tree import read_tree
from questlog_codegen.writer import render_json, write


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.add_argument("event", help="snake_case, e.g. level_complete")
    parser.add_argument(
        "fields",
        nargs="*",
        metavar="NAME:KIND",
        help=f"fields, `?` behind an optional one, e.g. level:integer name:text?; kinds: {KIND_HELP}",
    )
    parser.add_argument(
        "--owner", default="game-design", help="team that answers questions (default: %(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="print the files written for a script")


def run(options: argparse.Namespace) -> int:
    """Write the files; exit status 1 when the event is there already or would not lint."""
    tree = read_tree(options.root)
    files = scaffold(tree, options.event, options.fields or ["value:integer"], options.owner)
    written = write(options.root, {path: render_json(value) for path, value in files.items()}, ())
    if options.json:
        print(json.dumps(written))
    else:
        print("\n".join(written))
        print("Edit the descriptions, bounds and examples, then run `nox -s codegen`.")
    return 0
