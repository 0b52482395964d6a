"""Typed client methods: one an event, read off the generated model so that types stand in one place only."""

import ast
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

from questlog_codegen.contracts import DISCRIMINATORS, Catalog, Contract
from questlog_codegen.emitters.models import MODELS, PACKAGE
from questlog_codegen.emitters.writers import STAMPED, arguments
from questlog_codegen.writer import header

_WIDTH = 100


def emit(catalog: Catalog, models: Mapping[str, str]) -> dict[str, str]:
    """Return the mixin with one method an event; `models` is what the models emitter returned."""
    parsed = {c.event: _Model.of(c, models[f"{MODELS}/events/{c.event}.py"]) for c in catalog.contracts}
    methods = "\n".join(_method(contract, parsed[contract.event]) for contract in catalog.contracts)
    imports = sorted({line for model in parsed.values() for line in model.imports})
    return {f"{PACKAGE}/client.py": f"{_HEAD.format(imports=chr(10).join(imports))}\n{methods}"}


_HEAD = (
    header("#", "schemas/")
    + '''"""One typed method an event, for all that events can be given to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from questlog._context import Context
from questlog._generated import writers as _writers
from questlog._model import Event
{imports}


class EventMethods(ABC):
    """What can be said of every event; who inherits it knows how an event is stamped and where it goes."""

    @abstractmethod
    def _written(self, head: str, members: str, context: Context | None) -> str:
        """Take an event of now whose own members are written; `head` ends before its id. Return its id."""

    @abstractmethod
    def _made(
        self,
        kind: type[Event],
        context: Context | None,
        event_id: UUID | None,
        occurred_at: datetime | None,
        **members: Any,
    ) -> str:
        """Take an event whose members are for its model to judge. Return the id."""
'''
)


@dataclass(frozen=True)
class _Argument:
    name: str
    annotation: str
    default: str | None
    description: str

    @property
    def parameter(self) -> str:
        return f"{self.name}: {self.annotation}" + (f" = {self.default}," if self.default else ",")


@dataclass(frozen=True)
class _Model:
    """What a method must know of its event's class."""

    name: str
    arguments: tuple[_Argument, ...]
    imports: tuple[str, ...]

    @classmethod
    def of(cls, contract: Contract, source: str) -> "_Model":
        tree = ast.parse(source)
        title = contract.source["title"]
        body = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == title).body
        arguments = tuple(
            _argument(source, node, contract.newest.schema["properties"][node.target.id]["description"])
            for node in body
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
            if node.target.id not in {*DISCRIMINATORS, *STAMPED}
        )
        return cls(title, arguments, tuple(_imports(tree, f"events.{contract.event}", title, arguments)))


def _argument(source: str, node: ast.AnnAssign, description: str) -> _Argument:
    annotation = ast.get_source_segment(source, node.annotation) or ""
    name = node.target.id if isinstance(node.target, ast.Name) else ""
    default = ast.get_source_segment(source, node.value) if node.value else None
    return _Argument(name, annotation, default, description)


def _imports(tree: ast.Module, module: str, title: str, arguments: tuple[_Argument, ...]) -> list[str]:
    """Import the event's class and the fragments its arguments name, each from where it is defined."""
    used = {
        node.id
        for argument in arguments
        for node in ast.walk(ast.parse(argument.annotation))
        if isinstance(node, ast.Name)
    }
    home = {node.name: module for node in tree.body if isinstance(node, ast.ClassDef)}
    home |= {
        node.target.id: module
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.level:
            home |= {alias.name: str(node.module) for alias in node.names}
    names = sorted(name for name in {*used, title} if name in home)
    return [f"from questlog._generated.models.{home[name]} import {name}" for name in names]


def _method(contract: Contract, model: _Model) -> str:
    fields = [a.parameter for a in sorted(model.arguments, key=lambda a: a.default is not None)]
    stamped = ["context: Context | None = None,", "event_id: UUID | None = None,"]
    signature = ["self,", "*,", *fields, *stamped, "occurred_at: datetime | None = None,"]
    names = arguments(contract)
    head = f'{{"event":"{contract.event}","schema_version":"{contract.newest.number}","event_id":"'
    # No field's name begins or ends with an underscore: what the method uses is hidden by none.
    lines = [
        f"def {contract.event}(",
        *_indented(signature),
        ") -> str:",
        *_indented(_docstring(contract, model)),
        f"    members_ = _writers.write_{contract.event}(",
        *_indented([f"{name}," for name in names], 2),
        "    )",
        "    if members_ is not None and event_id is None and occurred_at is None:",
        f"        return self._written('{head}', members_, context)",
        "    return self._made(",
        *_indented([f"{model.name},", "context,", "event_id,", "occurred_at,"], 2),
        *_indented([f"{name}={name}," for name in names], 2),
        "    )",
    ]
    return "\n".join(f"    {line}" if line else "" for line in lines) + "\n"


def _docstring(contract: Contract, model: _Model) -> list[str]:
    arguments = [
        line for argument in model.arguments for line in _wrapped(argument.name, argument.description)
    ]
    envelope = [
        *_wrapped("context", "Who and where, in place of the client's own."),
        *_wrapped("event_id", "Identity of the event; None makes a new one."),
        *_wrapped("occurred_at", "When it happened, with a time zone; None is now."),
    ]
    retired = "Deprecated: still taken, no longer wanted. " if contract.source.get("deprecated") else ""
    first, *rest = textwrap.wrap(f"{retired}{contract.source['description']}", _WIDTH - 3)
    raises = [
        "Returns:",
        "    The event's id.",
        "",
        "Raises:",
        "    InvalidEvent: when a value breaks the contract; it names the field and the rule.",
    ]
    return [f'"""{first}', *rest, "", "Args:", *_indented([*arguments, *envelope]), "", *raises, '"""']


def _wrapped(name: str, description: str) -> list[str]:
    return textwrap.wrap(f"{name}: {description}", _WIDTH - 4, subsequent_indent="    ")


def _indented(lines: list[str], depth: int = 1) -> list[str]:
    return ["    " * depth + line if line else "" for line in lines]
