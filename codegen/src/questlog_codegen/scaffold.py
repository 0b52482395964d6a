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
from questlog_codegen.sampling.sampler import fullest, minimal
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


def scaffold(tree: SchemaTree, event: str, fields: Sequence[str], owner: str) -> dict[str, Any]:
    """Return the files of a new event, path -> JSON value; `fields` are `name:kind` or `name:kind?`.

    Raises:
        CodegenError: for a field that is not of that form.
        ContractError: when the event would not lint; the findings name what to choose instead.
    """
    schema = _schema(event, dict(map(_field, fields)), owner)
    valid, invalid = _examples(tree, event, schema)
    grown = replace(
        tree,
        events={**tree.events, event: schema},
        valid_examples={**tree.valid_examples, event: valid},
        invalid_examples={**tree.invalid_examples, event: invalid},
    )
    own = [found for found in lint(grown, datetime.now(UTC).date()) if f"schemas/{event}" in found.file]
    if any(finding.severity == "error" for finding in own):
        raise ContractError(own)
    folder = f"schemas/{event}"
    return {
        f"{folder}/schema.json": schema,
        **{f"{folder}/examples/valid/{name}.json": example for name, example in valid.items()},
        **{f"{folder}/examples/invalid/{name}.json": example for name, example in invalid.items()},
    }


def _field(text: str) -> tuple[str, tuple[str, bool]]:
    name, _, kind = text.partition(":")
    optional = kind.endswith("?")
    if kind.rstrip("?") not in KINDS:
        raise CodegenError(f"a field is written name:kind, e.g. level:integer; kinds: {', '.join(KINDS)}")
    return name, (kind.rstrip("?"), not optional)


def _schema(event: str, fields: Mapping[str, tuple[str, bool]], owner: str) -> dict[str, Any]:
    words = event.replace("_", " ")
    return {
        "$schema": "../dialect.json",
        "title": "".join(word.capitalize() for word in event.split("_")),
        "description": f"Sent when {words} happens: say here when exactly, and what one event means.",
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
    result = {**described, **node, "x-pii": "none"}
    if "items" in node:
        result["items"] = {
            "description": f"One of the {name.replace('_', ' ')}.",
            **node["items"],
            "x-pii": "none",
        }
    return result


def _examples(tree: SchemaTree, event: str, schema: Schema) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return valid examples that cover every field and value, and an invalid one for each required field."""
    grown = replace(tree, events={**tree.events, event: schema})
    complete = inlined(with_envelope(grown, event), shared_fragments(grown))
    own = {name: fullest(complete["properties"][name]) for name in schema["properties"]}
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
