"""Generated views: `MART.<EVENT>` over all majors, activity, lateness, and which versions arrive."""

from collections.abc import Iterable, Iterator

from questlog_codegen.contracts import Catalog, Contract
from questlog_codegen.emitters.snowflake_tables import Table
from questlog_codegen.emitters.snowflake_template import filled, lines, source
from questlog_codegen.emitters.snowflake_types import literal, refusal
from questlog_codegen.errors import ContractError, Finding
from questlog_codegen.writer import header

TIME_COLUMNS = ("EVENT_AT", "CLOCK_SKEW_SECONDS", "LATE_SECONDS")
"""What `MART.<EVENT>` says of an event's time beyond the columns of its table."""

TOLERATED_SKEW_SECONDS = 60
"""A clock that is off by less than a minute is believed: the request itself takes a while."""

ACTIVITY_COLUMNS = ("GAME_ID", "EVENT_ID", "INSTALL_ID", "PLAYER_ID")
"""What `MART.ACTIVITY` takes of an event beside its times; NULL where a contract has no such field."""

_LATEST_DAYS = 10 * 365
"""The most a corrected event is dated back: a longer one is a clock that was never set."""


def mart_file(contract: Contract) -> str:
    """Return the script of `MART.<EVENT>`: one name for the event over all majors, its time corrected.

    Raises:
        ContractError: when a field would have the name of one of `TIME_COLUMNS`.
    """
    if findings := list(_taken(contract)):
        raise ContractError(findings)
    tables = [Table(contract, major) for major in reversed(contract.majors)]
    families = _families(tables)
    return filled(
        "mart",
        header=source(contract),
        view=contract.event.upper(),
        selects="\n    UNION ALL\n    ".join(_select(table, families) for table in tables),
        tolerated_milliseconds=str(TOLERATED_SKEW_SECONDS * 1000),
        latest_milliseconds=str(_LATEST_DAYS * 24 * 60 * 60 * 1000),
        comment=literal(_comment(contract)),
    )


def activity_file(catalog: Catalog) -> str:
    """Return the script of `MART.ACTIVITY`: all events of all kinds, by what they share."""
    events = "\nUNION ALL\n".join(_activity(contract) for contract in catalog.contracts)
    return filled("activity", header=header("--", "schemas/"), events=events)


def lateness_file(catalog: Catalog) -> str:
    """Return the script of `MART.LATENESS`: how long events take to arrive, and whose clocks are wrong."""
    events = (
        f"SELECT {literal(contract.event)} AS EVENT, GAME_ID, RECEIVED_AT, CLOCK_SKEW_SECONDS, LATE_SECONDS\n"  # noqa: S608 - names a linter let pass
        f"  FROM MART.{contract.event.upper()}"
        for contract in catalog.contracts
    )
    return filled(
        "lateness",
        header=header("--", "schemas/"),
        events="\n  UNION ALL\n  ".join(events),
        tolerated_seconds=str(TOLERATED_SKEW_SECONDS),
    )


def usage_file(catalog: Catalog, tables: tuple[Table, ...]) -> str:
    """Return the script of `MART.VERSION_USAGE`: versions the contracts know beside those nobody knows."""
    known = (
        f"('{version.event}', '{version.number}', '{'newest' if version is contract.newest else 'older'}')"
        for contract in catalog.contracts
        for version in contract.versions
    )
    typed = (
        f"SELECT '{table.contract.event}' AS EVENT, SCHEMA_VERSION, GAME_ID, RECEIVED_AT\n"  # noqa: S608 - names a linter let pass
        f"    FROM CORE.{table.name}\n    UNION ALL"
        for table in tables
    )
    return filled(
        "usage",
        header=header("--", "schemas/"),
        known=lines(known),
        typed="\n    ".join(typed),
        keys=", ".join(literal(version.key) for version in catalog.versions),
    )


def _comment(contract: Contract) -> str:
    """What the view says of itself: Snowflake's COMMENT ON COLUMN is documented for tables only.

    https://docs.snowflake.com/en/sql-reference/sql/comment
    """
    numbers = ", ".join(version.number for version in contract.versions)
    return (
        f"{contract.newest.schema.get('description', '')} All versions together: {numbers}."
        " EVENT_AT is when it happened, UTC: OCCURRED_AT, corrected where the clock of the client was off by"
        f" more than {TOLERATED_SKEW_SECONDS} s, and never after RECEIVED_AT. CLOCK_SKEW_SECONDS is how far"
        " that clock was ahead of the API, NULL where the request did not say when it was sent."
        " LATE_SECONDS is from EVENT_AT to RECEIVED_AT."
    )


def _select(table: Table, families: dict[str, set[str]]) -> str:
    """The columns of all majors: NULL where this one lacks it, text where types differ."""
    own = {column.name for column in table.columns}
    values = []
    for name, kinds in families.items():
        shared = "VARCHAR" if len(kinds) > 1 else next(iter(kinds))
        value = name if name in own else "NULL"
        bare = name in own and len(kinds) == 1
        values.append(name if bare else f"CAST({value} AS {shared}) AS {name}")
    return f"SELECT\n      {lines(values, indent=6)}\n    FROM CORE.{table.name}"


def _activity(contract: Contract) -> str:
    families = _families(Table(contract, major) for major in contract.majors)
    values = (_text(name, families.get(name)) for name in ACTIVITY_COLUMNS)
    listed = lines((f"{literal(contract.event)} AS EVENT", *values, "EVENT_AT", "RECEIVED_AT"))
    return f"SELECT\n  {listed}\nFROM MART.{contract.event.upper()}"


def _text(name: str, families: set[str] | None) -> str:
    if families == {"VARCHAR"}:
        return name
    return f"CAST({name if families else 'NULL'} AS VARCHAR) AS {name}"


def _families(tables: Iterable[Table]) -> dict[str, set[str]]:
    """Return every column of an event's tables, with the families of types it has in them."""
    families: dict[str, set[str]] = {}
    for column in (column for table in tables for column in table.columns):
        families.setdefault(column.name, set()).add(column.family)
    return families


def _taken(contract: Contract) -> Iterator[Finding]:
    for version in contract.versions:
        for field in version.fields:
            name = "_".join(field.path).upper()
            if name in TIME_COLUMNS:
                message = f"would be the column {name}, as what MART.{contract.event.upper()} says of time is"
                yield refusal(version, field.pointer, "COLUMN_TAKEN", f"{message}: choose another name")
