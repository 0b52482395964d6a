"""Kill the service under load and balance the books: `nox -s chaos`.

`python -m tests.chaos.overload` overloads it instead.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.chaos.kill import run
from tests.chaos.result import Plan, report


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill, print what came of it, and return 1 when anything was lost or the plan was not carried out."""
    options = vars(_parser().parse_args(arguments))
    folder = options.pop("keep")
    with TemporaryDirectory(prefix="questlog-chaos-") as temporary:
        result = run(Plan(**options), folder or Path(temporary, "run"), _tell)
    print(report(result))
    return int(not result.is_good)


def _tell(text: str) -> None:
    print(text, file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    plan = Plan()
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    for name, text in (
        ("kills", "ends by SIGKILL"),
        ("stops", "ends by SIGTERM"),
        ("acknowledged", "events"),
        ("seed", "another seed, other moments and faults"),
        ("warehouse", "events that go through the warehouse's MERGE"),
    ):
        help_ = f"{text} (default: %(default)s)"
        parser.add_argument(f"--{name}", type=int, default=getattr(plan, name), help=help_)
    parser.add_argument(
        "--outage",
        dest="outage_seconds",
        type=float,
        default=plan.outage_seconds,
        help="seconds of the long one",
    )
    parser.add_argument("--no-spool", dest="spool", action="store_false", help="503 during outages instead")
    parser.add_argument(
        "--keep", type=Path, help="a new folder for streams, spool and log (default: removed)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
