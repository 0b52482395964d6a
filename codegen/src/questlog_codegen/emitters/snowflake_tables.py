"""The typed tables of a catalog: one for each major of an event."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce

from questlog_codegen.contracts import Catalog, Contract, Version
from questlog_codegen.emitters.snowflake_types import EVENT, Column, columns, literal, refusal, wider
from questlog_codegen.errors import ContractError

DEDUPE_DAYS = 30
"""Longer than the SDK's outbox keeps an event (14 days), so that a late copy still meets its original."""

EVENT_NAME = f"{EVENT}.event::VARCHAR"
VERSION_NUMBER = f"{EVENT}.schema_version::VARCHAR"


@dataclass(frozen=True)
class Table:
    """The typed table of one major of an event."""

    contract: Contract
    major: int

    @property
    def name(self) -> str:
        """`PURCHASE_1`."""
        return f"{self.contract.event}_{self.major}".upper()

    @property
    def newest(self) -> Version:
        """The version whose rules the MERGE asks: within a major they take all events of the ones before."""
        return self.contract.of_major(self.major)[-1]

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns, those the API adds first."""
        return folded(self.contract.of_major(self.major))

    @property
    def takes(self) -> str:
        """The condition on a landed line to be this table's; a minor it does not know is rejected instead."""
        numbers = ", ".join(literal(version.number) for version in self.contract.of_major(self.major))
        return f"{EVENT_NAME} = {literal(self.contract.event)} AND {VERSION_NUMBER} IN ({numbers})"


def tables_of(catalog: Catalog) -> Iterator[Table]:
    """Yield a table for each major of each event, in the catalog's order."""
    for contract in catalog.contracts:
        for major in contract.majors:
            yield Table(contract, major)


def folded(versions: Sequence[Version]) -> tuple[Column, ...]:
    """Return the columns of a table that has seen `versions`, minors of one major, oldest first.

    Columns keep the order in which they came, only grow, and are NOT NULL when every version requires them.
    What they mean and how they are filled says the newest version.

    Raises:
        ContractError: when a version's field cannot be a column, or not the one that is there.
    """
    return reduce(_grown, versions[1:], columns(versions[0]))


def _grown(table: tuple[Column, ...], version: Version) -> tuple[Column, ...]:
    named = {column.name: column for column in columns(version)}
    kept = [_merged(version, column, named.pop(column.name, None)) for column in table]
    return (*kept, *(replace(column, required=False) for column in named.values()))


def _merged(version: Version, old: Column, new: Column | None) -> Column:
    if new is None:
        return replace(old, required=False)
    if old.family != new.family:
        message = f"{old.family} cannot become {new.family} in {version.key}: give the field another name"
        raise ContractError([refusal(version, new.pointer, "COLUMN_TYPE", message)])
    return replace(new, type=wider(old.type, new.type), required=old.required and new.required)
