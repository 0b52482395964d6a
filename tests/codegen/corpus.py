"""Gives a folder of foreign JSON Schemas to the compiler: each compiles or is refused with code and pointer.

`nox -s corpus -- PATH`. No traceback, no hang, under 50 ms each; exit status 1 when that does not hold.
"""

import argparse
import json
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from questlog_codegen.bundle import inlined, shared_fragments, with_envelope
from questlog_codegen.check_source import check_source
from questlog_codegen.errors import Finding
from questlog_codegen.lint import lint
from questlog_codegen.tree import SchemaTree, read_tree
from tests.repository import ROOT

LIMIT_MS = 50
HANG_SECONDS = 10
EVENT = "foreign"
_ABOUT_EXAMPLES = "EXAMPLE_"


@dataclass(frozen=True)
class Outcome:
    """How one file went: `findings` is empty when it compiled; `crash` is a traceback."""

    file: Path
    milliseconds: float
    findings: tuple[Finding, ...] = ()
    crash: str | None = None


@cache
def _tree() -> SchemaTree:
    """Our fragments, without our events: a foreign file is judged as the only event."""
    ours = read_tree(ROOT)
    return replace(ours, events={}, valid_examples={}, invalid_examples={}, released={}, files=())


def judge(schema: dict[str, Any]) -> tuple[Finding, ...]:
    """Return why `schema` is no event of ours; compile it when it is one."""
    tree = replace(_tree(), events={EVENT: schema})
    findings = lint(tree, datetime.now(UTC).date())
    errors = tuple(
        finding
        for finding in findings
        if finding.severity == "error" and not finding.code.startswith(_ABOUT_EXAMPLES)
    )
    if not errors:
        check_source(inlined(with_envelope(tree, EVENT), shared_fragments(tree)), "ValueError")
    return errors


def outcomes(folder: Path) -> Iterator[Outcome]:
    """Judge every file below `folder` that is a JSON object; an Iglu schema's name has no ending."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in {".py", ".md", ".txt", ".yaml", ".yml"}:
            schema = _object(path)
            if schema is not None:
                yield _outcome(path, schema)


def _object(path: Path) -> dict[str, Any] | None:
    try:
        value = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _outcome(path: Path, schema: dict[str, Any]) -> Outcome:
    started = time.perf_counter()
    signal.alarm(HANG_SECONDS)
    try:
        findings, crash = judge(schema), None
    except Exception:  # noqa: BLE001 - any exception at all is what is looked for
        findings, crash = (), traceback.format_exc()
    finally:
        signal.alarm(0)
    return Outcome(path, (time.perf_counter() - started) * 1000, findings, crash)


def _hangs(*_: object) -> None:
    raise TimeoutError(f"took over {HANG_SECONDS} s")


def main() -> int:
    """Print the counts, the slowest and the crashes."""
    parser = argparse.ArgumentParser(prog="nox -s corpus --", description=__doc__)
    parser.add_argument("path", type=Path, help="folder with JSON Schemas")
    parser.add_argument("--json", action="store_true", help="one JSON object a file, for a script")
    options = parser.parse_args()
    signal.signal(signal.SIGALRM, _hangs)
    judge({})  # the first one reads and compiles what the others use
    found = list(outcomes(options.path))
    if options.json:
        for outcome in found:
            print(json.dumps(_as_data(outcome)))
    else:
        _print(found)
    slow = [outcome for outcome in found if outcome.milliseconds > LIMIT_MS]
    return int(not found or bool(slow) or any(outcome.crash for outcome in found))


def _as_data(outcome: Outcome) -> dict[str, Any]:
    reasons = [{"code": f.code, "pointer": f.pointer, "message": f.message} for f in outcome.findings]
    return {
        "file": str(outcome.file),
        "milliseconds": round(outcome.milliseconds, 1),
        "crash": outcome.crash,
        "findings": reasons,
    }


def _print(found: list[Outcome]) -> None:
    codes = Counter(finding.code for outcome in found for finding in outcome.findings)
    crashes = [outcome for outcome in found if outcome.crash]
    slow = [outcome for outcome in found if outcome.milliseconds > LIMIT_MS]
    for outcome in crashes[:5]:
        print(f"{outcome.file}\n{outcome.crash}")
    for code, count in codes.most_common():
        print(f"{count:>8} {code}")
    for outcome in sorted(found, key=lambda outcome: -outcome.milliseconds)[:3]:
        print(f"{outcome.milliseconds:>8.1f} ms {outcome.file}")
    compiled = sum(not outcome.findings and not outcome.crash for outcome in found)
    print(
        f"{len(found)} schemas: {compiled} compiled, {len(found) - compiled - len(crashes)} refused, "
        f"{len(crashes)} crashed, {len(slow)} over {LIMIT_MS} ms"
    )


if __name__ == "__main__":
    sys.exit(main())
