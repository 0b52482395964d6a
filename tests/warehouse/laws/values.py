"""What the value of an event has to be in its column, computed without the warehouse."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from questlog_codegen.contracts import Field, Schema, Version

_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)T(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d+))?"
    r"(?:Z|(?P<sign>[+-])(?P<hours>\d\d):(?P<minutes>\d\d))"
)
_EPOCH = date(1970, 1, 1).toordinal()


def milliseconds(text: str) -> int:
    """Return the milliseconds from 1970 to a time of RFC 3339, digits after them cut.

    In integers: with an offset, the first and the last days there are lie outside what `datetime` can say.
    """
    found = _MOMENT.fullmatch(text)
    assert found, "the validator has let it pass"
    days = date.fromisoformat(found["day"]).toordinal() - _EPOCH
    minutes = 60 * (24 * days + int(found["hour"])) + int(found["minute"])
    if found["sign"]:
        offset = 60 * int(found["hours"]) + int(found["minutes"])
        minutes -= offset if found["sign"] == "+" else -offset
    fraction = (found["fraction"] or "").ljust(3, "0")[:3]
    return 1000 * (60 * minutes + int(found["second"])) + int(fraction)


def columns(version: Version) -> Iterator[tuple[str, Field]]:
    """Yield column and field of each value that an event has, but its name, which is the table's."""
    for field in version.fields:
        if field.path != ("event",):
            yield "_".join(field.path).upper(), field


def expected(version: Version, event: Mapping[str, Any]) -> dict[str, Any]:
    """Return column -> value for a valid event; None where the event has none."""
    return {name: _typed(field.schema, _at(event, field.path)) for name, field in columns(version)}


def selected(version: Version) -> str:
    """Return the columns of a SELECT whose rows can be compared: times as milliseconds."""
    return ", ".join(
        f"DATEDIFF('millisecond', '1970-01-01'::TIMESTAMP_NTZ, {name}) AS {name}"
        if field.schema.get("format") == "date-time"
        else name
        for name, field in columns(version)
    )


def _at(event: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        event = event.get(name, {}) if isinstance(event, dict) else None
    return None if event == {} else event


def _typed(schema: Schema, value: Any) -> Any:
    if value is None:
        return None
    match schema.get("format", schema["type"]):
        case "date-time":
            return milliseconds(value)
        case "date":
            return date.fromisoformat(value)
        case "integer":
            return int(value)
        case "number":
            return float(value)
        case _:
            return value
