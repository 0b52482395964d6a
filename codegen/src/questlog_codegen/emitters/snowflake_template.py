"""Puts SQL together: the templates beside this module, lists, and the line that says where a file is from."""

from collections.abc import Iterable
from importlib.resources import files

from questlog_codegen.contracts import Contract
from questlog_codegen.writer import header


def filled(template: str, **values: str) -> str:
    """Return `snowflake_<template>.sql` with its {names} filled in."""
    folder = files("questlog_codegen.emitters")
    return folder.joinpath(f"snowflake_{template}.sql").read_text(encoding="utf-8").format_map(values)


def lines(items: Iterable[str], indent: int = 2) -> str:
    """Return the items as a list in SQL, one a line."""
    return f",\n{' ' * indent}".join(items)


def source(contract: Contract) -> str:
    """Return the first line of a file that comes of one contract."""
    return header("--", f"schemas/{contract.event}/schema.json")
