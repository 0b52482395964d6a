"""How the cost of an event grows with its size and with the batch it comes in."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from questlog_codegen.contracts import Catalog, Contract, Version
from tests.api.serving import sources_with
from tests.bench import ingest_servers as servers
from tests.bench.ingest_servers import Load
from tests.load.requests import purchase
from tests.load.service import Server
from tests.repository import shipped_catalog

BATCHES = (1, 10, 100, 500)
SIZES = {"0.5 kB": 0, "2 kB": 17, "10 kB": 112}
"""Size -> fields that a purchase is given besides its own, each of 84 bytes."""

_ROUNDS = 2
_TEXT = "a text of sixty-four characters, as long as a placement may be.."
_FIELD = {
    "description": "What the bench adds.",
    "type": "string",
    "minLength": 1,
    "maxLength": 64,
    "pattern": r"^[^\u0000-\u001f\u007f]*$",
}


def measure(seconds: float) -> dict[tuple[str, int], float]:
    """Return microseconds of CPU an event for each size and batch: the best of 2 rounds."""
    with tempfile.TemporaryDirectory(prefix="questlog-bench-") as folder, _larger(Path(folder)) as server:
        loads = {(size, batch): _load(Path(folder), size, batch) for size in SIZES for batch in BATCHES}
        servers.warm_up(server, loads["0.5 kB", 100])
        rounds = [
            {cell: servers.cost(server, load, seconds).micros for cell, load in loads.items()}
            for _ in range(_ROUNDS)
        ]
    return {cell: min(micros[cell] for micros in rounds) for cell in loads}


def table(micros: Mapping[tuple[str, int], float]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield f"{'CPU µs an event; events a batch:':<34}" + "".join(f"{batch:>9}" for batch in BATCHES)
    for size, added in SIZES.items():
        named = f"{size} ({len(orjson.dumps(_event(size)))} bytes, {added} fields more)"
        yield f"{named:<34}" + "".join(f"{micros[size, batch]:>9.1f}" for batch in BATCHES)


@contextmanager
def _larger(folder: Path) -> Iterator[Server]:
    """Run the service with a purchase that has room for the largest event."""
    sources = sources_with(_catalog(), folder / "sources")
    with servers.stand_in() as endpoint, servers.questlog(endpoint, sources=sources) as server:
        yield server


def _catalog() -> Catalog:
    catalog = shipped_catalog()
    return replace(catalog, contracts=tuple(map(_with_fields, catalog.contracts)))


def _with_fields(contract: Contract) -> Contract:
    if contract.event != "purchase":
        return contract
    added = {f"bench_text_{number:03}": _FIELD for number in range(max(SIZES.values()))}
    return replace(contract, versions=tuple(_widened(version, added) for version in contract.versions))


def _widened(version: Version, fields: Mapping[str, Any]) -> Version:
    schema = {**version.schema, "properties": {**version.schema["properties"], **fields}}
    return Version(version.event, version.major, version.minor, schema)


def _event(size: str) -> dict[str, Any]:
    return purchase() | {f"bench_text_{number:03}": _TEXT for number in range(SIZES[size])}


def _load(folder: Path, size: str, batch: int) -> Load:
    path = folder / f"{size}.json"
    path.write_text(json.dumps(_event(size)), encoding="utf-8")
    return Load(batch, path, len(orjson.dumps(_event(size))))
