"""A warehouse in this process, for the demo and the tests. Needs the extra `local`."""

from questlog_warehouse.local.access import AccessDeniedError, UnknownObjectError
from questlog_warehouse.local.loader import LoadReport
from questlog_warehouse.local.snowflake import LocalSnowflake
from questlog_warehouse.local.statement import UnknownStatementError
from questlog_warehouse.local.warehouse import LocalWarehouse

__all__ = [
    "AccessDeniedError",
    "LoadReport",
    "LocalSnowflake",
    "LocalWarehouse",
    "UnknownObjectError",
    "UnknownStatementError",
]
