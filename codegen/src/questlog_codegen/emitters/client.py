"""Typed client methods: one an event, read off the generated model so that types stand in one place only."""

import ast
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

from questlog_codegen.contracts import DISCRIMINATORS, Catalog, Contract
from questlog_codegen.emitters.models import MODELS, PACKAGE
from questlog_codegen.writer import header

_STAMPED = ("event_id", "occurred_at", "install_id", "player_id", "session_id", "app", "device")
_WIDTH = 100


def emit(catalog: Catalog, models: Mapping[str, str]) -> dict[str, str]:
    """Return the mixin with one method an event; `models` is what the models emitter returned."""
    parsed = {c.event: _Model.of(c, models[f"{MODELS}/events/{c.event}.py"]) for c in catalog.contracts}
    methods = "\n".join(_method(contract, parsed[contract.event]) for contract in catalog.contracts)
    imports = sorted({line for model in parsed.values() for line in model.imports})
    return {f"{PACKAGE}/client.py": f"{_HEAD.format(imports=chr(10).join(imports))}\n{methods}"}


_HEAD = (
    header("#", "schemas/")
    + '''"""One typed method an event, for `questlog.Client`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from questlog._context import Context, Stamp
from questlog._model import Event
{imports}


class EventMethods(ABC):
    """What a client says of every event; the client itself knows how it is stamped and sent."""

    @abstractmethod
    def track(self, event: Event) -> None:
        """Accept an event for delivery."""

    @abstractmethod
    def _stamp(self, context: Context | None, event_id: UUID | None, occurred_at: datetime | None) -> Stamp:
        """Return the envelope of an event."""
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
            if node.target.id not in {*DISCRIMINATORS, *_STAMPED}
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
    # No field's name ends in an underscore, so these two locals shadow none.
    passed = [f"{name}=stamp_.{name}," for name in _STAMPED] + [
        f"{a.name}={a.name}," for a in model.arguments
    ]
    lines = [
        f"def {contract.event}(",
        *_indented(signature),
        f") -> {model.name}:",
        *_indented(_docstring(contract, model)),
        "    stamp_ = self._stamp(context, event_id, occurred_at)",
        f"    event_ = {model.name}(",
        *_indented(passed, 2),
        "    )",
        "    self.track(event_)",
        "    return event_",
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
        "Raises:",
        "    InvalidEvent: when a value breaks the contract; it names the field and the rule.",
    ]
    return [f'"""{first}', *rest, "", "Args:", *_indented([*arguments, *envelope]), "", *raises, '"""']


def _wrapped(name: str, description: str) -> list[str]:
    return textwrap.wrap(f"{name}: {description}", _WIDTH - 4, subsequent_indent="    ")


def _indented(lines: list[str], depth: int = 1) -> list[str]:
    return ["    " * depth + line if line else "" for line in lines]
