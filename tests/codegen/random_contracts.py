"""Random schemas of the dialect, edits of them, and values that fit, nearly fit, or do not fit at all."""

import copy
import random
from collections.abc import Callable
from typing import Any

from questlog_codegen.contracts import strip_annotations
from questlog_codegen.sampling.sampler import boundaries, sample

Schema = dict[str, Any]

NAMES = ("level", "score", "mode", "tags", "item", "item_id", "day", "ratio", "won", "seconds", "name")
PATTERNS = (
    "^[a-z]{1,3}$",
    "^[A-Z]{2}$",
    "^[0-9]+[.][0-9]+$",
    "^(foo|ba?r)$",
    "^[A-Za-z0-9_.:-]{1,8}$",
    "^[^\\u0000-\\u001f\\u007f]*$",
    "^v[0-9]+(-rc[0-9]+)?$",
    "^[!-~]*$",
    "^(?:[a-z]\\.)+[0-9]$",
)
WORDS = ("a", "foo", "US", "é", "it's", '"q"', "{x}", "back\\slash", "😀", "1")
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 1.0, 1.5, -0.0, 2**53 - 1, 2**53, 2**63, 1e300, 5e-324),
    *("", "a", "foo", "foo\n", "bar", "US", "1.2", "v1-rc2", "é", "😀", "\x00", "\u2028", "a" * 70),
    *("2026-03-01T12:00:00Z", "2026-02-29T12:00:00Z", "2024-02-29", "2026-03-01T12:00:00.5+05:30"),
    *("2026-03-01T23:59:60Z", "0000-01-01", "2026-03-01t12:00:00z", "2026-03-01T12:00:00+0530"),
    *("0190a3f2-7c3e-7b6a-9d0e-2f1f4e5d6c7b", "0190A3F2-7C3E-7B6A-9D0E-2F1F4E5D6C7B"),
    *([], [1], ["a"], ["a"] * 9, {}, {"a": 1}),
)


def described(node: Schema) -> Schema:
    """The node with the annotations the dialect wants."""
    pii = {} if node["type"] == "object" else {"x-pii": "none"}
    return {"description": "Something about it.", **node, **pii}


def value_schema(source: random.Random, depth: int = 0) -> Schema:
    """Any node but a fragment's root."""
    kinds: list[Callable[[random.Random], Schema]] = [_text, _whole, _number, _flag]
    if depth < 2:
        kinds.append(lambda source: _array(source, depth))
    if depth:
        kinds.append(lambda source: object_schema(source, depth))
    return described(source.choice(kinds)(source))


def object_schema(source: random.Random, depth: int = 0) -> Schema:
    """A closed object, as an event is one."""
    names = source.sample(NAMES, source.randint(1, 5))
    return {
        "type": "object",
        "additionalProperties": False,
        "required": source.sample(names, source.randint(0, len(names))),
        "properties": {name: value_schema(source, depth + 1) for name in names},
    }


def _text(source: random.Random) -> Schema:
    kind = source.randrange(4)
    if kind == 0:
        return {"type": "string", "enum": source.sample(WORDS, source.randint(1, 4))}
    if kind == 1:
        return {"type": "string", "format": source.choice(["uuid", "date-time", "date"])}
    node: Schema = {"type": "string", "maxLength": source.randint(8, 40)}
    if source.random() < 0.4:
        node["minLength"] = source.randint(0, 2)
    if kind == 2:
        node["pattern"] = source.choice(PATTERNS)
    return node


def _whole(source: random.Random) -> Schema:
    low = source.choice([0, 1, -5, -(2**53) + 1])
    return {"type": "integer", "minimum": low, "maximum": source.choice([1, 10, 999, 2**53 - 1])}


def _number(source: random.Random) -> Schema:
    low = source.choice([0, -1, -1000])
    return {"type": "number", "minimum": low, "maximum": source.choice([0, 1, 86_400, 2**53 - 1])}


def _flag(_: random.Random) -> Schema:
    return {"type": "boolean"}


def _array(source: random.Random, depth: int) -> Schema:
    node: Schema = {
        "type": "array",
        "maxItems": source.randint(1, 4),
        "items": value_schema(source, depth + 1),
    }
    if source.random() < 0.4:
        node["minItems"] = 1
    return node


def edited(schema: Schema, source: random.Random) -> Schema:
    """A copy with one to three random edits, each of a kind an author makes."""
    result = copy.deepcopy(schema)
    for _ in range(source.randint(1, 3)):
        node = source.choice(_objects(result))
        source.choice(EDITS)(node, source)
    return result


def _objects(schema: Schema) -> list[Schema]:
    inner = [node for child in schema.get("properties", {}).values() for node in _objects(child)]
    inner += _objects(schema["items"]) if "items" in schema else []
    return [schema, *inner] if schema["type"] == "object" else inner


def _add(node: Schema, source: random.Random) -> None:
    name = source.choice(NAMES)
    node["properties"].setdefault(name, value_schema(source, 1))


def _remove(node: Schema, source: random.Random) -> None:
    if len(node["properties"]) > 1:
        name = source.choice(list(node["properties"]))
        del node["properties"][name]
        node["required"] = [other for other in node["required"] if other != name]


def _require(node: Schema, source: random.Random) -> None:
    name = source.choice(list(node["properties"]))
    wanted = set(node["required"]) ^ {name}
    node["required"] = [other for other in node["properties"] if other in wanted]


def _replace(node: Schema, source: random.Random) -> None:
    node["properties"][source.choice(list(node["properties"]))] = value_schema(source, 1)


def _describe(node: Schema, source: random.Random) -> None:
    node["properties"][source.choice(list(node["properties"]))]["description"] = "Told better than before."


def _bend(node: Schema, source: random.Random) -> None:
    """Change a keyword of one member."""
    child = node["properties"][source.choice(list(node["properties"]))]
    keyword = source.choice(list(child))
    if keyword in {"minimum", "maximum"}:
        child[keyword] += source.choice([-1, 1]) * source.choice([1, 5, 100])
        child["maximum"] = max(child["minimum"], child["maximum"])
    elif keyword in {"minLength", "maxLength", "minItems", "maxItems"}:
        child[keyword] = max(1, child[keyword] + source.choice([-3, -1, 1, 5]))
    elif keyword == "enum":
        child["enum"] = source.sample(WORDS, source.randint(1, 5))
    elif keyword == "pattern":
        child["pattern"] = source.choice(PATTERNS)
    elif keyword == "type" and child["type"] == "integer":
        child["type"] = "number"


EDITS = (_add, _remove, _require, _replace, _describe, _bend, _bend, _bend)


def instances(schema: Schema, source: random.Random, count: int) -> list[Any]:
    """Values for a schema: some valid, some bent in one place, some anything."""
    plain = dict(strip_annotations(schema))
    return [_instance(plain, source) for _ in range(count)]


def _instance(schema: Schema, source: random.Random) -> Any:
    value = sample(schema, source)
    kind = source.random()
    if kind < 0.4:
        return value
    if kind > 0.97:
        return source.choice(ODD)
    return _bent(schema, value, source)


def _bent(schema: Schema, value: Any, source: random.Random) -> Any:
    """Go down to a random place and put something else there."""
    if isinstance(value, dict) and value and source.random() < 0.85:
        name = source.choice(list(value))
        bent = _bent(schema["properties"][name], value[name], source)
        return {**value, name: bent}
    if isinstance(value, list) and value and source.random() < 0.7:
        return [_bent(schema["items"], value[0], source), *value[1:]]
    return _other(schema, value, source)


def _other(schema: Schema, value: Any, source: random.Random) -> Any:
    if isinstance(value, dict) and source.random() < 0.7:
        gone = source.choice([*value, ""])
        rest = {name: child for name, child in value.items() if name != gone}
        return rest if source.random() < 0.6 else {**rest, source.choice(("unknown", *NAMES)): 1}
    if isinstance(value, int | float) and not isinstance(value, bool) and source.random() < 0.6:
        return value + source.choice([-1, 1, 0.5, 1e9, -1e9])
    if isinstance(value, str) and source.random() < 0.5:
        return source.choice([value + "\n", value.upper(), value[:-1], value * 2, f" {value}"])
    if source.random() < 0.3:
        return source.choice([*boundaries(schema), None])
    return source.choice(ODD)
