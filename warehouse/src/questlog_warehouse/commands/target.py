"""Which warehouse a command speaks to: the one the last demo left on this machine, or an account's."""

import argparse
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from questlog_warehouse.commands import CommandError
from questlog_warehouse.connection import ConnectedWarehouse
from questlog_warehouse.warehouse import Warehouse

if TYPE_CHECKING:
    from questlog_warehouse.local import LocalWarehouse

LAST_DEMO = Path(".questlog", "warehouse")
"""Where `nox -s demo` keeps its warehouse."""


def add_target(parser: argparse.ArgumentParser) -> None:
    """Let the user choose the warehouse."""
    target = parser.add_mutually_exclusive_group()
    target.add_argument(
        "--warehouse",
        type=Path,
        default=LAST_DEMO,
        metavar="FOLDER",
        help="a warehouse kept on this machine (default: %(default)s, of the last `nox -s demo`)",
    )
    target.add_argument(
        "--connection",
        metavar="NAME",
        help="a Snowflake account instead: a connection of connections.toml "
        "(https://docs.snowflake.com/en/developer-guide/python-connector/python-connector-connect)",
    )


@contextmanager
def opened(options: argparse.Namespace) -> Iterator[Warehouse]:
    """Open the warehouse that was chosen, and close it in the end.

    Raises:
        CommandError: when it is not there, is in use, refuses a statement, or more has to be installed.
    """
    account = options.connection is not None
    require("snowflake.connector" if account else "fakesnow", extra="account" if account else "local")
    from snowflake.connector.errors import Error  # noqa: PLC0415 - it takes a second, and an extra

    try:
        with closing(_connected(options)) as warehouse:
            yield warehouse
    except Error as error:
        raise CommandError(str(error.msg or error).strip()) from error


def _connected(options: argparse.Namespace) -> "ConnectedWarehouse | LocalWarehouse":
    if options.connection is None:
        return open_local(options.warehouse)
    return ConnectedWarehouse.of(options.connection)


def open_local(folder: Path) -> "LocalWarehouse":
    """Open the warehouse kept in `folder`.

    Raises:
        CommandError: when there is none, another process has it, or the extra `local` is not installed.
    """
    require("fakesnow", extra="local")
    from duckdb import IOException  # noqa: PLC0415 - only with the extra `local`

    from questlog_warehouse.local import LocalWarehouse  # noqa: PLC0415 - as above

    if not any(folder.glob("*.db")):
        raise CommandError(f"no warehouse in {folder}: `nox -s demo` makes one, --warehouse names another")
    try:
        return LocalWarehouse(folder)
    except IOException as error:
        raise CommandError(f"{folder} cannot be opened, another process may have it: {error}") from error


def require(module: str, *, extra: str) -> None:
    """Raise a `CommandError` that names the extra which brings `module`, unless it is there."""
    try:
        found = find_spec(module)
    except ModuleNotFoundError:
        found = None
    if found is None:
        raise CommandError(f"this needs more: pip install 'questlog-warehouse[{extra}]'")
