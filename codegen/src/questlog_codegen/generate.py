"""Every emitter in one place: contracts in, all generated files out."""

from questlog_codegen.contracts import Catalog
from questlog_codegen.emitters import catalog as bundle
from questlog_codegen.emitters import (
    client,
    examples,
    models,
    openapi,
    packages,
    snowflake,
    validators,
    writers,
)

OWNED = (
    "schemas/*/versions/*.json",
    "sdk/src/questlog/_generated/**/*",
    "api/src/questlog_api/_generated/**/*",
    "warehouse/src/questlog_warehouse/_generated/**/*",
    f"*/{packages.HOOK}",
)
"""Glob patterns of what belongs to code generation: a file there that no emitter makes is removed."""


def generate(catalog: Catalog) -> dict[str, str]:
    """Return every generated file, path relative to the repository -> text."""
    classes = models.emit(catalog)
    return {
        **bundle.emit(catalog),
        **classes,
        **client.emit(catalog, classes),
        **writers.emit(catalog),
        **validators.emit(catalog),
        **examples.emit(catalog),
        **openapi.emit(catalog),
        **snowflake.emit(catalog),
        **packages.emit(catalog),
        **_package_marks(),
    }


def _package_marks() -> dict[str, str]:
    """Generated folders that hold no module table of their own."""
    return {"api/src/questlog_api/_generated/__init__.py": ""}
