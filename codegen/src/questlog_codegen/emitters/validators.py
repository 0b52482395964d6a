"""Checks: for the API of every version, for the SDK of the newest ones and the fragments they are made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from questlog_codegen.bundle import inlined
from questlog_codegen.check_source import check_source
from questlog_codegen.contracts import Catalog, Schema
from questlog_codegen.emitters.writers import OF_ONE_EVENT, STAMPED
from questlog_codegen.writer import header


@dataclass(frozen=True)
class _Side:
    """Where a copy of the checks goes, and the exception it raises."""

    package: str
    folder: str
    exception_module: str
    exception: str

    @property
    def path(self) -> str:
        distribution = {"questlog": "sdk", "questlog_api": "api"}[self.package]
        return f"{distribution}/src/{self.package}/_generated"


_API = _Side("questlog_api", "validators", "questlog_api.violations", "Violation")
_SDK = _Side("questlog", "checks", "questlog.exceptions", "InvalidEvent")


def emit(catalog: Catalog) -> dict[str, str]:
    """Return the checks of both sides; they differ in the exception they raise and in what they cover."""
    return {**_api(catalog), **_sdk(catalog)}


def _api(catalog: Catalog) -> dict[str, str]:
    modules = {
        f"{_API.path}/validators/{version.slug}.py": _module(
            _API, version.slug, f"schemas/{version.event}/versions/{version.number}.json", version.schema
        )
        for version in catalog.versions
    }
    return {
        f"{_API.path}/keywords.py": _keywords(),
        **modules,
        f"{_API.path}/validators/__init__.py": _api_table(catalog),
    }


def _sdk(catalog: Catalog) -> dict[str, str]:
    classes = dict(_sdk_classes(catalog))
    modules = {
        f"{_SDK.path}/checks/{stem}.py": _module(_SDK, stem, source, schema)
        for stem, source, schema in classes.values()
    }
    table = _sdk_table({title: stem for title, (stem, _, _) in classes.items()})
    return {f"{_SDK.path}/keywords.py": _keywords(), **modules, f"{_SDK.path}/checks/__init__.py": table}


def _sdk_classes(catalog: Catalog) -> Iterator[tuple[str, tuple[str, str, Schema]]]:
    """Yield (class name, (module, source file, schema)) of everything the SDK lets a caller construct."""
    for name, fragment in sorted(catalog.fragments.items()):
        if fragment["type"] == "object":
            complete = inlined(fragment, catalog.fragments)
            yield fragment["title"], (f"shared_{name}", f"schemas/shared/{name}.json", complete)
    if catalog.contracts:
        yield "Context", ("context", "schemas/shared/envelope.json", _context(catalog))
    for contract in catalog.contracts:
        source = f"schemas/{contract.event}/versions/{contract.newest.number}.json"
        yield contract.source["title"], (contract.event, source, contract.newest.schema)


def _context(catalog: Catalog) -> Schema:
    """Return what the envelope says of who plays and where: the same in all events."""
    envelope = catalog.contracts[0].newest.schema
    names = [name for name in STAMPED if name in envelope["properties"] and name not in OF_ONE_EVENT]
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [name for name in names if name in envelope["required"]],
        "properties": {name: envelope["properties"][name] for name in names},
    }


def _module(side: _Side, name: str, source: str, schema: Schema) -> str:
    constants, function = check_source(schema, side.exception)
    shared = [
        name
        for name, mark in (("FORMATS", "FORMATS["), ("is_integer", "is_integer("))
        if mark in constants + function
    ]
    docstring = f'"""Check of {name}: raises {side.exception} at the first violation and changes nothing."""'
    used = ["import re\n"] if "re.compile" in constants else []
    used.append("from typing import Any\n\n")
    if shared:
        used.append(f"from {side.package}._generated.keywords import {', '.join(shared)}\n")
    used.append(f"from {side.exception_module} import {side.exception}\n")
    return f"{header('#', source)}{docstring}\n\n{''.join(used)}\n{constants}\n\n\n{function}\n"


def _api_table(catalog: Catalog) -> str:
    slugs = [version.slug for version in catalog.versions]
    rows = [
        f'    "{contract.event}": {{'
        + ", ".join(f'"{version.number}": {version.slug}.check' for version in contract.versions)
        + "},\n"
        for contract in catalog.contracts
    ]
    text = "Event -> version -> check, for every version the API ever accepted."
    return _table(_API, slugs, text, "VALIDATORS: dict[str, dict[str, Callable[[object], None]]]", rows)


def _sdk_table(stems: dict[str, str]) -> str:
    rows = [f'    "{title}": {stem}.check,\n' for title, stem in stems.items()]
    text = "Class name -> check of its JSON form."
    return _table(_SDK, list(stems.values()), text, "CHECKS: dict[str, Callable[[object], None]]", rows)


def _table(side: _Side, modules: list[str], text: str, declaration: str, rows: list[str]) -> str:
    names = "".join(f"    {name},\n" for name in sorted(modules))
    return (
        f'{header("#", "schemas/")}"""{text}"""\n\n'
        "from collections.abc import Callable\n\n"
        f"from {side.package}._generated.{side.folder} import (\n{names})\n\n"
        f"{declaration} = {{\n{''.join(rows)}}}\n"
    )


def _keywords() -> str:
    own = files("questlog_codegen").joinpath("keywords.py").read_text(encoding="utf-8")
    return header("#", "codegen/src/questlog_codegen/keywords.py") + own
