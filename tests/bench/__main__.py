"""The benchmarks: `nox -s bench -- codegen`. They print numbers; they never fail for being slow."""

import argparse
import sys

from tests.bench import codegen

BENCHES = {"codegen": codegen.run}


def main() -> int:
    """Run the benchmark that was named, or all."""
    parser = argparse.ArgumentParser(prog="nox -s bench --", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"which: {', '.join(BENCHES)} (default: all)"
    )
    names = parser.parse_args().names or list(BENCHES)
    unknown = sorted(set(names) - set(BENCHES))
    if unknown:
        parser.error(f"there is no {', '.join(unknown)}; there are: {', '.join(BENCHES)}")
    for name in names:
        BENCHES[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
