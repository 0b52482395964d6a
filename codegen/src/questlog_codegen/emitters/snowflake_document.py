"""`warehouse/README.md`: the tables for people who ask them, from the contracts and a hand-written frame."""

from collections.abc import Iterable, Sequence
from importlib.resources import files
from itertools import takewhile
from string import Template

from questlog_codegen.contracts import Catalog
from questlog_codegen.emitters.snowflake_tables import DEDUPE_DAYS, Table, tables_of
from questlog_codegen.emitters.snowflake_types import LINE_COLUMNS, Column
from questlog_codegen.writer import header

_HEAD = "| column | type | null | PII | meaning |\n|---|---|---|---|---|\n"


def document(catalog: Catalog) -> str:
    """Return the document; its frame is `snowflake_document.md`, beside this module."""
    frame = files("questlog_codegen.emitters").joinpath("snowflake_document.md").read_text(encoding="utf-8")
    tables = tuple(tables_of(catalog))
    shared = _shared(tables)
    return Template(frame).substitute(
        header=header("<!--", "schemas/").rstrip("\n") + " -->",
        dedupe_days=DEDUPE_DAYS,
        glance="\n".join(_glance(table) for table in tables),
        shared_columns=_columns(shared),
        events="\n".join(_section(table, len(shared)) for table in tables),
        views="\n".join(
            f"| `MART.{contract.event.upper()}` | an event `{contract.event}`, of any major |"
            for contract in catalog.contracts
        ),
    )


def _glance(table: Table) -> str:
    return f"| `CORE.{table.name}` | an event `{table.contract.event}` | task `CORE.LOAD_{table.name}` |"


def _shared(tables: Sequence[Table]) -> list[Column]:
    """The columns all tables begin with: told once, the document stays short."""
    if len(tables) == 1:
        return list(LINE_COLUMNS)
    columns = zip(*(table.columns for table in tables), strict=False)
    return [same[0] for same in takewhile(lambda same: len(set(same)) == 1, columns)]


def _section(table: Table, shared: int) -> str:
    schema = table.newest.schema
    versions = ", ".join(version.number for version in table.contract.of_major(table.major))
    owner = f" Owner: {schema['x-owner']}." if "x-owner" in schema else ""
    return (
        f"### CORE.{table.name}\n\n{schema.get('description', '')}\n\n"
        f"Event `{table.contract.event}`, version {versions}.{owner}\n\n{_columns(table.columns[shared:])}\n"
    )


def _columns(columns: Iterable[Column]) -> str:
    return _HEAD + "\n".join(_row(column) for column in columns)


def _row(column: Column) -> str:
    null = "" if column.required else "yes"
    pii = "" if column.pii == "none" else column.pii
    meaning = column.description.replace("|", "\\|")
    return f"| `{column.name}` | {column.type} | {null} | {pii} | {meaning} |"
