"""Snowflake: a typed table with its stream and MERGE for each major of an event, the reject query, and views.

Files are named for schemachange: `V` files are applied once, in the order of their numbers, `R` files
whenever their text changes, in the order of their names (https://github.com/Snowflake-Labs/schemachange).
So tables and streams are in `V`; comments, tags, tasks and views, which may change at any time, are in `R`.
Every `R__load_` comes before `R__rejected`: a rule that widens reaches the MERGE first, so that in between
an event may be typed and rejected, but never neither.
"""

from collections.abc import Iterable, Iterator
from importlib.resources import files

from questlog_codegen.contracts import Catalog, Contract
from questlog_codegen.emitters import snowflake_document
from questlog_codegen.emitters.snowflake_rules import first_broken
from questlog_codegen.emitters.snowflake_tables import (
    DEDUPE_DAYS,
    EVENT_NAME,
    VERSION_NUMBER,
    Table,
    tables_of,
)
from questlog_codegen.emitters.snowflake_types import LINE_COLUMNS, literal
from questlog_codegen.writer import header

FOLDER = "warehouse/src/questlog_warehouse/_generated"
FIRST_NUMBER = 11
"""Number of the first generated `V` file; the ones below are the hand-written foundation's."""


def emit(catalog: Catalog) -> dict[str, str]:
    """Return the SQL files and `warehouse/README.md`."""
    tables = tuple(tables_of(catalog))
    sql = {
        **{
            _table_name(number, table): _table_file(table)
            for number, table in enumerate(tables, FIRST_NUMBER)
        },
        **{f"R__load_{table.name.lower()}.sql": _load_file(table) for table in tables},
        **{f"R__mart_{contract.event}.sql": _mart_file(contract) for contract in catalog.contracts},
        "R__rejected.sql": _rejected_file(catalog, tables),
    }
    document = {"warehouse/README.md": snowflake_document.document(catalog)}
    return {**{f"{FOLDER}/{name}": text for name, text in sql.items()}, **document}


def _table_name(number: int, table: Table) -> str:
    return f"V{number:04}__{table.newest.slug}.sql"


def _table_file(table: Table) -> str:
    cluster_field = table.newest.schema.get("x-cluster")
    return _filled(
        "table",
        header=_header(table.contract),
        table=table.name,
        columns=_lines(f"{c.name} {c.type}{' NOT NULL' if c.required else ''}" for c in table.columns),
        clusters=", ".join(["TO_DATE(RECEIVED_AT)", *([cluster_field.upper()] if cluster_field else [])]),
    )


def _load_file(table: Table) -> str:
    names = [column.name for column in table.columns]
    return _filled(
        "load",
        header=_header(table.contract),
        comments="\n".join(_comments(table)),
        tags="\n".join(_tags(table)),
        table=table.name,
        typed=_lines((f"{column.value} AS {column.name}" for column in table.columns), indent=6),
        broken=first_broken(table.newest, indent=6),
        takes=table.takes,
        dedupe_days=str(DEDUPE_DAYS),
        names=_lines(names),
        values=_lines(f"S.{name}" for name in names),
    )


def _comments(table: Table) -> Iterator[str]:
    yield f"COMMENT ON TABLE CORE.{table.name} IS {literal(table.newest.schema.get('description', ''))};"
    for column in table.columns:
        yield f"COMMENT ON COLUMN CORE.{table.name}.{column.name} IS {literal(column.description)};"


def _tags(table: Table) -> Iterator[str]:
    for column in table.columns:
        if column.pii != "none":
            tag = f"SET TAG CORE.PII = {literal(column.pii)}"
            yield f"ALTER TABLE CORE.{table.name} MODIFY COLUMN {column.name} {tag};"


def _rejected_file(catalog: Catalog, tables: tuple[Table, ...]) -> str:
    """What landed and cannot be typed: the complement of what the MERGEs take, by the same rules."""
    line = {column.name: column.value for column in LINE_COLUMNS if column.name != "SENT_AT"}
    broken = (
        f"WHEN {table.takes} THEN 'invalid_event ' || {first_broken(table.newest, indent=8)}"
        for table in tables
    )
    return _filled(
        "rejected",
        header=header("--", "schemas/"),
        line=_lines((f"{value} AS {name}" for name, value in line.items()), indent=6),
        event=EVENT_NAME,
        version=VERSION_NUMBER,
        game_id=line["GAME_ID"],
        received_at=line["RECEIVED_AT"],
        events=", ".join(literal(contract.event) for contract in catalog.contracts),
        broken="\n        ".join(broken),
    )


def _mart_file(contract: Contract) -> str:
    """One name for the event over all its majors."""
    tables = [Table(contract, major) for major in reversed(contract.majors)]
    families: dict[str, set[str]] = {}
    for column in (column for table in tables for column in table.columns):
        families.setdefault(column.name, set()).add(column.family)
    return _filled(
        "mart",
        header=_header(contract),
        view=contract.event.upper(),
        selects="\nUNION ALL\n".join(_mart_select(table, families) for table in tables),
        comment=literal(f"{contract.newest.schema.get('description', '')} All majors together."),
    )


def _mart_select(table: Table, families: dict[str, set[str]]) -> str:
    """The columns of all majors: NULL where this one lacks it, text where types differ."""
    own = {column.name for column in table.columns}
    values = []
    for name, kinds in families.items():
        shared = "VARCHAR" if len(kinds) > 1 else next(iter(kinds))
        source = name if name in own else "NULL"
        bare = name in own and len(kinds) == 1
        values.append(name if bare else f"CAST({source} AS {shared}) AS {name}")
    return f"SELECT\n  {_lines(values)}\nFROM CORE.{table.name}"


def _header(contract: Contract) -> str:
    return header("--", f"schemas/{contract.event}/schema.json")


def _lines(items: Iterable[str], indent: int = 2) -> str:
    return f",\n{' ' * indent}".join(items)


def _filled(template: str, **values: str) -> str:
    """Return `snowflake_<template>.sql`, which lies beside this module, with its {names} filled in."""
    text = (
        files("questlog_codegen.emitters").joinpath(f"snowflake_{template}.sql").read_text(encoding="utf-8")
    )
    return text.format_map(values)
