"""Freeze the drafts: their hashes, and those of new migrations, go into `released.json` for good."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from questlog_codegen.errors import CodegenError, ContractError
from questlog_codegen.findings import render
from questlog_codegen.generate import OWNED, generate
from questlog_codegen.loader import load_catalog
from questlog_codegen.releases import migrations
from questlog_codegen.releases.history import lost_releases
from questlog_codegen.releases.ledger import PATH, Released, digest_of, parsed, read_released
from questlog_codegen.report import Draft, as_text, drafts_of
from questlog_codegen.writer import render_json, write


@dataclass(frozen=True)
class _Pending:
    """What a release would add to `released.json`."""

    drafts: list[Draft]
    contracts: Mapping[str, str]
    migrations: Mapping[str, str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.add_argument("events", nargs="*", metavar="EVENT", help="only drafts of these (default: all)")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--json", action="store_true", help="print what was frozen for a script; needs --yes")


def run(options: argparse.Namespace) -> int:
    """Show what will be frozen, ask, and freeze it; exit status 1 when it was not wanted."""
    if options.json and not options.yes:
        raise CodegenError("--json asks nothing, so it needs --yes as well")
    pending = _pending(options.root, options.events)
    frozen = {"contracts": dict(pending.contracts), "migrations": dict(pending.migrations)}
    if not any(frozen.values()):
        print(
            json.dumps(frozen)
            if options.json
            else "Nothing to release: there is no draft and no new migration."
        )
        return 0
    if not options.json:
        _show(pending)
    if not (options.yes or _agreed()):
        print("Nothing was released.", file=sys.stderr)
        return 1
    _freeze(options.root, pending)
    print(
        json.dumps(frozen, indent=2) if options.json else f"Released. Commit {PATH} with what was generated."
    )
    return 0


def _pending(root: Path, events: Sequence[str]) -> _Pending:
    """Bring generated files up to date, so that what is frozen is what the contracts say."""
    lost = lost_releases(root, unknown="error")
    if lost:
        raise ContractError(lost)
    catalog, released = load_catalog(root), read_released(root)
    for line in render(catalog.warnings, root):  # bounds that nobody looked at would be frozen as well
        print(line, file=sys.stderr)
    files = generate(catalog)
    write(root, files, OWNED)
    every = drafts_of(catalog, files)
    drafts = _wanted(every, events)
    digests = {version.key: version.digest for version in catalog.versions}
    contracts = {f"{draft.event}/{draft.new}": digests[f"{draft.event}/{draft.new}"] for draft in drafts}
    others = {name for draft in every if draft not in drafts for name in draft.migrations}
    scripts = {name: text for name, text in migrations.on_disk(root).items() if name not in others}
    new = {name: digest_of(text) for name, text in scripts.items() if name not in released.migrations}
    return _Pending(drafts, contracts, new)


def _wanted(drafts: list[Draft], events: Sequence[str]) -> list[Draft]:
    names = [draft.event for draft in drafts]
    if unknown := sorted(set(events) - set(names)):
        raise CodegenError(
            f"no draft of {', '.join(unknown)}; there are drafts of: {', '.join(names) or 'nothing'}"
        )
    return [draft for draft in drafts if not events or draft.event in events]


def _show(pending: _Pending) -> None:
    print(as_text(pending.drafts))
    for name, digest in (*pending.contracts.items(), *pending.migrations.items()):
        print(f"freeze {name:<40} {digest}")


def _agreed() -> bool:
    if not sys.stdin.isatty():
        print("Not a terminal: say --yes to release.", file=sys.stderr)
        return False
    try:
        return input("A release is forever. Freeze all of this? [y/N] ").strip().lower() in {"y", "yes"}
    except EOFError:
        return False


def _freeze(root: Path, pending: _Pending) -> None:
    released = read_released(root)
    ledger = Released(
        {**released.contracts, **pending.contracts}, {**released.migrations, **pending.migrations}
    )
    text = render_json({"contracts": dict(ledger.contracts), "migrations": dict(ledger.migrations)})
    parsed(text)  # nothing is written that could not be read again
    write(root, {PATH: text}, ())
    write(root, generate(load_catalog(root)), OWNED)
