"""Break the service in known ways, one at a time, and see that the tests notice: `nox -s seeded`."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.new_event.copies import copied
from tests.seeded.bug import Bug, StaleBugError
from tests.seeded.bugs import BUGS
from tests.seeded.hunt import NotRunError, Outcome, failure_without_bug, hunt
from tests.seeded.report import as_data, as_text, survivors

_COPIES = min(4, os.cpu_count() or 1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print who caught what; return 1 when a bug survives, or the tests fail without one."""
    options = _parser().parse_args(arguments)
    bugs = [bug for bug in BUGS if options.only.casefold() in f"{bug.name} {bug.file}".casefold()]
    if not bugs:
        print(f"there is no bug with {options.only!r} in its name or file", file=sys.stderr)
        return 2
    try:
        with TemporaryDirectory(prefix="questlog-seeded-") as folder:
            outcomes = _hunted(bugs, Path(folder), options.copies)
    except (StaleBugError, NotRunError) as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(as_data(outcomes), indent=2) if options.json else "\n".join(as_text(outcomes)))
    return int(bool(survivors(outcomes)))


def _hunted(bugs: Sequence[Bug], folder: Path, count: int) -> list[Outcome]:
    copies = [copied(folder / str(number)) for number in range(count)]
    # It would catch every bug.
    failed = failure_without_bug(copies[0], bugs, count)
    if failed is not None:
        raise NotRunError(f"{failed} fails without any bug")
    return hunt(bugs, copies, _tell)


def _tell(outcome: Outcome) -> None:
    fate = f"caught by {outcome.caught_by}" if outcome.caught_by else "SURVIVED"
    print(f"{outcome.seconds:5.1f} s  {outcome.bug.name}: {fate}", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nox -s seeded --", description=__doc__)
    parser.add_argument("--only", default="", metavar="TEXT", help="bugs with this in their name or file")
    parser.add_argument(
        "--copies", type=int, default=_COPIES, help="bugs at the same time (default: %(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="print the list for scripts")
    return parser


if __name__ == "__main__":
    sys.exit(main())
