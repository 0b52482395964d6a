"""What to write instead of what the dialect refuses."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from jsonschema_rs import ValidationError

from questlog_codegen.keywords import DETAILS, detail
from questlog_codegen.names import camel_case, closest, snake_case
from questlog_codegen.patterns.grammar import unsafe

_INSTEAD = {
    "$defs": "put the fragment into schemas/shared/ and $ref it",
    "definitions": "put the fragment into schemas/shared/ and $ref it",
    "allOf": "write the fields out, or share them as a fragment",
    "anyOf": "use one type; make two events of two shapes",
    "oneOf": "use one type; make two events of two shapes",
    "not": "list what is allowed with enum or pattern",
    "if": "make the field optional and describe when it is present",
    "const": "use enum with one value",
    "default": "leave the field out: absent means unknown",
    "exclusiveMinimum": "use minimum with the next whole number",
    "exclusiveMaximum": "use maximum with the previous whole number",
    "multipleOf": "store whole units, e.g. micros",
    "uniqueItems": "describe it; validators disagree on equality",
    "patternProperties": "use an array of objects with a key field",
    "prefixItems": "use an object with named fields",
    "dependentRequired": "group the fields in one optional object",
    "nullable": "make the field optional: absent is the only null",
    "contentEncoding": "use maxLength and describe the encoding",
}
_WRITE = {
    "$schema": '"$schema": "../dialect.json", so that editors know the dialect',
    "title": 'the class name in the SDK, e.g. "title": "LevelComplete"',
    "description": "a sentence that says what it means, with its unit",
    "x-owner": 'the team that answers questions, e.g. "x-owner": "growth"',
    "x-pii": '"x-pii": "none", "pseudonymous" or "personal"',
    "type": '"type": "string", "integer", "number", "boolean" or "array", or $ref a shared fragment',
    "properties": 'the fields, e.g. "properties": {"level": {...}}',
    "required": 'the names of the fields that are never absent, e.g. "required": []',
    "additionalProperties": '"additionalProperties": false, so that a misspelt field is an error',
    "minimum": 'the smallest value it can have, e.g. "minimum": 0',
    "maximum": 'the largest value it can have, e.g. "maximum": 1000000',
    "items": 'what the elements are, e.g. "items": {"type": "string", ...}',
    "maxItems": 'the most elements there can be, e.g. "maxItems": 100',
}
_MEANT = {
    "int": '"integer"',
    "long": '"integer"',
    "float": '"number"',
    "double": '"number"',
    "decimal": '"number"',
    "str": '"string"',
    "text": '"string"',
    "uuid": '"string", and beside it "format": "uuid"',
    "date": '"string", and beside it "format": "date"',
    "datetime": '"string", and beside it "format": "date-time"',
    "timestamp": '"string", and beside it "format": "date-time"',
    "bool": '"boolean"',
    "list": '"array"',
}
_NOT_IN_TEXT = {
    '"': "a double quote: use single quotes",
    "\\": "a backslash: leave it out",
    "$": "a dollar sign: write USD or leave it out",
}
_LIMITS = {
    "uniqueItems": "names a value twice: remove one",
    "minProperties": "is empty: describe at least {} field",
    "maxProperties": "has more than {} fields: make two events, or a fragment",
}


def unknown(name: str, allowed: tuple[str, ...]) -> str:
    """Return what to write instead of a keyword that is not among the `allowed` ones."""
    return f"`{name[:64]}` is not in the dialect{_hint(name, allowed)}"


@lru_cache(maxsize=1024)
def _hint(name: str, allowed: tuple[str, ...]) -> str:
    if name in _INSTEAD:
        return f": {_INSTEAD[name]}"
    same_letters = (known for known in allowed if _letters(known) == _letters(name))
    close = next(same_letters, None) or closest(name, allowed)
    return f": did you mean `{close}`?" if close else f"; here are allowed: {', '.join(allowed)}"


@lru_cache(maxsize=1024)
def _letters(name: str) -> str:
    """Return the letters of `name` whatever their order and case: what a slip of the fingers keeps."""
    return "".join(sorted(re.sub(r"[^a-z]", "", name.lower())))


def missing(error: ValidationError) -> str:
    """Return how to write the keyword that is not there."""
    name = str(error.kind.as_dict()["property"])
    written = error.instance if isinstance(error.instance, dict) and name == "type" else ()
    # Nothing else tells of them: which keywords are allowed depends on the type.
    others = [unknown(key, ("type",)) for key in written if key in _INSTEAD or closest(key, ("type",))]
    return "; ".join([f"needs `{name}`: write {_WRITE.get(name, 'it')}", *others])


def sentence(error: ValidationError, around: Mapping[str, Any]) -> str:
    """Return what is wrong with a keyword's value; `around` is the part of the dialect that says so."""
    keyword, expected = str(error.schema_path[-1]), around.get(str(error.schema_path[-1]))
    description = f" ({around['description']})" if "description" in around else ""
    if error.instance_path == ["type"] and isinstance(error.instance, list):
        return _one_type(error.instance)
    if keyword == "type":
        return f"is {_shown(error.instance)}, {detail(keyword, expected)}{description}"
    if keyword == "pattern" and (instead := _misspelt(error)):
        return instead
    if keyword in {"enum", "const"}:
        meant = _meant(error.instance, expected)
        return f"must be {_listed(expected)}, not {_shown(error.instance)}{meant or description}"
    if keyword in _LIMITS:
        return _LIMITS[keyword].format(expected)
    sentence = detail(keyword, expected) if keyword in DETAILS else f"breaks {keyword} of the dialect"
    return f"{sentence}{description}"


def _misspelt(error: ValidationError) -> str | None:
    """Return what to write in place of a text that does not match, None when the dialect's words must do."""
    written = str(error.instance)
    match error.instance_path:
        case ["title"]:
            return f"`{written}` is no class name: write `{camel_case(written)}`"
        case ["description"]:
            return f"has {_not_in_text(written)}"
        case ["pattern"]:
            return _anchored(written)
        case ["$ref"]:
            return _local(written)
    return None


def _not_in_text(written: str) -> str:
    found = (_NOT_IN_TEXT[character] for character in written if character in _NOT_IN_TEXT)
    return next(found, "a line break or another control character: write a space")


def _anchored(written: str) -> str:
    inner = written.removeprefix("^").removesuffix("$")
    if "$" in inner:
        return "has a $ before its end, which validators read differently: write \\u0024 for the character"
    bound = f"^({inner})$" if "|" in inner else f"^{inner}$"
    reason = unsafe(bound)
    return f"must bind the whole text: {f'put it between ^ and $; {reason}' if reason else f'write {bound}'}"


def _local(reference: str) -> str:
    stem = reference.rstrip("/#").rsplit("/", 1)[-1].removesuffix(".json")
    place = f"put the fragment into schemas/shared/ and write ../shared/{snake_case(stem)}.json"
    return f"nothing is fetched: {place}" if "//" in reference else f"leads nowhere: {place}"


def _meant(written: Any, expected: Any) -> str:
    """Return which of the expected words to write, empty when none is alike."""
    if not isinstance(written, str) or not isinstance(expected, list):
        return ""
    if "integer" in expected and written.lower() in _MEANT:
        return f": write {_MEANT[written.lower()]}"
    close = closest(written, map(str, expected))
    return f': write "{close}"' if close else ""


def _one_type(types: Sequence[Any]) -> str:
    named = [kind for kind in types if kind != "null" and isinstance(kind, str)]
    absent = ", and leave the field out of `required`: absent is the only null" if "null" in types else ""
    return f'must be one type: write "type": "{named[0] if named else "string"}"{absent}'


def _listed(expected: Any) -> str:
    return " or ".join(map(str, expected)) if isinstance(expected, list) else json.dumps(expected)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 64 else f"{text[:60]} ..."  # noqa: PLR2004 - a line stays readable
