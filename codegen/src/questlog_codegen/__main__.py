"""The command line: `python -m questlog_codegen generate|check`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from questlog_codegen.errors import CodegenError, ContractError
from questlog_codegen.generate import OWNED, generate
from questlog_codegen.loader import load_catalog
from questlog_codegen.writer import REGENERATE, differences, write


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status: 0 done, 1 drift or broken contracts, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    try:
        return (
            _check(options.root) if options.command == "check" or options.check else _generate(options.root)
        )
    except ContractError as error:
        for finding in error.findings:
            print(finding, file=sys.stderr)
        print(f"{len(error.findings)} finding(s); nothing was written.", file=sys.stderr)
        return 1
    except CodegenError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="questlog_codegen", description="From schemas/ to everything generated."
    )
    parser.add_argument("command", nargs="?", choices=("generate", "check"), default="generate")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 with a diff on drift")
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="the repository (default: here)")
    return parser


def _generate(root: Path) -> int:
    catalog = load_catalog(root)
    files = generate(catalog)
    changed = write(root, files, OWNED)
    for version in catalog.versions:
        print(f"{version.key:<24} {version.status}")
    print(f"{len(files)} files, {len(changed)} changed" + "".join(f"\n  {path}" for path in changed))
    return 0


def _check(root: Path) -> int:
    diff = differences(root, generate(load_catalog(root)), OWNED)
    if not diff:
        print("Generated files are up to date.")
        return 0
    sys.stdout.write(diff)
    print(f"Generated files are stale or edited: run `{REGENERATE}` and commit the result.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
