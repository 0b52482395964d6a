"""The laws at length: `python -m tests.warehouse.laws [agreement | money] [options]`; both without a name."""

import sys
from collections.abc import Callable, Sequence

from tests.warehouse.laws import agreement, money

LAWS: dict[str, Callable[[Sequence[str]], int]] = {"agreement": agreement.main, "money": money.main}


def main(arguments: Sequence[str]) -> int:
    """Try a law with its options, or each; return the worst exit status."""
    if not arguments:
        return max(law([]) for law in LAWS.values())
    name, *options = arguments
    if name not in LAWS:
        print(f"no law is called that: write one of {', '.join(LAWS)}", file=sys.stderr)
        return 2
    return LAWS[name](options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
