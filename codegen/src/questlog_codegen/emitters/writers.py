"""Writers: straight-line code that checks the arguments of an event and writes them as JSON.

A writer knows the plain case only: values of exactly the types that the SDK's methods are annotated with. It
returns None for all else, a value that breaks the contract among them; the model then judges it and says why.
"""

import re
from collections.abc import Iterator

from questlog_codegen.bundle import fragment_name
from questlog_codegen.contracts import DISCRIMINATORS, Catalog, Contract, Schema
from questlog_codegen.emitters.models import PACKAGE
from questlog_codegen.writer import header

STAMPED = ("event_id", "occurred_at", "install_id", "player_id", "session_id", "app", "device")
"""Fields of the envelope, which the client fills."""
OF_ONE_EVENT = ("event_id", "occurred_at")
"""Those that are another's in every event; the rest is its context."""


def emit(catalog: Catalog) -> dict[str, str]:
    """Return the module with one function an event."""
    modules = [_Writer(contract, catalog).source() for contract in catalog.contracts]
    constants = sorted({constant for module, _ in modules for constant in module})
    functions = "\n\n".join(function for _, function in modules)
    imports = _imports(catalog, functions)
    return {f"{PACKAGE}/writers.py": _HEAD + imports + _BOOL + "".join(constants) + "\n\n" + functions}


def _imports(catalog: Catalog, functions: str) -> str:
    """Import what the functions use; no field's name begins with an underscore or with a capital."""
    titles = {fragment["title"]: name for name, fragment in catalog.fragments.items()}
    lines = [
        f"from questlog._generated.models.shared.{titles[title]} import {title}\n"
        for title in sorted(titles)
        if re.search(rf"\bis {title}\b", functions)
    ]
    if "_is_unicode(" in functions:
        lines.append("from questlog._model import is_unicode as _is_unicode\n")
    return "".join(lines)


def arguments(contract: Contract) -> list[str]:
    """Return the names of an event's own fields, required ones first: the parameters of its writer."""
    schema = contract.newest.schema
    names = [name for name in schema["properties"] if name not in {*DISCRIMINATORS, *STAMPED}]
    return sorted(names, key=lambda name: name not in schema["required"])


_HEAD = (
    header("#", "schemas/")
    + '''"""One function an event: its members as JSON, None for what its model has to look at."""

import re
from json.encoder import encode_basestring as _quoted
from typing import Any

'''
)


_BOOL = '\nBOOL = ("false", "true")\n'


class _Writer:
    """Writes the writer of one event."""

    def __init__(self, contract: Contract, catalog: Catalog) -> None:
        self._contract = contract
        self._fragments = catalog.fragments
        self._constants: dict[str, str] = {}

    def source(self) -> tuple[list[str], str]:
        """Return constants and function as source."""
        contract = self._contract
        names = arguments(contract)
        properties, required = contract.source["properties"], contract.source["required"]
        checks, members, optional = [], [], []
        for name in names:
            plain = self._field(name, properties[name])
            if plain is None:
                checks.append("False" if name in required else f"{name} is None")
                continue
            check, text = plain
            member = f"f',\"{name}\":{text}'"
            if name in required:
                checks.append(check)
                members.append(member)
            else:
                checks.append(f"({name} is None or {check})")
                optional.append(f'+ ("" if {name} is None else {member})')
        function = _function(contract.event, names, checks, [*(members or ['""']), *optional])
        return list(self._constants.values()), function

    def _field(self, name: str, schema: Schema) -> tuple[str, str] | None:
        """Return the condition under which a value is plain and valid, and how it stands in an f-string.

        None for what only the model writes: times, floats, arrays, and objects of an event's own.
        """
        if "$ref" in schema:
            fragment = self._fragments[fragment_name(schema["$ref"])]
            if fragment["type"] == "object":
                return self._object(name, fragment)
            schema = fragment
        if "enum" in schema:
            values = self._constant(name, "VALUES", _set(schema["enum"]))
            return f"type({name}) is str and {name} in {values}", f"{{_quoted({name})}}"
        return self._of_type(name, schema)

    def _of_type(self, name: str, schema: Schema) -> tuple[str, str] | None:
        if schema["type"] == "string" and "format" not in schema:
            return " and ".join([f"type({name}) is str", *self._text(name, schema)]), f"{{_quoted({name})}}"
        if schema["type"] == "integer":
            bounds = _between(name, schema.get("minimum"), schema.get("maximum"))
            return " and ".join([f"type({name}) is int", *bounds]), f"{{{name}}}"
        if schema["type"] == "boolean":
            return f"type({name}) is bool", f"{{BOOL[{name}]}}"
        return None

    def _object(self, name: str, fragment: Schema) -> tuple[str, str] | None:
        """Of a fragment's model, which was checked when it was made and is frozen."""
        checks, members = [f"type({name}) is {fragment['title']}"], []
        for member, schema in fragment["properties"].items():
            target = schema
            while "$ref" in target:
                target = self._fragments[fragment_name(target["$ref"])]
            value = f"{name}.{member}"
            if member not in fragment["required"]:
                return None
            if target["type"] == "integer":
                checks.append(f"type({value}) is int")  # the model takes 1.0 and kinds of int, too
                members.append(f'"{member}":{{{value}}}')
            elif "enum" in target:
                members.append(f'"{member}":{{_quoted({value})}}')
            else:
                return None
        return " and ".join(checks), "{{" + ",".join(members) + "}}"

    def _text(self, name: str, schema: Schema) -> Iterator[str]:
        yield from _between(f"len({name})", schema.get("minLength"), schema.get("maxLength"))
        if "pattern" in schema:
            # The dialect anchors every pattern.
            pattern = f"re.compile({schema['pattern'][1:-1]!r}).fullmatch"
            yield f"{self._constant(name, 'MATCHES', pattern)}({name})"
        # A lone surrogate is no Unicode, and could not be sent.
        yield f"({name}.isascii() or _is_unicode({name}))"

    def _constant(self, name: str, kind: str, value: str) -> str:
        constant = f"{self._contract.event}_{name}_{kind}".upper()
        self._constants[constant] = f"{constant} = {value}\n"
        return constant


def _between(value: str, least: object, most: object) -> list[str]:
    if least is None and most is None:
        return []
    low = "" if least is None else f"{least} <= "
    high = "" if most is None else f" <= {most}"
    return [f"{low}{value}{high}"]


def _set(values: list[str]) -> str:
    return "frozenset((" + "".join(f'\n    "{value}",' for value in values) + "\n))"


def _function(event: str, names: list[str], checks: list[str], members: list[str]) -> str:
    parameters = "".join(f"    {name}: Any,\n" for name in names)
    conditions = "\n        and ".join(checks) or "True"
    lines = "".join(f"        {member}\n" for member in members)
    return (
        f"def write_{event}(\n{parameters}) -> str | None:\n"
        f"    if not (\n        {conditions}\n    ):\n        return None\n"
        f"    return (\n{lines}    )\n"
    )
