"""Holds a schema object against `dialect.json`, and says what to write instead where it does not fit."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal, TypeAlias

from jsonschema_rs import Draft202012Validator, ValidationError, ValidationErrorKind

from questlog_codegen.contracts import Schema
from questlog_codegen.keywords import DETAILS, detail
from questlog_codegen.names import camel_case, snake_case

Kind: TypeAlias = Literal["event", "fragment", "field"]
"""What a schema object is: the root of an event, the root of a shared fragment, or a field in one of them."""

Misfit: TypeAlias = tuple[tuple[str, ...], str]
"""Where below a schema object the dialect is broken (keywords and list indices), and what to do."""

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
_LIMITS = {
    "uniqueItems": "names a value twice: remove one",
    "minProperties": "is empty: describe at least {} field",
    "maxProperties": "has more than {} fields: make two events, or a fragment",
}
_WHOLE = ("minLength", "maxLength", "minItems", "maxItems")
_BOUNDS = ("minimum", "maximum")
_EXACT = 2**53 - 1  # beyond it the dialect says what is wrong
_SOME_FIELD = {"$ref": "field.json"}
_LONGEST_LIST = 300
_MOST_FIELDS = 101


class Dialect:
    """The rules of form; each object is held against them alone, whatever the fields in it look like."""

    def __init__(self, document: Schema) -> None:
        """Compile `document`.

        Raises:
            ValueError: when it is no JSON Schema, or does not define events, fragments and fields.
        """
        self._document = document
        self._kinds = {kind: self._validator(kind) for kind in ("event", "fragment", "field")}
        self._name = self._validator("name")

    def misfits(self, kind: Kind, node: Any) -> Iterator[Misfit]:
        """Yield what keeps `node` from being a `kind`; the fields in it are not looked at."""
        alone = _alone(node)
        yield from _written_as_floats(alone)
        if self._kinds[kind].is_valid(alone):
            return
        errors = list(self._kinds[kind].iter_errors(alone))
        # Which keywords fit depends on the type: while that is wrong, the rest is not worth telling.
        of_type = [error for error in errors if error.instance_path == ["type"] and kind != "event"]
        yield from dict.fromkeys(
            misfit for error in of_type[:1] or errors for misfit in self._explained(error)
        )

    def misnamed(self, name: str) -> str | None:
        """Return what to write instead of a field's `name`, None when it fits."""
        if self._name.is_valid(name):
            return None
        if len(name) > self._limit("name", "maxLength"):
            return f"must have at most {self._limit('name', 'maxLength')} characters: shorten the name"
        return f"`{name}` is not snake_case: write `{snake_case(name)}`"

    def _validator(self, kind: str) -> Draft202012Validator:
        return Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": self._document.get("$defs", {})})

    def _limit(self, definition: str, keyword: str) -> Any:
        return self._document["$defs"][definition][keyword]

    def _explained(self, error: ValidationError) -> Iterator[Misfit]:
        place = tuple(map(str, error.instance_path))
        around = self._around(error)
        match error.kind:
            case ValidationErrorKind.AdditionalProperties(unexpected):
                for name in unexpected[:_MOST_FIELDS]:
                    yield (*place, name), _unknown(name, sorted(around.get("properties", {})))
            case ValidationErrorKind.Required():
                yield place, _missing(error)
            case ValidationErrorKind.AnyOf():
                yield place, "text needs an upper bound: add maxLength, enum or format"
            case _:
                yield place, _sentence(error, around)

    def _around(self, error: ValidationError) -> Mapping[str, Any]:
        """The part of the dialect that has the broken keyword."""
        part: Any = self._document
        for step in error.schema_path[:-1]:
            part = part[step]
        return part if isinstance(part, dict) else {}


def _written_as_floats(node: Any) -> Iterator[Misfit]:
    """Yield the sizes and bounds that JSON Schema takes for whole numbers, and SQL does not."""
    keywords = _WHOLE if isinstance(node, dict) else ()
    bounded = isinstance(node, dict) and node.get("type") == "integer"
    for keyword in (*keywords, *(_BOUNDS if bounded else ())):
        written = node.get(keyword)
        if isinstance(written, float) and written.is_integer() and abs(written) <= _EXACT:
            yield (keyword,), f"is written with a fraction or an exponent: write {int(written)}"


def _alone(node: Any) -> Any:
    """Return `node` with a plain field in place of each field in it, and cut where it is far too long."""
    if not isinstance(node, dict):
        return node
    alone = {key: _cut(value) for key, value in node.items()}
    if isinstance(node.get("properties"), dict):
        alone["properties"] = {
            f"f{n}": _SOME_FIELD for n in range(min(len(node["properties"]), _MOST_FIELDS))
        }
    if "items" in node:
        alone["items"] = _SOME_FIELD
    return alone


def _cut(value: Any) -> Any:
    """Leave out what no keyword of the dialect looks at, which a foreign schema may have much of."""
    if isinstance(value, list):
        return [_flat(element) for element in value[:_LONGEST_LIST]]
    return {} if isinstance(value, dict) else value


def _flat(element: Any) -> Any:
    if isinstance(element, dict):
        return {key: value if isinstance(value, str) else None for key, value in element.items()}
    return [] if isinstance(element, list) else element


def _unknown(name: str, allowed: Sequence[str]) -> str:
    return f"`{name[:64]}` is not in the dialect{_hint(name, allowed)}"


def _hint(name: str, allowed: Sequence[str]) -> str:
    close = [known for known in allowed if _letters(known) == _letters(name)]
    if close:
        return f": did you mean `{close[0]}`?"
    return f": {_INSTEAD[name]}" if name in _INSTEAD else f"; here are allowed: {', '.join(allowed)}"


@lru_cache(maxsize=1024)
def _letters(name: str) -> str:
    """Return the letters of `name` whatever their order and case: what a slip of the fingers keeps."""
    return "".join(sorted(re.sub(r"[^a-z]", "", name.lower())))


def _missing(error: ValidationError) -> str:
    name = str(error.kind.as_dict()["property"])
    written = error.instance if isinstance(error.instance, dict) and name == "type" else ()
    others = [f"`{key}` is not in the dialect: {_INSTEAD[key]}" for key in written if key in _INSTEAD]
    return "; ".join([f"needs `{name}`: write {_WRITE.get(name, 'it')}", *others])


def _sentence(error: ValidationError, around: Mapping[str, Any]) -> str:
    keyword, expected = str(error.schema_path[-1]), around.get(str(error.schema_path[-1]))
    description = f" ({around['description']})" if "description" in around else ""
    if error.instance_path == ["type"] and isinstance(error.instance, list):
        return _one_type(error.instance)
    if keyword == "type":
        return f"is {_shown(error.instance)}, {detail(keyword, expected)}{description}"
    if keyword == "pattern" and error.instance_path == ["title"]:
        return f"`{error.instance}` is no class name: write `{camel_case(str(error.instance))}`"
    if keyword in {"enum", "const"}:
        return f"must be {_listed(expected)}, not {_shown(error.instance)}{description}"
    if keyword in _LIMITS:
        return _LIMITS[keyword].format(expected)
    sentence = detail(keyword, expected) if keyword in DETAILS else f"breaks {keyword} of the dialect"
    return f"{sentence}{description}"


def _one_type(types: Sequence[Any]) -> str:
    named = [kind for kind in types if kind != "null" and isinstance(kind, str)]
    absent = ", and leave the field out of `required`: absent is the only null" if "null" in types else ""
    return f'must be one type: write "type": "{named[0] if named else "string"}"{absent}'


def _listed(expected: Any) -> str:
    return " or ".join(map(str, expected)) if isinstance(expected, list) else json.dumps(expected)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 64 else f"{text[:60]} ..."  # noqa: PLR2004 - a line stays readable
