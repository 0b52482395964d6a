"""The `V` files: what each version of a contract does to its table.

They are in one sequence with the hand-written ones, and schemachange never runs one below the highest it ran.
So a released file is given back as it was frozen, name and text, and drafts are numbered after all of them.
"""

from collections.abc import Iterator

from questlog_codegen.contracts import Catalog, Contract, Version
from questlog_codegen.emitters.snowflake_tables import Table, folded
from questlog_codegen.emitters.snowflake_template import filled, lines, source
from questlog_codegen.emitters.snowflake_types import Column


def migrations(catalog: Catalog) -> dict[str, str]:
    """Return file name -> text of every generated migration, the frozen ones first."""
    drafts = enumerate(_drafts(catalog), catalog.next_migration)
    return {
        **catalog.frozen,
        **{f"V{number:04}__{version.slug}.sql": text for number, (version, text) in drafts},
    }


def migration(contract: Contract, version: Version) -> str | None:
    """Return what `version` does to the table of its major; None when the table can stay as it is."""
    until = [other for other in contract.of_major(version.major) if other.minor <= version.minor]
    table = Table(contract, version.major)
    after = folded(until)
    if len(until) == 1:
        columns = lines(f"{c.name} {c.type}{' NOT NULL' if c.required else ''}" for c in after)
        return filled("table", header=source(contract), table=table.name, columns=columns)
    statements = [
        f"ALTER TABLE CORE.{table.name} {change};" for change in _changes(folded(until[:-1]), after)
    ]
    return source(contract) + "\n".join(statements) + "\n" if statements else None


def _drafts(catalog: Catalog) -> Iterator[tuple[Version, str]]:
    for contract in catalog.contracts:
        for version in contract.versions:
            if version.status != "released" and (text := migration(contract, version)):
                yield version, text


def _changes(before: tuple[Column, ...], after: tuple[Column, ...]) -> Iterator[str]:
    """What makes one table the other; each can run again. A new column is NULL in the rows that are there."""
    known = {column.name: column for column in before}
    for column in after:
        old = known.get(column.name)
        if old is None:
            yield f"ADD COLUMN IF NOT EXISTS {column.name} {column.type}"
            continue
        if old.type != column.type:
            yield f"ALTER COLUMN {column.name} SET DATA TYPE {column.type}"
        if old.required and not column.required:
            yield f"ALTER COLUMN {column.name} DROP NOT NULL"
