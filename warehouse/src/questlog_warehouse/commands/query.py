"""Ask a warehouse, by default the one the last `nox -s demo` left here, and print the rows."""

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from typing import Any

from questlog_warehouse.commands import CommandError
from questlog_warehouse.commands.target import add_target, opened

Rows = Sequence[dict[str, Any]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.add_argument("sql", metavar="SELECT", help="one statement, or - for standard input")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print a JSON array of objects, numbers exact")
    form.add_argument("--csv", action="store_true", help="print CSV with a line of names")
    add_target(parser)


def run(options: argparse.Namespace) -> int:
    """Print what the query returns; return 0."""
    sql = sys.stdin.read() if options.sql == "-" else options.sql
    with opened(options) as warehouse:
        rows = warehouse.query(_one(sql))
    _printer(options)(rows)
    return 0


def _one(text: str) -> str:
    """Return the statement; of several a database would show the rows of the last one alone."""
    from questlog_warehouse.splitting import split  # noqa: PLC0415 - what it needs, `opened` has found

    statements = list(split(text))
    if len(statements) != 1:
        raise CommandError(f"give one statement, these are {len(statements)}: run the command for each")
    return statements[0]


def _printer(options: argparse.Namespace) -> Any:
    if options.json:
        return _print_json
    return _print_csv if options.csv else _print_table


def _print_json(rows: Rows) -> None:
    # Numbers with decimals as text: a JSON reader would take them for doubles.
    print(json.dumps(rows, indent=2, default=str, ensure_ascii=False))


def _print_csv(rows: Rows) -> None:
    if rows:
        writer = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _print_table(rows: Rows) -> None:
    """Print columns as wide as what is in them, numbers to the right."""
    names = list(rows[0]) if rows else []
    cells = [[_shown(row[name]) for name in names] for row in rows]
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    right = [all(isinstance(row[name], int | float) or row[name] is None for row in rows) for name in names]
    for line in [names, ["-" * width for width in widths], *cells] if rows else []:
        print("  ".join(map(_aligned, line, widths, right)).rstrip())
    print(f"({len(rows)} {'row' if len(rows) == 1 else 'rows'})")


def _shown(value: Any) -> str:
    """One line of text, whatever the value holds: a line break would tear the table."""
    return "" if value is None else " ".join(str(value).split())


def _aligned(text: str, width: int, right: bool) -> str:  # noqa: FBT001 - mapped over three columns
    return text.rjust(width) if right else text.ljust(width)
