"""SDK models: frozen keyword-only dataclasses, written by datamodel-code-generator.

One module an event and one a fragment, so that `Money` is one class for all events. The generator sees
the contracts only through a temporary folder: no network, no settings of the machine it runs on.
"""

import json
import signal
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from questlog_codegen.bundle import fragment_name
from questlog_codegen.contracts import DRAFT_2020_12, Catalog, Schema
from questlog_codegen.errors import CodegenError
from questlog_codegen.writer import header

PACKAGE = "sdk/src/questlog/_generated"
MODELS = f"{PACKAGE}/models"
_OPTIONS = (
    *("--input-file-type", "jsonschema", "--schema-version", "2020-12"),
    # A dated preset pins every default of the generator across its releases.
    *("--preset", "standard-py311-20261027", "--ignore-pyproject", "--disable-timestamp"),
    *("--no-allow-remote-refs", "--strict-refs", "--use-exact-imports", "--formatters", "builtin"),
    *("--output-model-type", "dataclasses.dataclass"),
    *("--dataclass-arguments", '{"frozen": true, "kw_only": true, "slots": true}'),
    *("--enum-field-as-literal", "all", "--use-one-literal-as-default", "--use-type-alias"),
    *("--no-collapse-root-models", "--use-title-as-name", "--output-datetime-class", "datetime"),
    *("--use-schema-description", "--use-field-description", "--use-single-line-docstring"),
    *("--use-double-quotes", "--base-class", "questlog._model.Model"),
)


def emit(catalog: Catalog) -> dict[str, str]:
    """Return the model modules, and `events.py`, which exports them.

    Raises:
        CodegenError: when datamodel-code-generator refuses the contracts.
    """
    with tempfile.TemporaryDirectory(prefix="questlog-") as folder:
        source, target = Path(folder, "schemas"), Path(folder, "models")
        _lay_out(catalog, source)
        _generate(catalog, source, target)
        modules = {
            path.relative_to(target).as_posix(): path.read_text("utf-8") for path in target.rglob("*.py")
        }
    texts = {f"{MODELS}/{name}": _with_header(name, text) for name, text in sorted(modules.items())}
    return {**texts, f"{PACKAGE}/__init__.py": "", f"{PACKAGE}/events.py": _exports(catalog)}


def _generate(catalog: Catalog, source: Path, target: Path) -> None:
    program = _generator()
    bases = {contract.source["title"]: "questlog._model.Event" for contract in catalog.contracts}
    bases["Money"] = "questlog._money.ExactMoney"
    folders = ["--input", str(source), "--output", str(target), "--base-class-map", json.dumps(bases)]
    if program([*folders, *_OPTIONS]) != 0:
        raise CodegenError("datamodel-code-generator refused the contracts; its reason stands above")


def _generator() -> Callable[[Sequence[str]], int]:
    """Return datamodel-code-generator's program, imported late and without what importing it does.

    It answers `--help` and `--version` of any program that imports it, and ends it with status 0 at Ctrl-C.
    """
    interrupted = signal.getsignal(signal.SIGINT)
    from datamodel_code_generator.__main__ import main  # noqa: PLC0415 - as said

    signal.signal(signal.SIGINT, interrupted)
    return main


def _lay_out(catalog: Catalog, folder: Path) -> None:
    files = {f"shared/{name}.json": schema for name, schema in catalog.fragments.items()}
    files |= {f"events/{contract.event}.json": contract.source for contract in catalog.contracts}
    for name, schema in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"$schema": DRAFT_2020_12, **_rebased(schema)}), encoding="utf-8")


def _rebased(schema: Schema) -> dict[str, Any]:
    """Let every `$ref` point into the folder's `shared/`, from wherever it stands."""
    result = dict(schema)
    if "$ref" in schema:
        result["$ref"] = f"../shared/{fragment_name(schema['$ref'])}.json"
    if "properties" in schema:
        result["properties"] = {name: _rebased(child) for name, child in schema["properties"].items()}
    if "items" in schema:
        result["items"] = _rebased(schema["items"])
    return result


def _with_header(name: str, text: str) -> str:
    """Replace the generator's own two header lines, which name the temporary folder."""
    stem = Path(name).stem
    sources = {"events": f"schemas/{stem}/schema.json", "shared": f"schemas/shared/{stem}.json"}
    source = "schemas/" if stem == "__init__" else sources[name.split("/", maxsplit=1)[0]]
    body = "".join(text.splitlines(keepends=True)[2:])
    return header("#", source) + body


def _exports(catalog: Catalog) -> str:
    titles = {f"events.{contract.event}": contract.source["title"] for contract in catalog.contracts}
    titles |= {f"shared.{name}": schema["title"] for name, schema in catalog.fragments.items()}
    imports = "".join(
        f"from questlog._generated.models.{module} import {title}\n"
        for module, title in sorted(titles.items())
    )
    names = "".join(f'    "{name}",\n' for name in sorted([*titles.values(), "EVENTS", "EventMethods"]))
    events = "".join(
        f'    "{contract.event}": {contract.source["title"]},\n' for contract in catalog.contracts
    )
    return (
        f'{header("#", "schemas/")}"""Models of all events and the fragments they share."""\n\n'
        f"from questlog._generated.client import EventMethods\n{imports}"
        f"from questlog._model import Event\n\n"
        f"__all__ = [\n{names}]\n\n"
        f'EVENTS: dict[str, type[Event]] = {{\n{events}}}\n"""Event name -> class of its newest version."""\n'
    )
