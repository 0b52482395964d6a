"""How long from save to everything generated, for few and many contracts, in whole processes."""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from questlog_codegen import loader
from questlog_codegen.contracts import Version
from questlog_codegen.tree import read_tree
from tests.repository import ROOT

VERSIONS_EACH = 10
BOOLEAN = {"description": "Whether it was so.", "type": "boolean", "x-pii": "none"}


def run() -> None:
    """Print a table: contracts, what was measured, seconds, and the seconds we want to stay under."""
    print(f"{'events':>7} {'versions':>9} {'edit and generate':>18} {'--check':>9} {'to stay under':>14}")
    _row(_shipped, 3)
    _row(lambda root: _many(root, 100, 1), 10)
    _row(lambda root: _many(root, 100, VERSIONS_EACH), 30)


def _row(lay_out: Callable[[Path], tuple[int, int]], limit: int) -> None:
    with tempfile.TemporaryDirectory(prefix="questlog-bench-") as folder:
        root = Path(folder)
        events, versions = lay_out(root)
        _generate(root)
        _save(root)
        generated, checked = _generate(root), _generate(root, "--check")
    print(f"{events:>7} {versions:>9} {generated:>16.2f} s {checked:>7.2f} s {limit:>12} s", flush=True)


def _generate(root: Path, *arguments: str) -> float:
    """Run the command line as a process and return the seconds it took, start of Python included."""
    command = [sys.executable, "-m", "questlog_codegen", "--root", str(root), *arguments]
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


def _shipped(root: Path) -> tuple[int, int]:
    shutil.copytree(ROOT / "schemas", root / "schemas")
    shutil.copytree(ROOT / "warehouse", root / "warehouse", ignore=shutil.ignore_patterns("local", "*.py"))
    events = len(list((root / "schemas").glob("*/schema.json")))
    return events, len(list((root / "schemas").glob("*/versions/*.json")))


def _save(root: Path) -> None:
    """Edit one event, as an author does before running codegen."""
    path = min((root / "schemas").glob("*/schema.json"))
    schema = json.loads(path.read_text(encoding="utf-8"))
    schema["properties"]["added_by_the_bench"] = BOOLEAN
    path.write_text(json.dumps(schema, indent=2), encoding="utf-8")


def _many(root: Path, events: int, versions: int) -> tuple[int, int]:
    """Write copies of `purchase` under other names, each with a history of released minors."""
    shutil.copytree(ROOT / "schemas" / "shared", root / "schemas" / "shared")
    shutil.copy(ROOT / "schemas" / "dialect.json", root / "schemas")
    purchase = json.loads((ROOT / "schemas/purchase/schema.json").read_text(encoding="utf-8"))
    for number in range(events):
        name = f"bench_event_{number}"
        shutil.copytree(ROOT / "schemas/purchase/examples", root / "schemas" / name / "examples")
        _write(root / "schemas" / name / "schema.json", {**purchase, "title": f"BenchEvent{number}"})
    _write(root / "schemas/released.json", {"contracts": {}, "migrations": {}})
    if versions > 1:
        _write(root / "schemas/released.json", {"contracts": _history(root, versions), "migrations": {}})
    return events, events * versions


def _history(root: Path, versions: int) -> dict[str, str]:
    """Write all versions but the draft, each with one optional field more; return their hashes."""
    tree, hashes = read_tree(root), {}
    for event, author in tree.events.items():
        for minor in range(versions):
            fields = {f"flag_{number}": BOOLEAN for number in range(minor)}
            tree.events[event] = {**author, "properties": {**author["properties"], **fields}}  # type: ignore[index]  # a bench may
            if minor == versions - 1:
                _write(root / f"schemas/{event}/schema.json", tree.events[event])
                continue
            version = Version(event, 1, minor, loader.version_schema(tree, event, f"1.{minor}"))
            _write(root / f"schemas/{event}/versions/{version.number}.json", version.schema)
            hashes[version.key] = version.digest
    return hashes


def _write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2), encoding="utf-8")
