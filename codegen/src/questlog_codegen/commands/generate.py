"""Generate everything from `schemas/`, or find out what would change."""

import argparse
import json
import sys
from pathlib import Path

from questlog_codegen.contracts import Catalog
from questlog_codegen.errors import ContractError
from questlog_codegen.findings import as_data, render
from questlog_codegen.generate import OWNED, generate
from questlog_codegen.loader import load_catalog
from questlog_codegen.releases.history import lost_releases
from questlog_codegen.report import as_data as report_data
from questlog_codegen.report import as_markdown, as_text, drafts_of, roll_out
from questlog_codegen.tree import schemas_folder
from questlog_codegen.watch import watch
from questlog_codegen.writer import REGENERATE, differences, write


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 with a diff on drift")
    parser.add_argument("--watch", action="store_true", help="run again whenever a file of schemas/ is saved")
    add_base(parser)
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--markdown", action="store_true", help="report for a pull request")
    output.add_argument("--json", action="store_true", help="report for a script")


def add_base(parser: argparse.ArgumentParser) -> None:
    """Describe the option that says against what git proves releases unchanged."""
    parser.add_argument(
        "--base", metavar="REF", help="branch this one is merged into (default: origin/main, then main)"
    )


def run(options: argparse.Namespace) -> int:
    """Generate or check, once or after every save."""
    schemas_folder(options.root)  # else git is asked first, which says less
    if options.watch:
        return watch(options.root, lambda: _once(options))
    try:
        return _once(options)
    except ContractError as error:
        if not options.json:
            raise
        print(json.dumps({"findings": as_data(error.findings, options.root)}, indent=2, ensure_ascii=False))
        return 1


def _once(options: argparse.Namespace) -> int:
    lost = lost_releases(options.root, base=options.base, unknown="error" if options.check else "warning")
    if any(finding.severity == "error" for finding in lost):
        raise ContractError(lost)
    catalog = load_catalog(options.root)
    for line in render([*lost, *catalog.warnings], options.root):
        print(line, file=sys.stderr)
    files = generate(catalog)
    return _check(options.root, files) if options.check else _generate(options, catalog, files)


def _generate(options: argparse.Namespace, catalog: Catalog, files: dict[str, str]) -> int:
    changed = write(options.root, files, OWNED)
    drafts = drafts_of(catalog, files)
    if options.json:
        findings = as_data(catalog.warnings, options.root)
        told = {"drafts": report_data(drafts), "roll_out": roll_out(drafts), "warnings": findings}
        print(json.dumps({"changed": changed, **told}, indent=2, ensure_ascii=False))
    elif options.markdown:
        print(as_markdown(drafts))
    else:
        print(f"{len(files)} files, {len(changed)} changed" + "".join(f"\n  {path}" for path in changed))
        print(as_text(drafts) or f"{len(catalog.contracts)} events, all released.")
    return 0


def _check(root: Path, files: dict[str, str]) -> int:
    diff = differences(root, files, OWNED)
    if not diff:
        print("Generated files are up to date.")
        return 0
    sys.stdout.write(diff)
    print(f"Generated files are stale or edited: run `{REGENERATE}` and commit the result.", file=sys.stderr)
    return 1
