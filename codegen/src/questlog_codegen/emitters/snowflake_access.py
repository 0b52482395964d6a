"""Who may use what is generated, and for how long what was deleted can be brought back.

Roles and the hand-written objects: `account/1_roles.sql` and `foundation/R__zz_grants.sql` of the warehouse.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from questlog_codegen.emitters.snowflake_tables import Table
from questlog_codegen.emitters.snowflake_template import filled
from questlog_codegen.writer import header

GRANTS = "R__zz_grants_events.sql"
TIME_TRAVEL = "R__time_travel.sql"
TIME_TRAVEL_DAYS = 7

_VIEW = re.compile(r"^CREATE OR REPLACE VIEW (\S+)", re.MULTILINE)


def access_files(tables: Iterable[Table], sql: Mapping[str, str]) -> dict[str, str]:
    """Return file name -> text; `sql` are the other generated files, in which the views are."""
    names = [f"CORE.{table.name}" for table in tables]
    return {
        GRANTS: filled("grants", header=header("--", "schemas/"), grants="\n".join(_grants(names, sql))),
        TIME_TRAVEL: filled(
            "time_travel",
            header=header("--", "schemas/"),
            tables="\n".join(_time_travel(names)),
            days=str(TIME_TRAVEL_DAYS),
        ),
    }


def _grants(tables: Iterable[str], sql: Mapping[str, str]) -> Iterator[str]:
    """Analysts read views; tables are for who erases players and looks for mistakes."""
    for table in tables:
        yield f"GRANT SELECT, DELETE ON TABLE {table} TO ROLE QUESTLOG_OPERATOR;"
    for view in sorted(name for text in sql.values() for name in _VIEW.findall(text)):
        yield f"GRANT SELECT ON VIEW {view} TO ROLE QUESTLOG_ANALYST;"


def _time_travel(tables: Iterable[str]) -> Iterator[str]:
    for table in tables:
        yield f"ALTER TABLE {table} SET DATA_RETENTION_TIME_IN_DAYS = {TIME_TRAVEL_DAYS};"
