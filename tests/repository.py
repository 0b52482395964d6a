"""Where the repository lies, and its contracts, read once."""

from functools import cache
from pathlib import Path

from questlog_codegen.contracts import Catalog
from questlog_codegen.loader import load_catalog

ROOT = Path(__file__).parents[1]


@cache
def shipped_catalog() -> Catalog:
    return load_catalog(ROOT)
