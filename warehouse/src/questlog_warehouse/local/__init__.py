"""A warehouse in this process, for the demo and the tests. Needs the extra `local`."""

from questlog_warehouse.local.loader import LoadReport
from questlog_warehouse.local.snowflake import LocalSnowflake, UnknownStatementError
from questlog_warehouse.local.warehouse import LocalWarehouse

__all__ = ["LoadReport", "LocalSnowflake", "LocalWarehouse", "UnknownStatementError"]
