"""What the API accepts is a row without loss, and what lands and is none is in CORE.REJECTED under its field.

Values are random: valid ones, some bent in one place, some spelled as few clients would. They go the way of
an event: read and validated by the API's own code, written again, landed, and taken by the tasks.
`python -m tests.warehouse.laws.agreement --count 5000 --seed N`
"""

import argparse
import copy
import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from questlog_api._generated.validators import VALIDATORS
from questlog_api.body import from_json, to_json
from questlog_api.lines import Arrival
from questlog_api.problems import ProblemError
from questlog_api.violations import Violation
from questlog_codegen.contracts import Catalog, Schema, Version
from questlog_codegen.reference import violations
from questlog_codegen.sampling.sampler import boundaries
from questlog_warehouse.local import LocalSnowflake
from questlog_warehouse.local.deployment import deploy
from questlog_warehouse.scripts import Script
from tests.codegen.project import Refused, compiled
from tests.codegen.random_contracts import instances
from tests.repository import shipped_catalog
from tests.warehouse import contracts
from tests.warehouse.laws.values import expected, selected

_ARRIVED, _SENT = "2026-11-02T19:00:00.123Z", "2026-11-02T20:00:00+01:00"
_LINES_A_STATEMENT = 5_000
_RESPELLED = 0.4
_SIGNS = (
    "\x00",
    "\x1f",
    "\x7f",
    "\x85",
    " ",
    "\u2028",
    "é",
    "e\u0301",
    "\U0001f409",
    "\uffff",
    *"'\"\\%{;/-",
)
_DISCRIMINATORS = {"/event", "/schema_version"}


@dataclass(frozen=True)
class Subject:
    """A version of a contract, its warehouse, and what the API says of a value."""

    version: Version
    sql: Sequence[Script]
    is_valid: Callable[[Any], bool]

    @property
    def table(self) -> str:
        """`PURCHASE_1`."""
        return f"{self.version.event}_{self.version.major}".upper()


@dataclass(frozen=True)
class Disagreement:
    """A value, and how what became of it differs from what the API says."""

    event: Any
    found: str


@dataclass
class Count:
    """What was compared."""

    instances: int = 0
    valid: int = 0


def subjects() -> dict[str, Subject]:
    """Return every version there is of every event, and of one that says all the dialect can."""
    quest = contracts.catalog(contracts.quest())
    found = [*_of(shipped_catalog(), _api), *_of(quest, lambda version: _compiled(version.schema))]
    return {subject.version.key: subject for subject in found}


def _of(catalog: Catalog, validator: Callable[[Version], Callable[[Any], None]]) -> Iterator[Subject]:
    for contract in catalog.contracts:
        sql = contracts.sql_of(replace(catalog, contracts=(contract,)))
        for version in contract.versions:
            yield Subject(version, sql, _judge(validator(version)))


def _api(version: Version) -> Callable[[Any], None]:
    return VALIDATORS[version.event][version.number]


def _compiled(schema: Schema) -> Callable[[Any], None]:
    return compiled(schema)


def _judge(check: Callable[[Any], None]) -> Callable[[Any], bool]:
    def is_valid(value: Any) -> bool:
        try:
            check(value)
        except (Violation, Refused):
            return False
        return True

    return is_valid


def disagreements(subject: Subject, number: int, seed: int, count: Count) -> list[Disagreement]:
    """Compare `number` values; `count` is kept up to date."""
    events = list(_events(subject.version, number, random.Random(seed)))
    with closing(LocalSnowflake()) as local:
        deploy(local, subject.sql)
        _land(local, events)
        local.run_tasks()
        typed = local.query(f"SELECT GAME_ID AS GAME, {selected(subject.version)} FROM CORE.{subject.table}")
        rejected = local.query("SELECT GAME_ID AS GAME, POINTER, KEYWORD FROM CORE.REJECTED")
    rows = _by_game(typed)
    findings = _by_game(rejected)
    result = []
    for game, event in enumerate(events):
        valid = subject.is_valid(event)
        count.instances += 1
        count.valid += valid
        judge = _lost if valid else _slipped_through
        if found := judge(subject.version, event, rows.get(str(game), []), findings.get(str(game), [])):
            result.append(Disagreement(event, found))
    return result


def _events(version: Version, number: int, source: random.Random) -> Iterator[Any]:
    """What the API's reader makes of the values; what it cannot read never becomes an event."""
    while number > 0:
        for value in instances(dict(version.schema), source, number):
            respelled = source.random() < _RESPELLED
            text = json.dumps(_respelled(version.schema, value, source) if respelled else value)
            try:
                yield from_json(text.encode("utf-8", errors="surrogatepass"))
            except ProblemError:
                continue
            number -= 1


def _respelled(schema: Schema, event: Any, source: random.Random) -> Any:
    """A copy with one of its values said in another way, or at an edge of what its schema lets pass."""
    result = copy.deepcopy(event)
    parent, name, leaf = result, None, schema
    while isinstance(parent, dict) and leaf.get("type") == "object":
        known = [key for key in parent if key in leaf["properties"]]
        if not known:
            return result
        name = source.choice(known)
        leaf = leaf["properties"][name]
        if leaf["type"] == "object":
            parent = parent[name]
    if name is not None and isinstance(parent, dict):
        parent[name] = _other_spelling(leaf, parent[name], source)
    return result


def _other_spelling(schema: Schema, value: Any, source: random.Random) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and source.random() < 0.5:
        return float(value)
    if isinstance(value, str) and value and source.random() < 0.5:
        place = source.randrange(len(value))
        return value[:place] + source.choice(_SIGNS) + value[place + 1 :]
    return source.choice(list(boundaries(schema)))


def _land(local: LocalSnowflake, events: Sequence[Any]) -> None:
    """As the API delivers them; each is a game of its own."""
    landing = "INSERT INTO LANDING.EVENTS SELECT VALUE, NULL FROM LATERAL FLATTEN(INPUT => PARSE_JSON(%s))"
    lines = [_line(str(game), event) for game, event in enumerate(events)]
    for start in range(0, len(lines), _LINES_A_STATEMENT):
        local.execute(landing, (f"[{','.join(lines[start : start + _LINES_A_STATEMENT])}]",))


def _line(game: str, event: Any) -> str:
    text = to_json(event)
    assert text is not None, "no contract is nested that deep"
    return Arrival(_ARRIVED, _SENT, game, "req-1").accepted(text).decode()


def _by_game(rows: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    result: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        result.setdefault(row.pop("GAME"), []).append(row)
    return result


def _lost(version: Version, event: Any, rows: list[Any], findings: list[Any]) -> str | None:
    """Tell what a valid event lacks in its table; None: nothing."""
    if findings or len(rows) != 1:
        return f"accepted by the API, but {len(rows)} rows, rejected as {findings}"
    (row,) = rows
    row = {name: _as_json(version, name, value) for name, value in row.items()}
    wanted = expected(version, event)
    differing = [name for name in wanted if _differ(wanted[name], row[name])]
    return f"accepted by the API, but not the same in {differing}" if differing else None


def _as_json(version: Version, name: str, value: Any) -> Any:
    """An ARRAY comes as its JSON text, as from Snowflake's connector."""
    arrays = {"_".join(field.path).upper() for field in version.fields if field.schema["type"] == "array"}
    return json.loads(value) if name in arrays and value is not None else value


def _differ(wanted: Any, found: Any) -> bool:
    return wanted != found or type(wanted) is not type(found)


def _slipped_through(version: Version, event: Any, rows: list[Any], findings: list[Any]) -> str | None:
    """Tell how an invalid event was taken for a valid one, or refused for no reason; None: it was not."""
    broken = {(pointer, keyword) for pointer, keyword, _ in violations(version.schema, event)}
    if _elements_only(version, broken):
        return None
    if rows or len(findings) != 1:
        return f"refused by the API for {broken}, but {len(rows)} rows, rejected as {findings}"
    (finding,) = findings
    reason = (finding["POINTER"], finding["KEYWORD"])
    by_name = not isinstance(event, dict) or {pointer for pointer, _ in broken} & _DISCRIMINATORS
    if reason in broken or (by_name and finding["POINTER"] in _DISCRIMINATORS):
        return None
    return f"refused by the API for {broken}, but rejected as {reason}"


def _elements_only(version: Version, broken: set[tuple[str, str]]) -> bool:
    """An ARRAY column holds any elements: only the API looks at them."""
    arrays = tuple(f"{field.pointer}/" for field in version.fields if field.schema["type"] == "array")
    return bool(arrays) and all(pointer.startswith(arrays) for pointer, _ in broken)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was compared and the first disagreements; exit status 1 when there is one."""
    parser = argparse.ArgumentParser(prog="python -m tests.warehouse.laws.agreement", description=__doc__)
    parser.add_argument("--count", type=int, default=5000, help="of each event (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="other values (default: %(default)s)")
    options = parser.parse_args(arguments)
    status = 0
    for key, subject in subjects().items():
        count, started = Count(), time.perf_counter()
        found = disagreements(subject, options.count, options.seed, count)
        for disagreement in found[:5]:
            print(disagreement.found, json.dumps(disagreement.event), sep="\n  ")
        status |= bool(found)
        seconds = time.perf_counter() - started
        told = f"{count.instances} events ({count.valid} valid), {len(found)} disagreements, {seconds:.0f} s"
        print(f"{key:<20} {told}", flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
