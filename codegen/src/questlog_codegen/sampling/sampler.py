"""Values that are valid in a schema of the dialect: least, fullest, random ones, and those at the edges.

`$ref`s must be inlined. Bounds may be missing. Keywords outside the dialect are not looked at, so whoever
samples a foreign schema asks the validator what came of it.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from questlog_codegen.contracts import Schema
from questlog_codegen.patterns.automata import Texts, Undecided, longest_of, shortest_of
from questlog_codegen.patterns.grammar import PatternError
from questlog_codegen.sampling.choices import LEAST, MOST, Choices, chance
from questlog_codegen.sampling.limits import (
    MODERATE,
    Unsatisfiable,
    checked,
    fits,
    integers,
    kind,
    listed,
    moderate,
    numbers,
    sizes,
    texts_of,
)

__all__ = ["Unsatisfiable", "boundaries", "fullest", "minimal", "sample"]

_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_ITEMS = 4  # of an array that may have fewer and more
_FINE = 10**6  # numbers between two bounds
_WIDE = "\U0001f409"  # one character, two code units, four bytes

_OFFSETS = ("Z", "+00:00", "-23:59", "+23:59", "-08:00", "+05:45", "+14:00")
_YEARS = (2020, 2030)
_MILLISECONDS = (1_577_836_800_000, 1_924_991_999_999)  # the same years
_FORMAT_EDGES = {
    "uuid": ("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
    "date-time": (
        *("2026-11-02T18:04:05Z", "2026-11-02T18:04:05.123+00:00", "2026-11-02T00:00:00-00:00"),
        *("2024-02-29T23:59:59.999999999+23:59", "2026-01-01T00:00:00.1-23:59"),
        *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z"),
    ),
    "date": ("2026-11-02", "2024-02-29", "0001-01-01", "9999-12-31"),
}


def minimal(schema: Schema) -> Any:
    """Return the least value: required members alone, lower bounds, shortest texts.

    Raises:
        Unsatisfiable: where no value is valid; so do the others.
    """
    return _Maker(LEAST).value(schema)


def fullest(schema: Schema) -> Any:
    """Return a value with every member, at the upper bounds; its texts and arrays are of moderate size."""
    return _Maker(MOST).value(schema)


def sample(schema: Schema, random: Random) -> Any:
    """Return a random value; the same one for a `random` of the same seed."""
    return _Maker(chance(random)).value(schema)


def boundaries(schema: Schema) -> Iterator[Any]:
    """Yield the values at the edges of a schema, each once; of an object, the least and the fullest."""
    seen = set()
    for value in _edges(checked(schema, "")):
        if (spelling := json.dumps(value)) not in seen:
            seen.add(spelling)
            yield value


@dataclass(frozen=True, slots=True)
class _Maker:
    choices: Choices

    def value(self, schema: Any, pointer: str = "") -> Any:
        """Return a value of `schema`, whose place in the event is `pointer`."""
        schema = checked(schema, pointer)
        if "const" in schema or "enum" in schema:
            return self.choices.one_of(listed(schema, pointer))
        return self._of_kind(kind(schema), schema, pointer)

    def _of_kind(self, name: str, schema: Schema, pointer: str) -> Any:
        made: Any = None
        match name:
            case "object":
                made = dict(self._members(schema, pointer))
            case "array":
                made = self._array(schema, pointer)
            case "integer":
                made = self._integer(schema, pointer)
            case "number":
                made = self._number(schema, pointer)
            case "boolean":
                made = self.choices.one_of((False, True))
            case "string":
                made = self._text(schema, pointer)
        return made

    def _members(self, schema: Schema, pointer: str) -> Iterator[tuple[str, Any]]:
        required, properties = schema.get("required", ()), schema.get("properties", {})
        unknown = schema.get("additionalProperties", True)
        for name in dict.fromkeys((*properties, *required)):
            child, place = properties.get(name, unknown), f"{pointer}/{_escaped(name)}"
            try:
                if name in required or self.choices.optional():
                    yield name, self.value(child, place)
            except Unsatisfiable:
                if name in required:
                    raise

    def _array(self, schema: Schema, pointer: str) -> list[Any]:
        least, most = sizes(schema, pointer)
        size = self.choices.between(least, min(most, max(least, _ITEMS)))
        try:
            return [self.value(schema.get("items", True), f"{pointer}/{place}") for place in range(size)]
        except Unsatisfiable:
            if least:
                raise
            return []

    def _integer(self, schema: Schema, pointer: str) -> int:
        low, high = integers(schema, pointer)
        return self.choices.one_of((low, self.choices.between(low, high), high))

    def _number(self, schema: Schema, pointer: str) -> float:
        low, high = numbers(schema, pointer)
        share = self.choices.between(0, _FINE) / _FINE
        within = low * (1 - share) + high * share  # high - low may be more than a double holds
        return self.choices.one_of((low, min(max(within, low), high), high))

    def _text(self, schema: Schema, pointer: str) -> str:
        texts = texts_of(schema, pointer)
        if not texts.patterns:
            length = self.choices.between(*moderate(texts))
            return "".join(self.choices.one_of(_ALPHABET) for _ in range(length))
        formatted = self._formatted(schema.get("format"))
        if formatted is not None and fits(formatted, texts):
            return formatted
        return _found(self.choices.text, texts, pointer)

    def _formatted(self, name: str | None) -> str | None:
        match name:
            case "uuid":
                return self._uuid()
            case "date":
                return self._date()
            case "date-time":
                return f"{self._date()}T{self._time()}{self.choices.one_of(_OFFSETS)}"
            case _:
                return None

    def _uuid(self) -> str:
        """Return a UUID of version 7: RFC 9562, section 5.7."""
        between = self.choices.between
        time, low, high = between(*_MILLISECONDS), between(0, 2**12 - 1), between(0, 2**62 - 1)
        digits = f"{time << 80 | 7 << 76 | low << 64 | 2 << 62 | high:032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def _date(self) -> str:
        between = self.choices.between
        return f"{between(*_YEARS)}-{between(1, 12):02}-{between(1, 28):02}"

    def _time(self) -> str:
        between = self.choices.between
        digits = between(0, 9)
        fraction = f".{between(0, 10**digits - 1):0{digits}}" if digits else ""
        return f"{between(0, 23):02}:{between(0, 59):02}:{between(0, 59):02}{fraction}"


def _edges(schema: Schema) -> Iterator[Any]:
    if "const" in schema or "enum" in schema:
        yield from listed(schema, "")
        return
    match kind(schema):
        case "integer":
            low, high = integers(schema, "")
            yield from (value for value in (low, high, low + 1, high - 1, -1, 0, 1) if low <= value <= high)
        case "number":
            least, most = numbers(schema, "")
            within = (least, most, least / 2 + most / 2, 0, 0.5, least + 0.5, most - 0.5)
            yield from (number for number in within if least <= number <= most)
        case "string":
            yield from _text_edges(schema)
        case "array":
            yield from _array_edges(schema)
        case "boolean":
            yield from (False, True)
        case _:
            yield from (minimal(schema), fullest(schema))


def _text_edges(schema: Schema) -> Iterator[str]:
    """Yield a text of the fewest characters, one of the most, wide ones, and the edges of the format."""
    texts = texts_of(schema)
    fewest = _found(shortest_of, texts, "")
    most = len(fewest) + MODERATE if texts.most is None else texts.most
    yield fewest
    yield _found(lambda texts: longest_of(texts, most), texts, "")
    wide = (_WIDE * max(texts.least, 1), _WIDE * most)
    for text in (*_FORMAT_EDGES.get(schema.get("format", ""), ()), *wide):
        if fits(text, texts):
            yield text


def _array_edges(schema: Schema) -> Iterator[list[Any]]:
    """Yield an array of the fewest items, one of the most, and one for each edge of the items."""
    least, most = sizes(schema, "")
    yield minimal(schema)
    items = schema.get("items", True)
    try:
        yield [fullest(items)] * most
        if most:
            yield from ([value] * max(least, 1) for value in boundaries(checked(items, "/0")))
    except Unsatisfiable:
        return  # the empty array is all there is, or minimal has raised


def _found(search: Callable[[Texts], str | None], texts: Texts, pointer: str) -> str:
    try:
        text = search(texts)
    except (Undecided, PatternError) as error:
        raise Unsatisfiable(pointer, str(error)) from error
    if text is None:
        raise Unsatisfiable(pointer, "no text has this pattern, format and length")
    return text


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
