"""The frozen model of a contract: what the loader builds and every emitter reads."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeAlias

from questlog_codegen.changes import Comparison
from questlog_codegen.errors import Finding

Schema: TypeAlias = Mapping[str, Any]
Status: TypeAlias = Literal["draft", "released"]

DRAFT_2020_12 = "https://json-schema.org/draft/2020-12/schema"

FIRST_GENERATED_MIGRATION = 11
"""Lowest number of a generated `V` file; the ones below are the warehouse's hand-written first ones."""

DISCRIMINATORS = ("event", "schema_version")
"""What tells one contract from another; code generation puts them into every version."""

ANNOTATIONS = frozenset({"$schema", "$id", "title", "description", "examples", "deprecated"})
"""Keywords that say nothing about which events are valid; `x-` keywords are annotations too."""


@dataclass(frozen=True, slots=True)
class Field:
    """A leaf of a version: one value of an event, and one column of its table.

    `path` is its way through nested objects, e.g. `("price", "currency")`. `required` is True only
    when every object on the way is required as well, so that the value is in every valid event.
    """

    path: tuple[str, ...]
    schema: Schema
    required: bool

    @property
    def pointer(self) -> str:
        """JSON Pointer of the value in an event (RFC 6901)."""
        return "".join(f"/{name}" for name in self.path)

    @property
    def pii(self) -> str:
        """`none`, `pseudonymous` or `personal`."""
        return str(self.schema.get("x-pii", "none"))


@dataclass(frozen=True)
class Version:
    """One version of an event's contract; `schema` is complete: no `$ref` is left in it."""

    event: str
    major: int
    minor: int
    schema: Schema
    status: Status = "draft"

    @property
    def number(self) -> str:
        """`MAJOR.MINOR`, the value of `schema_version` in an event."""
        return f"{self.major}.{self.minor}"

    @property
    def key(self) -> str:
        """`purchase/1.0`: the version's name in `released.json` and in URLs."""
        return f"{self.event}/{self.number}"

    @property
    def slug(self) -> str:
        """`purchase_1_0`: the version's name where only identifiers are allowed."""
        return f"{self.event}_{self.major}_{self.minor}"

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """All leaves, in the order of the contract, nested objects flattened."""
        return tuple(_leaves(self.schema, (), required=True))

    @cached_property
    def validation_form(self) -> Schema:
        """The schema without annotations and in its normal form: what a release freezes."""
        return dict(normalised(strip_annotations(self.schema)))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the validation form, hexadecimal."""
        text = json.dumps(self.validation_form, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class InvalidExample:
    """An event that must be refused, and the first reason for it."""

    pointer: str
    keyword: str
    event: Mapping[str, Any]


@dataclass(frozen=True)
class Contract:
    """An event with all its versions, oldest first, and the examples its author wrote.

    `source` is the author's schema with the envelope and the discriminators put in and its `$ref`s kept,
    so that fragments stay one class in the SDK. `comparison` tells a draft from the released versions; None
    when there is no draft, or nothing is released.
    """

    event: str
    source: Schema
    versions: tuple[Version, ...]
    valid_examples: Mapping[str, Mapping[str, Any]]
    invalid_examples: Mapping[str, InvalidExample]
    comparison: Comparison | None = None

    @property
    def newest(self) -> Version:
        """The version the SDK sends."""
        return self.versions[-1]

    @property
    def majors(self) -> tuple[int, ...]:
        """Major numbers, ascending; each has a table of its own."""
        return tuple(sorted({version.major for version in self.versions}))

    def of_major(self, major: int) -> tuple[Version, ...]:
        """Versions of one major, oldest first; the last one has the widest table."""
        return tuple(version for version in self.versions if version.major == major)


@dataclass(frozen=True)
class Catalog:
    """All contracts by name, and the fragments they share (`$ref`s kept).

    `frozen` are the generated `V` migrations that were released, file name -> text as it lies on disk; a
    migration that is still a draft takes `next_migration` as its number, or one after it. `warnings` are
    what the linter tells and lets pass.
    """

    contracts: tuple[Contract, ...]
    fragments: Mapping[str, Schema]
    frozen: Mapping[str, str] = field(default_factory=dict)
    next_migration: int = FIRST_GENERATED_MIGRATION
    warnings: tuple[Finding, ...] = ()

    @property
    def versions(self) -> tuple[Version, ...]:
        """Every version of every event, ordered by event, then oldest first."""
        return tuple(version for contract in self.contracts for version in contract.versions)


def is_annotation(keyword: str) -> bool:
    """Tell whether `keyword` says nothing about which events are valid."""
    return keyword in ANNOTATIONS or keyword.startswith("x-")


def strip_annotations(schema: Schema) -> Schema:
    """Return `schema` without what does not decide validity, at every depth."""
    if not isinstance(schema, Mapping):
        return schema  # true and false are schemas too
    kept = {keyword: value for keyword, value in schema.items() if not is_annotation(keyword)}
    if isinstance(kept.get("properties"), Mapping):
        kept["properties"] = {name: strip_annotations(child) for name, child in kept["properties"].items()}
    if "items" in kept:
        kept["items"] = strip_annotations(kept["items"])
    return kept


_NOTHING = {"minLength": 0, "minItems": 0}
_SETS = ("required", "enum")


def normalised(schema: Schema) -> Schema:
    """Return `schema` in the one of its spellings that versions are compared in.

    Lists that are sets are in order, whole numbers are integers, and limits that limit nothing are left out.
    """
    if not isinstance(schema, Mapping):
        return schema
    result = {key: _whole(value) for key, value in schema.items() if _NOTHING.get(key) != value}
    result |= {key: _ordered(result[key]) for key in _SETS if key in result}
    if isinstance(result.get("properties"), Mapping):
        result["properties"] = {name: normalised(child) for name, child in result["properties"].items()}
    if "items" in result:
        result["items"] = normalised(result["items"])
    return result


def _ordered(values: Any) -> Any:
    texts = isinstance(values, list) and all(isinstance(value, str) for value in values)
    return sorted(values) if texts else values


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _leaves(schema: Schema, path: tuple[str, ...], *, required: bool) -> Iterator[Field]:
    if schema.get("type") != "object":
        yield Field(path, schema, required)
        return
    for name, child in schema["properties"].items():
        yield from _leaves(child, (*path, name), required=required and name in schema["required"])
