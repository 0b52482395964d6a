"""The typed tables of a catalog: one for each major of an event."""

from collections.abc import Iterator
from dataclasses import dataclass

from questlog_codegen.contracts import Catalog, Contract, Version
from questlog_codegen.emitters.snowflake_types import EVENT, Column, columns, literal

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
        """The version that shapes the table: within a major, columns are only added and widened."""
        return self.contract.of_major(self.major)[-1]

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, those the API adds first."""
        return columns(self.newest)

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
