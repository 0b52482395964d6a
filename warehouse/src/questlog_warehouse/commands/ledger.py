"""Deploy into a fresh stand-in and tell, for each kind of statement, how it was executed.

native: as it is; rewritten: after a rewrite; body: what it holds runs when its time comes; registered: only
checked, against what exists.
"""

import argparse
import json

from questlog_warehouse.commands.target import require


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--all", action="store_true", help="print every statement, not every kind of them")


def run(options: argparse.Namespace) -> int:
    """Print the ledger; return 0."""
    require("fakesnow", extra="local")
    from questlog_warehouse.local import LocalWarehouse  # noqa: PLC0415 - only with the extra `local`
    from questlog_warehouse.local.ledger import kinds  # noqa: PLC0415 - as above

    with LocalWarehouse() as warehouse:
        warehouse.deploy()
        ledger = warehouse.ledger
    if options.all:
        for entry in ledger:
            print(f"{entry.how:10}  {' '.join(entry.statement.split())}")
    elif options.json:
        print(json.dumps([row._asdict() for row in kinds(ledger)], indent=2))
    else:
        for row in kinds(ledger):
            print(f"{row.how:10}  {row.statements:>5}  {row.kind}")
    return 0
