"""From fields of a contract to columns of Snowflake: name, type, and the expression that fills it."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from questlog_codegen.contracts import Field, Schema, Version
from questlog_codegen.errors import ContractError, Finding

EVENT = "RECORD_CONTENT:event"
"""Where the event stands in a landed line."""

_LARGEST_INTEGER = 2**53 - 1
"""Of those JSON numbers hold exactly: the bound of a schema that says none."""

_SHORTEST_ENUM = 64
_UUID_LENGTH = 36
_SHOWN_VALUES = 10


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a typed table; `value` computes it from a row of `LANDING.EVENTS`.

    `pointer` is the JSON Pointer of the value in the event, empty for what the API adds to the line.
    """

    name: str
    type: str
    value: str
    required: bool
    description: str
    pointer: str = ""
    pii: str = "none"

    @property
    def family(self) -> str:
        """The type without its size: what decides whether two columns can stand in one UNION."""
        return _family(self.type)


def literal(text: str) -> str:
    """Return `text` as a Snowflake string literal, in which a backslash escapes as well."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def moment(value: str) -> str:
    """Return the UTC time of a text with any offset, cut to milliseconds; NULL when the text is no time.

    The way over TIMESTAMP_TZ matters: a direct cast to TIMESTAMP_NTZ would drop the offset.
    """
    utc = f"CONVERT_TIMEZONE('UTC', TRY_CAST({value}::VARCHAR AS TIMESTAMP_TZ))::TIMESTAMP_NTZ"
    return f"DATE_TRUNC('MILLISECOND', {utc})"


LINE_COLUMNS = (
    Column(
        name="GAME_ID",
        type="VARCHAR",
        value="RECORD_CONTENT:game_id::VARCHAR",
        required=True,
        description="Game the write key belongs to.",
    ),
    Column(
        name="RECEIVED_AT",
        type="TIMESTAMP_NTZ(3)",
        value=moment("RECORD_CONTENT:received_at"),
        required=True,
        description="When the API received the event, UTC.",
    ),
    Column(
        name="SENT_AT",
        type="TIMESTAMP_NTZ(3)",
        value=moment("RECORD_CONTENT:sent_at"),
        required=False,
        description="When the client sent the request, by its own clock, UTC. NULL when it did not say.",
    ),
    Column(
        name="REQUEST_ID",
        type="VARCHAR",
        value="RECORD_CONTENT:request_id::VARCHAR",
        required=False,
        description="Request that brought the event, as in the log of the API.",
    ),
)
"""What the API adds to every event; the first column is half of the dedupe key, EVENT_ID the other half."""


def columns(version: Version) -> tuple[Column, ...]:
    """Return the columns of the table that takes events of `version`, in its order.

    `event` is left out: it is the table's name.

    Raises:
        ContractError: when a field's name cannot be a column's, or two fields would share one.
    """
    typed = tuple(_column(version, field) for field in version.fields if field.path != ("event",))
    findings = list(_shared(version, typed))
    if findings:
        raise ContractError(findings)
    return (*LINE_COLUMNS, *typed)


def refusal(version: Version, pointer: str, code: str, message: str) -> Finding:
    """Return a finding about the field at `pointer` in an event, told as a place in its author's file."""
    return Finding(
        f"schemas/{version.event}/schema.json", pointer.replace("/", "/properties/"), code, message
    )


def column_type(schema: Schema) -> str:
    """Return the narrowest Snowflake type that holds every value `schema` allows."""
    if schema["type"] == "integer":
        return f"NUMBER({_digits(schema)},0)"
    by_type = {"number": "FLOAT", "boolean": "BOOLEAN", "array": "ARRAY"}
    return by_type.get(schema["type"]) or _text_type(schema)


def wider(one: str, other: str) -> str:
    """Return the one of two types of a family that holds every value of both."""
    return max(one, other, key=_size)


def cannot_follow(old: Schema, new: Schema) -> str | None:
    """Return why the column of a leaf cannot become that of its new schema in place, None when it can.

    Of the two nodes only the family of the type is asked: a table's column grows to the wider of two sizes,
    whatever the order they come in. Snowflake changes no column to another family, full or empty:
    https://docs.snowflake.com/en/sql-reference/sql/alter-table-column
    """
    before, after = (_family(column_type(schema)) for schema in (old, new))
    return None if before == after else f"{before} cannot become {after}"


def column_value(schema: Schema, path: str) -> str:
    """Return the expression that takes the value at `path` out of a line; NULL when it is absent."""
    text = f"{path}::VARCHAR"
    if schema["type"] == "integer":
        return f"TRY_TO_NUMBER({text}, {_digits(schema)}, 0)"
    by_kind = {
        "date-time": moment(path),
        "date": f"TRY_TO_DATE({text})",
        "number": f"TRY_TO_DOUBLE({text})",
        "boolean": f"TRY_TO_BOOLEAN({text})",
        "array": f"{path}::ARRAY",
    }
    return by_kind.get(schema.get("format", schema["type"]), text)


def _column(version: Version, field: Field) -> Column:
    return Column(
        name="_".join(field.path).upper(),
        type=column_type(field.schema),
        value=column_value(field.schema, ".".join((EVENT, *field.path))),
        required=field.required,
        description=_description(version, field),
        pointer=field.pointer,
        pii=field.pii,
    )


def _text_type(schema: Schema) -> str:
    if "const" in schema:
        return "VARCHAR(16)"
    if "enum" in schema:
        return f"VARCHAR({max(_SHORTEST_ENUM, *map(len, schema['enum']))})"
    by_format = {"uuid": f"VARCHAR({_UUID_LENGTH})", "date-time": "TIMESTAMP_NTZ(3)", "date": "DATE"}
    sized = f"VARCHAR({schema['maxLength']})" if "maxLength" in schema else "VARCHAR"
    return by_format.get(schema.get("format", ""), sized)


def _family(type_: str) -> str:
    return type_.partition("(")[0]


def _size(type_: str) -> float:
    size = re.search(r"[0-9]+", type_)
    return int(size[0]) if size else math.inf


def _digits(schema: Schema) -> int:
    bounds = (schema.get(bound, _LARGEST_INTEGER) for bound in ("minimum", "maximum"))
    return max(len(str(abs(bound))) for bound in bounds)


def _description(version: Version, field: Field) -> str:
    """What the objects on the way say, then what the field says: in the warehouse a column stands alone."""
    schema, sentences = version.schema, []
    for name in field.path:
        schema = schema["properties"][name]
        sentences.append(schema.get("description", ""))
    values = schema.get("enum", ())
    if 0 < len(values) <= _SHOWN_VALUES:
        sentences.append(f"One of: {', '.join(values)}.")
    if schema.get("format") == "date-time":
        sentences.append("Stored in UTC, cut to milliseconds.")
    return " ".join(filter(None, sentences))


def _shared(version: Version, typed: tuple[Column, ...]) -> Iterator[Finding]:
    seen: dict[str, str] = {column.name: "what the API adds to every event" for column in LINE_COLUMNS}
    for column in typed:
        if column.name in seen:
            message = f"would be the column {column.name}, as {seen[column.name]} is: choose another name"
            yield refusal(version, column.pointer, "COLUMN_TAKEN", message)
        seen.setdefault(column.name, column.pointer)
