"""What validators accept is typed; what they refuse is rejected at a field and rule that they name as well.

Elements of arrays are the exception: an ARRAY column holds any, and the warehouse does not look at them.
"""

import copy
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from questlog_codegen.contracts import Catalog, Schema
from questlog_codegen.reference import violations
from questlog_warehouse.local import LocalSnowflake
from questlog_warehouse.local.deployment import deploy
from tests.repository import shipped_catalog
from tests.warehouse import contracts
from tests.warehouse.lines import line

Event = dict[str, Any]

NUMBERS = [
    0,
    -1,
    1,
    132.0,
    132.5,
    1e3,
    -0.0,
    10**15,
    10**15 + 1,
    1e15,
    10**30,
    5e-324,
    1e300,
    -1e300,
    0.1,
    9_007_199_254_740_993,
]
TEXTS = [
    "",
    "a",
    "a" * 64,
    "a" * 65,
    "é" * 16,
    "😀" * 17,
    "x\n",
    "\u0000",
    "\u0085",
    " ",
    "it's",
    "a\\b",
    "%s",
    "132",
]
TIMES = [
    "2024-02-29",
    "2026-02-29",
    "2026-13-01",
    "2026-1-1",
    "2026-11-02T18:04:05Z",
    "2026-11-02T18:04:05.123456789+23:59",
    "2026-11-02T18:04:05.1-00:00",
    "2026-11-02T18:04:60Z",
    "2026-11-02T24:00:00Z",
    "2026-11-02t18:04:05z",
    "2026-11-02 18:04:05Z",
    "2026-11-02T18:04:05",
    "2026-02-29T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+12:00",
    "9999-12-31T23:59:59.999-12:00",
]
OTHERS = [None, True, False, "true", [], ["a"], [1], ["a"] * 4, {}, {"a": 1}, {"item": "x"}]
VALUES = [*NUMBERS, *TEXTS, *TIMES, *OTHERS, "01930F3A-7C00-7001-8000-000000000001"]

SUBJECTS = {
    **{
        contract.event: replace(shipped_catalog(), contracts=(contract,))
        for contract in shipped_catalog().contracts
    },
    "quest": contracts.catalog(contracts.quest()),
}


def bent(event: Event, schema: Schema) -> Iterator[Event]:
    """The event with each of its values, one at a time, taken away and replaced by every odd value."""
    for path in paths(schema):
        for value in VALUES:
            yield changed(event, path, value)
        yield changed(event, path)
        yield changed(event, (*path[:-1], "unknown_property"), 1)


def paths(schema: Schema, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, child in schema.get("properties", {}).items():
        if name not in {"event", "schema_version"}:
            yield (*path, name)
            yield from paths(child, (*path, name))


def changed(event: Event, path: tuple[str, ...], *value: Any) -> Event:
    result = copy.deepcopy(event)
    parent = result
    for name in path[:-1]:
        parent = parent.setdefault(name, {})
    parent.pop(path[-1], None)
    if value:
        parent[path[-1]] = value[0]
    return result


def deployed(catalog: Catalog) -> LocalSnowflake:
    local = LocalSnowflake()
    deploy(local, contracts.sql_of(catalog))
    return local


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_table_takes_what_validators_accept_and_rejects_where_they_refuse(subject: str) -> None:
    (contract,) = SUBJECTS[subject].contracts
    schema = contract.newest.schema
    fullest = max(contract.valid_examples.values(), key=lambda example: len(json.dumps(example)))
    unique = {json.dumps(event): event for event in bent(dict(fullest), schema)}
    elements = tuple(
        f"{field.pointer}/" for field in contract.newest.fields if field.schema["type"] == "array"
    )
    with closing(deployed(SUBJECTS[subject])) as local:
        lines = [line(event, game_id=text) for text, event in unique.items()]
        landing = (
            "INSERT INTO LANDING.EVENTS SELECT VALUE, NULL FROM LATERAL FLATTEN(INPUT => PARSE_JSON(%s))"
        )
        local.execute(landing, (json.dumps(lines),))
        local.run_tasks()
        typed = {row["GAME_ID"] for row in local.query(f"SELECT GAME_ID FROM MART.{subject.upper()}")}
        rows = local.query("SELECT GAME_ID, POINTER, KEYWORD FROM CORE.REJECTED")
    rejected = {row["GAME_ID"]: (row["POINTER"], row["KEYWORD"]) for row in rows}
    for text, event in unique.items():
        broken = {(pointer, keyword) for pointer, keyword, _ in violations(schema, event)}
        if any(pointer.startswith(elements) for pointer, _ in broken):
            continue
        assert (text in typed, text in rejected) == (not broken, bool(broken)), event
        assert rejected.get(text) in broken or not broken, event
