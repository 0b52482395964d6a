"""The benchmarks: `nox -s bench -- codegen`. They print numbers; they never fail for being slow."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile

from tests.bench import codegen, ingest, sdk, warehouse

WITH_OPTIONS: Mapping[str, Callable[[Sequence[str]], None]] = {
    "ingest": ingest.run,
    "sdk": sdk.run,
    "warehouse": warehouse.run,
}
"""Those that take options of their own, behind their name; `ingest --help` tells them."""

BENCHES: Mapping[str, Callable[[], object]] = {
    "codegen": codegen.run,
    "ingest": ingest.run,
    "sdk": sdk.run,
    "warehouse": warehouse.run,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark that was named, with its options, or those that were named, or all."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    names = list(takewhile(lambda word: not word.startswith("-"), words))
    options = words[len(names) :]
    if len(names) == 1 and names[0] in WITH_OPTIONS:
        WITH_OPTIONS[names[0]](options)
        return 0
    for name in _known(names, options) or BENCHES:
        BENCHES[name]()
    return 0


def _known(names: Sequence[str], options: Sequence[str]) -> list[str]:
    """Return `names`; ends the process when there is no such bench, or it takes no options."""
    parser = argparse.ArgumentParser(prog="nox -s bench --", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"which: {', '.join(BENCHES)} (default: all)"
    )
    wanted: list[str] = parser.parse_args([*names, *options]).names
    unknown = sorted(set(wanted) - set(BENCHES))
    if unknown:
        parser.error(f"there is no {', '.join(unknown)}; there are: {', '.join(BENCHES)}")
    return wanted


if __name__ == "__main__":
    sys.exit(main())
