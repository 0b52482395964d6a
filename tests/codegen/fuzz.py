"""Feeds mutated and random JSON to loader and linter, which take or refuse it: `nox -s fuzz`."""

import argparse
import json
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

from questlog_codegen.errors import ContractError
from questlog_codegen.findings import as_data, render
from questlog_codegen.generate import generate
from questlog_codegen.loader import load_catalog
from tests.codegen.project import Project

SCALARS: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 2**70, 1e308, "", "a", "$ref", "../shared/money.json", "#/$defs/a"),
    *("\x00", "é" * 300, "^(a+)+$", "^[a-z]{1,3}$", "string", "object", "uuid", "2026-01-01", [], {}),
)
KEYS = (
    *("type", "properties", "required", "$ref", "items", "enum", "const", "pattern", "format", "x-pii"),
    *("x-waivers", "x-owner", "title", "additionalProperties", "minimum", "maxLength", "oneOf", "~/", ""),
)
FILES = ("quest/schema.json", "shared/money.json", "shared/envelope.json", "released.json")
EXAMPLES = ("quest/examples/valid/won.json", "quest/examples/invalid/negative.json")


def mutated(value: Any, source: random.Random) -> Any:
    """A copy of a JSON value with something changed at a random place."""
    if isinstance(value, dict) and value and source.random() < 0.8:
        key = source.choice(list(value))
        return {**value, key: mutated(value[key], source)}
    if isinstance(value, list) and value and source.random() < 0.7:
        index = source.randrange(len(value))
        return [*value[:index], mutated(value[index], source), *value[index + 1 :]]
    return _replaced(value, source)


def _replaced(value: Any, source: random.Random) -> Any:
    kind = source.randrange(6)
    if kind == 0 and isinstance(value, dict):
        return {**value, source.choice(KEYS): source.choice(SCALARS)}
    if kind == 1 and isinstance(value, dict) and value:
        gone = source.choice(list(value))
        return {key: child for key, child in value.items() if key != gone}
    if kind == 2:
        return {source.choice(KEYS): value}
    if kind == 3:
        return [value, value]
    if kind == 4:
        return anything(source)
    return source.choice(SCALARS)


def anything(source: random.Random, depth: int = 0) -> Any:
    """A random JSON value."""
    if depth > 3 or source.random() < 0.3:
        return source.choice(SCALARS)
    if source.random() < 0.3:
        return [anything(source, depth + 1) for _ in range(source.randrange(3))]
    return {source.choice(KEYS): anything(source, depth + 1) for _ in range(source.randrange(4))}


def broken(value: Any, source: random.Random) -> str:
    """A file's text, mutated in its values, and sometimes in its characters."""
    for _ in range(source.randint(1, 3)):
        value = mutated(value, source)
    text = json.dumps(value)
    if source.random() < 0.1:
        place = source.randrange(len(text) + 1)
        text = text[:place] + source.choice(["{", "[" * 3000, '"', "\x00", "NaN", "\ud800"]) + text[place:]
    return text


def attack(project: Project, source: random.Random) -> str:
    """Break one file, load the tree, repair the file; return how it went. Raises what is no ContractError."""
    path = project.root / "schemas" / source.choice([*FILES[:2] * 3, *FILES, *EXAMPLES])
    original = path.read_bytes()
    try:
        text = broken(json.loads(original), source)
        path.write_bytes(text.encode("utf-8", errors="surrogatepass"))
        return _outcome(project.root)
    finally:
        path.write_bytes(original)


def _outcome(root: Path) -> str:
    try:
        catalog = load_catalog(root)
    except ContractError as error:
        list(render(error.findings, root))
        json.dumps(as_data(error.findings, root))
        return error.findings[0].code
    generate(catalog)
    return "taken"


def campaign(count: int, seed: int) -> tuple[Counter[str], list[str]]:
    """Attack `count` times; return how often it went which way, and the tracebacks."""
    ways: Counter[str] = Counter()
    crashes: list[str] = []
    with tempfile.TemporaryDirectory(prefix="questlog-fuzz-") as folder:
        project = Project(Path(folder))
        for number in range(count):
            try:
                ways[attack(project, random.Random(seed + number))] += 1
            except Exception:  # noqa: BLE001 - any exception at all is what is looked for
                crashes.append(f"--count 1 --seed {seed + number}\n{traceback.format_exc()}")
    return ways, crashes


def main() -> int:
    """Print how it went; exit status 1 when something crashed."""
    parser = argparse.ArgumentParser(prog="nox -s fuzz --", description=__doc__)
    parser.add_argument("--count", type=int, default=5000, help="attacks (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="other attacks (default: %(default)s)")
    options = parser.parse_args()
    started = time.perf_counter()
    ways, crashes = campaign(options.count, options.seed)
    for crash in crashes[:5]:
        print(crash)
    for way, times in ways.most_common():
        print(f"{times:>8} {way}")
    print(f"{options.count} attacks, {len(crashes)} crashes, {time.perf_counter() - started:.0f} s")
    return int(bool(crashes))


if __name__ == "__main__":
    sys.exit(main())
