"""Snowflake: a typed table with its stream and MERGE for each major of an event, the reject query, and views.

Files are named for schemachange: `V` files are applied once, in the order of their numbers, `R` files
whenever their text changes, in the order of their names (https://github.com/Snowflake-Labs/schemachange).
So tables and streams are in `V`; comments, tags, clusters, tasks and views may change at any time and are in
`R`. Every `R__load_` comes before `R__rejected`: a rule that widens reaches the MERGE first, so that in
between an event may be typed and rejected, but never neither.
"""

from collections.abc import Iterator

from questlog_codegen.contracts import Catalog
from questlog_codegen.emitters import snowflake_document, snowflake_erasure
from questlog_codegen.emitters.snowflake_access import access_files
from questlog_codegen.emitters.snowflake_marts import activity_file, lateness_file, mart_file, usage_file
from questlog_codegen.emitters.snowflake_migrations import migrations
from questlog_codegen.emitters.snowflake_rules import first_broken
from questlog_codegen.emitters.snowflake_tables import (
    DEDUPE_DAYS,
    EVENT_NAME,
    VERSION_NUMBER,
    Table,
    tables_of,
)
from questlog_codegen.emitters.snowflake_template import filled, lines, source
from questlog_codegen.emitters.snowflake_types import LINE_COLUMNS, columns, literal
from questlog_codegen.writer import header

FOLDER = "warehouse/src/questlog_warehouse/_generated"


def emit(catalog: Catalog) -> dict[str, str]:
    """Return the SQL files and `warehouse/README.md`."""
    tables = tuple(tables_of(catalog))
    sql = {
        **migrations(catalog),
        **{f"R__load_{table.name.lower()}.sql": _load_file(table) for table in tables},
        **{f"R__mart_{contract.event}.sql": mart_file(contract) for contract in catalog.contracts},
        "R__rejected.sql": _rejected_file(catalog, tables),
        "R__player_activity.sql": activity_file(catalog),
        "R__time_lateness.sql": lateness_file(catalog),
        "R__version_usage.sql": usage_file(catalog, tables),
        snowflake_erasure.NAME: snowflake_erasure.script(tables),
    }
    sql |= access_files(tables, sql)
    document = {"warehouse/README.md": snowflake_document.document(catalog)}
    return {**{f"{FOLDER}/{name}": text for name, text in sql.items()}, **document}


def _load_file(table: Table) -> str:
    names = [column.name for column in table.columns]
    return filled(
        "load",
        header=source(table.contract),
        comments="\n".join(_comments(table)),
        tags="\n".join(_tags(table)),
        table=table.name,
        clusters=_clusters(table),
        typed=lines((f"{column.value} AS {column.name}" for column in table.columns), indent=6),
        broken=first_broken(table.newest, indent=6),
        takes=table.takes,
        dedupe_days=str(DEDUPE_DAYS),
        names=lines(names),
        values=lines(f"S.{name}" for name in names),
    )


def _clusters(table: Table) -> str:
    field = table.newest.schema.get("x-cluster")
    return ", ".join(["TO_DATE(RECEIVED_AT)", *([field.upper()] if field else [])])


def _comments(table: Table) -> Iterator[str]:
    yield f"COMMENT ON TABLE CORE.{table.name} IS {literal(table.newest.schema.get('description', ''))};"
    for column in table.columns:
        yield f"COMMENT ON COLUMN CORE.{table.name}.{column.name} IS {literal(column.description)};"


def _tags(table: Table) -> Iterator[str]:
    """The class of each column that was ever personal: one that is not any more must say so."""
    versions = table.contract.of_major(table.major)
    classed = {column.name for version in versions for column in columns(version) if column.pii != "none"}
    for column in table.columns:
        if column.name in classed:
            tag = f"SET TAG CORE.PII = {literal(column.pii)}"
            yield f"ALTER TABLE CORE.{table.name} MODIFY COLUMN {column.name} {tag};"


def _rejected_file(catalog: Catalog, tables: tuple[Table, ...]) -> str:
    """What landed and cannot be typed: the complement of what the MERGEs take, by the same rules."""
    line = {column.name: column.value for column in LINE_COLUMNS if column.name != "SENT_AT"}
    broken = (
        f"WHEN {table.takes} THEN 'invalid_event ' || {first_broken(table.newest, indent=8)}"
        for table in tables
    )
    return filled(
        "rejected",
        header=header("--", "schemas/"),
        line=lines((f"{value} AS {name}" for name, value in line.items()), indent=6),
        event=EVENT_NAME,
        version=VERSION_NUMBER,
        game_id=line["GAME_ID"],
        received_at=line["RECEIVED_AT"],
        events=", ".join(literal(contract.event) for contract in catalog.contracts),
        broken="\n        ".join(broken),
    )
