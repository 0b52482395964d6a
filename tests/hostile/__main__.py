"""Attack the service with hostile requests: `nox -s hostile`."""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.hostile.attack import Outcome, attack, request
from tests.hostile.service import attacked_service

_SHOWN = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Attack, print what came of it, and return 1 when anything is wrong."""
    options = _parser().parse_args(arguments)
    if options.show is not None:
        sys.stdout.buffer.write(request(options.seed, options.show).content)
        return 0
    numbers = range(options.requests) if options.only is None else [options.only]
    with TemporaryDirectory(prefix="questlog-hostile-") as folder, attacked_service(Path(folder)) as service:
        outcome = attack(service, options.seed, numbers, lambda text: print(text, file=sys.stderr))
    print(report(outcome, options.seed))
    return int(bool(outcome.findings))


def report(outcome: Outcome, seed: int) -> str:
    """Return what a person reads of an attack."""
    rate = outcome.sent / max(outcome.seconds, 0.001)
    lines = [
        f"{outcome.sent} hostile requests (seed {seed}) in {outcome.seconds:.0f} s ({rate:.0f}/s)",
        *_table(outcome.audit.statuses),
        f"{outcome.audit.events} lines in the streams; {outcome.peak_bytes >> 20} MiB of memory at most",
        f"{len(outcome.findings)} findings",
    ]
    lines += [f"  {found.number} ({found.kind}): {found.text}" for found in outcome.findings[:_SHOWN]]
    if outcome.findings:
        lines.append(
            f"look at one with: python -m tests.hostile --seed {seed} --show NUMBER (or --only NUMBER)"
        )
    return "\n".join(lines)


def _table(statuses: Counter[tuple[str, int]]) -> list[str]:
    columns = sorted({status for _, status in statuses})
    kinds = sorted({kind for kind, _ in statuses})
    head = f"{'answers':15}" + "".join(f"{status or 'none':>8}" for status in columns)
    rows = (
        f"{kind:15}" + "".join(f"{statuses[kind, status] or '':>8}" for status in columns) for kind in kinds
    )
    sums = (sum(statuses[kind, status] for kind in kinds) for status in columns)
    return [head, *rows, f"{'all':15}" + "".join(f"{total:>8}" for total in sums)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000, help="how many (default: %(default)s)")
    parser.add_argument(
        "--seed", type=int, default=1, help="another seed, other requests (default: %(default)s)"
    )
    parser.add_argument("--only", type=int, metavar="NUMBER", help="send only this one of them")
    parser.add_argument(
        "--show", type=int, metavar="NUMBER", help="send nothing; print the bytes of this one"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
