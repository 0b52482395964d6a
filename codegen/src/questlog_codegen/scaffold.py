"""A new event from its name and the kinds of its fields: a schema and examples that lint, to be edited."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from questlog_codegen.bundle import inlined, shared_fragments, with_envelope
from questlog_codegen.contracts import Schema
from questlog_codegen.errors import CodegenError, ContractError
from questlog_codegen.lint import lint
from questlog_codegen.lint.wording import promise
from questlog_codegen.names import misspelt, words
from questlog_codegen.reference import violations
from questlog_codegen.sampling.sampler import minimal
from questlog_codegen.tree import ENVELOPE, SchemaTree

KINDS: dict[str, dict[str, Any]] = {
    "integer": {"type": "integer", "minimum": 0, "maximum": 1_000_000},
    "number": {"type": "number", "minimum": 0, "maximum": 1_000_000},
    "boolean": {"type": "boolean"},
    "text": {"type": "string", "minLength": 1, "maxLength": 64},
    "enum": {"type": "string", "enum": ["first", "second"]},
    "uuid": {"type": "string", "format": "uuid"},
    "time": {"type": "string", "format": "date-time"},
    "day": {"type": "string", "format": "date"},
    "texts": {
        "type": "array",
        "maxItems": 10,
        "items": {"type": "string", "minLength": 1, "maxLength": 64},
    },
    "money": {"$ref": "../shared/money.json"},
}
"""What a field may be, and the bounds it starts with."""

KIND_HELP = f"{', '.join(KINDS)} (the name of a time ends in _at)"
"""The kinds as they are told to who writes fields."""

_IDS = frozenset({"id", "idfa", "idfv", "gaid", "aaid"})
_PLAIN: dict[str, Any] = {
    "integer": 1,
    "number": 0.5,
    "boolean": True,
    "string": "text",
    "uuid": "01930f3a-7c00-7001-8000-000000000001",
    "date-time": "2026-11-02T18:04:05.123Z",
    "date": "2026-11-02",
}


def scaffold(tree: SchemaTree, event: str, fields: Sequence[str], owner: str) -> dict[str, Any]:
    """Return the files of a new event, path -> JSON value; `fields` are `name:kind` or `name:kind?`.

    Raises:
        CodegenError: for a name or a field that is not of that form, or is there already.
        ContractError: when the event would not lint, or what every event shares does not; the findings name
            what to choose instead.
    """
    if message := misspelt(event):
        raise CodegenError(message)
    if event in tree.events or (tree.root / "schemas" / event).exists():
        raise CodegenError(f"schemas/{event} is there already: edit it, or choose another name")
    _refuse(tree, ("schemas/dialect.json", "schemas/shared/"))
    schema = _schema(event, _fields(fields), owner)
    valid, invalid = _examples(tree, event, schema)
    grown = replace(
        tree,
        events={**tree.events, event: schema},
        valid_examples={**tree.valid_examples, event: valid},
        invalid_examples={**tree.invalid_examples, event: invalid},
    )
    folder = f"schemas/{event}"
    _refuse(grown, (f"{folder}/",), folder)
    return {
        f"{folder}/schema.json": schema,
        **{f"{folder}/examples/valid/{name}.json": example for name, example in valid.items()},
        **{f"{folder}/examples/invalid/{name}.json": example for name, example in invalid.items()},
    }


def _refuse(tree: SchemaTree, below: tuple[str, ...], folder: str = "") -> None:
    """Raise what is wrong in the files `below` some folders, and in the name of `folder`."""
    found = [
        finding
        for finding in lint(tree, datetime.now(UTC).date())
        if finding.file.startswith(below) or finding.file == folder
    ]
    if any(finding.severity == "error" for finding in found):
        raise ContractError(found)


def _fields(written: Sequence[str]) -> dict[str, tuple[str, bool]]:
    fields: dict[str, tuple[str, bool]] = {}
    for name, kind, required in map(_field, written):
        if name in fields:
            raise CodegenError(f"`{name}` is written twice: each field has a name of its own")
        fields[name] = kind, required
    return fields


def _field(text: str) -> tuple[str, str, bool]:
    name, _, rest = text.partition(":")
    kind = rest.removesuffix("?")
    if kind not in KINDS:
        form = "a field is written name:kind, with a ? behind when it is optional, e.g. level:integer"
        raise CodegenError(f"{form}, not {text}; kinds: {KIND_HELP}")
    return name, kind, kind == rest


def _schema(event: str, fields: Mapping[str, tuple[str, bool]], owner: str) -> dict[str, Any]:
    happens = event.replace("_", " ")
    return {
        "$schema": "../dialect.json",
        "title": "".join(word.capitalize() for word in event.split("_")),
        "description": f"Sent when {happens} happens: say here when exactly, and what one event means.",
        "x-owner": owner,
        "type": "object",
        "additionalProperties": False,
        "required": [name for name, (_, required) in fields.items() if required],
        "properties": {name: _property(name, kind) for name, (kind, _) in fields.items()},
    }


def _property(name: str, kind: str) -> dict[str, Any]:
    described = {"description": f"Say here what the {name.replace('_', ' ')} means, with its unit."}
    node = KINDS[kind]
    if "$ref" in node:
        return {**node, **described}
    result = {**described, **node, "x-pii": _pii(name)}
    if "items" in node:
        result["items"] = {
            "description": f"One of the {name.replace('_', ' ')}.",
            **node["items"],
            "x-pii": _pii(name),
        }
    return result


def _pii(name: str) -> str:
    """Return the class of data that a field's name promises; an id stands for a person."""
    if promise(name) is None:
        return "none"
    return "pseudonymous" if words(name)[-1] in _IDS else "personal"


def _examples(tree: SchemaTree, event: str, schema: Schema) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return valid examples that cover every field and value, and an invalid one for each required field."""
    grown = replace(tree, events={**tree.events, event: schema})
    complete = inlined(with_envelope(grown, event), shared_fragments(grown))
    own = {name: _plain(complete["properties"][name]) for name in schema["properties"]}
    whole = {**(_known_envelope(tree) or minimal(complete)), **own}
    valid = {"everything": whole}
    if len(schema["required"]) < len(own):
        valid["only_required"] = {name: whole[name] for name in whole if name in complete["required"]}
    for name, node in schema["properties"].items():
        others = [value for value in node.get("enum", ()) if value != own[name]]
        valid |= {f"{name}_{value}": {**whole, name: value} for value in others}
    invalid = {f"{name}_missing": _without(whole, name) for name in schema["required"]}
    if not invalid:
        reason = {"pointer": "", "keyword": "additionalProperties"}
        invalid["unknown_property"] = {**reason, "event": {**whole, "unknown_property": 1}}
    return {name: _with_own_id(event, name, example) for name, example in valid.items()}, invalid


def _plain(schema: Schema) -> Any:
    """Return a small value that reads well, and that stays valid when its author narrows the bounds."""
    match schema:
        case {"enum": [first, *_]}:
            return first
        case {"properties": properties}:
            return {name: _plain(child) for name, child in properties.items()}
        case {"items": items}:
            return [_plain(items)]
    value = _PLAIN[schema.get("format", schema["type"])]
    return minimal(schema) if violations(schema, value) else value


def _without(event: Mapping[str, Any], name: str) -> dict[str, Any]:
    rest = {key: value for key, value in event.items() if key != name}
    return {"pointer": f"/{name}", "keyword": "required", "event": rest}


def _with_own_id(event: str, name: str, example: Mapping[str, Any]) -> dict[str, Any]:
    return {**example, "event_id": str(uuid5(NAMESPACE_URL, f"urn:questlog:{event}:{name}"))}


def _known_envelope(tree: SchemaTree) -> dict[str, Any] | None:
    """Return the envelope of the first example there is, which reads better than a made-up one."""
    fields = tree.fragments[ENVELOPE]["properties"]
    examples = (example for named in tree.valid_examples.values() for example in named.values())
    return next(({name: example[name] for name in fields if name in example} for example in examples), None)
