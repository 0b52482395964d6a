"""Deploys scripts by the rules of schemachange, without its bookkeeping."""

from collections.abc import Iterable
from typing import cast

from questlog_warehouse.local.access import OWNER
from questlog_warehouse.local.snowflake import LocalSnowflake
from questlog_warehouse.scripts import Script, account_scripts, ordered

_HISTORY = "CREATE TABLE IF NOT EXISTS STAND_IN.CHANGE_HISTORY (VERSION NUMBER(9,0), SCRIPT VARCHAR)"
_HIGHEST = "SELECT COALESCE(MAX(VERSION), 0) AS VERSION FROM STAND_IN.CHANGE_HISTORY"
_APPLIED = "INSERT INTO STAND_IN.CHANGE_HISTORY VALUES (%s, %s)"


def deploy(snowflake: LocalSnowflake, scripts: Iterable[Script]) -> None:
    """Run the numbered scripts above the highest number the database has seen, then the repeatable ones.

    As in schemachange, a lower number is left out even if it is new. Repeatable scripts run each time, not
    only when their text changed: that gives the same database, and the stand-in keeps tasks in memory.
    Before the first script come the account's roles.
    """
    prepare(snowflake)
    snowflake.execute(_HISTORY)
    highest = cast("int", snowflake.query(_HIGHEST)[0]["VERSION"])
    for script in ordered(scripts):
        if script.version is None:
            snowflake.run_script(script.text)
        elif script.version > highest:
            snowflake.run_script(script.text)
            snowflake.execute(_APPLIED, (script.version, script.name))


def prepare(snowflake: LocalSnowflake) -> None:
    """Run what an administrator runs once, before the first deployment."""
    if OWNER not in snowflake.access.inherited:
        snowflake.run_script(account_scripts()[0].text)


def connect_deliveries(snowflake: LocalSnowflake) -> None:
    """Run what an administrator runs after the first deployment: both ways of Firehose into it."""
    for script in account_scripts()[1:]:
        snowflake.run_script(script.text)
