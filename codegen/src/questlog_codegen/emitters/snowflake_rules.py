"""From keywords of a contract to SQL that finds the first one an event breaks, in the order of validators."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from questlog_codegen.contracts import Schema, Version
from questlog_codegen.emitters.snowflake_types import EVENT, column_value, literal, refusal
from questlog_codegen.errors import ContractError

_NUMBERS = "('INTEGER', 'DECIMAL', 'DOUBLE')"
# A JSON writer may send the integer 132 as 132.0; JSON Schema 2020-12, section 4.2.3, calls both an integer.
# From 1e17 on a double is whole, and its text may have an exponent: too large for any column, but an integer.
_WHOLE = "[0-9]([.][0-9]+)?e[+]?(1[7-9]|[2-9][0-9]|[1-3][0-9][0-9])"
_INTEGER = f"'^-?([0-9]+([.]0+)?|{_WHOLE})$'"
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
"""The only spelling of an id."""

_FORMATS = {
    "uuid": UUID,
    "date-time": f"^{_DAY}T{_CLOCK}:[0-5][0-9]([.][0-9]{{1,9}})?(Z|[+-]{_CLOCK})$",
    "date": f"^{_DAY}$",
}
"""The formats' spelling; whether the day exists is asked of the cast."""

_CONTROL = r"\u0000-\u001f\u007f"


@dataclass(frozen=True, slots=True)
class Rule:
    """`broken` is true for a row whose value at `pointer` breaks `keyword`, and false or NULL otherwise."""

    broken: str
    pointer: str
    keyword: str


def first_broken(version: Version, *, indent: int) -> str:
    """Return a CASE that is `<pointer> <keyword>` of the first rule an event breaks, NULL for a valid event.

    The rules ask for all a typed column needs (type, length, range), so that no event which passes can make
    the MERGE fail. Elements of arrays are not looked at: an ARRAY column holds any.

    Raises:
        ContractError: when a pattern cannot be said in Snowflake's regular expressions.
    """
    whens = [f"WHEN {rule.broken} THEN '{rule.pointer} {rule.keyword}'" for rule in rules(version)]
    margin = "\n" + " " * indent
    return margin.join(["CASE", *(f"  {when}" for when in whens), "END"])


def rules(version: Version) -> Iterator[Rule]:
    """Yield the rules of `version`; each may count on the ones before it to hold."""
    yield from _Walk(version).node(version.schema, EVENT, "")


@dataclass(frozen=True, slots=True)
class _Walk:
    version: Version

    def node(self, schema: Schema, path: str, pointer: str) -> Iterator[Rule]:
        yield Rule(_wrong_type(schema["type"], path), pointer, "type")
        match schema["type"]:
            case "object":
                yield from self._object(schema, path, pointer)
            case "string":
                yield from self._text(schema, path, pointer)
            case "integer" | "number":
                yield from _number(schema, path, pointer)
            case "array":
                yield from _sizes(schema, f"ARRAY_SIZE({path})", pointer, ("minItems", "maxItems"))

    def _object(self, schema: Schema, path: str, pointer: str) -> Iterator[Rule]:
        present = f"{path} IS NOT NULL AND " if pointer else ""
        for name in schema["required"]:
            yield Rule(f"{present}{path}.{name} IS NULL", f"{pointer}/{name}", "required")
        for name, child in schema["properties"].items():
            yield from self.node(child, f"{path}.{name}", f"{pointer}/{name}")
        known = ", ".join(literal(name) for name in schema["properties"])
        unknown = f"ARRAY_EXCEPT(OBJECT_KEYS({path}), ARRAY_CONSTRUCT({known}))"
        yield Rule(f"ARRAY_SIZE({unknown}) > 0", pointer, "additionalProperties")

    def _text(self, schema: Schema, path: str, pointer: str) -> Iterator[Rule]:
        """`const` is not asked: the discriminators have chosen the rules, and one set takes all minors."""
        text = f"{path}::VARCHAR"
        if "enum" in schema:
            yield Rule(f"{text} NOT IN ({', '.join(map(literal, schema['enum']))})", pointer, "enum")
        yield from _sizes(schema, f"LENGTH({text})", pointer, ("minLength", "maxLength"))
        if "pattern" in schema:
            pattern = self._pattern(schema["pattern"], pointer)
            yield Rule(f"NOT REGEXP_LIKE({text}, {literal(pattern)})", pointer, "pattern")
        if "format" in schema:
            yield Rule(_wrong_format(schema, path), pointer, "format")

    def _pattern(self, pattern: str, pointer: str) -> str:
        """Snowflake's regular expressions know neither `(?:` nor Unicode escapes.

        The anchors stay: REGEXP_LIKE adds them itself, but not in every engine that runs this SQL.
        https://docs.snowflake.com/en/sql-reference/functions-regexp
        """
        translated = pattern.replace("(?:", "(").replace(_CONTROL, "[:cntrl:]")
        if re.search(r"\\[0-9A-Za-z]", translated):
            message = f"Snowflake knows no such escape: write the characters, or {_CONTROL} for control ones"
            raise ContractError([refusal(self.version, pointer, "PATTERN_SNOWFLAKE", message)])
        return translated


def _wrong_type(kind: str, path: str) -> str:
    match kind:
        case "integer":
            return f"TYPEOF({path}) NOT IN {_NUMBERS} OR NOT REGEXP_LIKE({path}::VARCHAR, {_INTEGER})"
        case "number":
            return f"TYPEOF({path}) NOT IN {_NUMBERS}"
        case _:
            name = {"string": "VARCHAR", "boolean": "BOOLEAN", "array": "ARRAY", "object": "OBJECT"}[kind]
            return f"TYPEOF({path}) <> '{name}'"


def _wrong_format(schema: Schema, path: str) -> str:
    text = f"{path}::VARCHAR"
    wrong = f"NOT REGEXP_LIKE({text}, {literal(_FORMATS[schema['format']])})"
    if schema["format"] == "uuid":
        return wrong
    no_such_day = f"{text} LIKE '0000-%' OR {column_value(schema, path)} IS NULL"
    return f"{path} IS NOT NULL AND ({wrong} OR {no_such_day})"


def _number(schema: Schema, path: str, pointer: str) -> Iterator[Rule]:
    text = f"{path}::VARCHAR"
    value = f"TRY_TO_NUMBER({text}, 38, 0)" if schema["type"] == "integer" else f"TRY_TO_DOUBLE({text})"
    # What does not fit a number at all is out of range as well.
    below = f"COALESCE({value} < {schema['minimum']}, {text} LIKE '-%')"
    yield Rule(below, pointer, "minimum")
    above = f"COALESCE({value} > {schema['maximum']}, TRUE)"
    yield Rule(f"{path} IS NOT NULL AND {above}", pointer, "maximum")


def _sizes(schema: Schema, size: str, pointer: str, keywords: tuple[str, str]) -> Iterator[Rule]:
    for keyword, compare in zip(keywords, "<>", strict=True):
        if keyword in schema:
            yield Rule(f"{size} {compare} {schema[keyword]}", pointer, keyword)
