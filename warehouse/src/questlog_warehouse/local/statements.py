"""The statements the stand-in knows. Any other is an error, so that nothing goes unexecuted unnoticed.

What a statement is not allowed to say is as important: a pattern has room for what the project deploys, and
leaves out what fakesnow would accept and do differently, such as CREATE OR ALTER TABLE: it empties the table.
"""

import re

from questlog_warehouse.local.access_statements import ACCESS_STATEMENTS
from questlog_warehouse.local.ledger import Execution, How
from questlog_warehouse.local.rewrites import rewritten
from questlog_warehouse.local.statement import Parts, Statement, UnknownStatementError, statement
from questlog_warehouse.local.tasks import Task

_COLUMN = """
SELECT DATA_TYPE, COALESCE(CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION) AS SIZE
FROM INFORMATION_SCHEMA.COLUMNS
WHERE TABLE_SCHEMA || '.' || TABLE_NAME = %s AND COLUMN_NAME = %s
"""


def execute(parts: Parts, sql: str) -> Execution:
    """Execute one statement of a script and say how.

    Raises:
        UnknownStatementError: when it is none of `STATEMENTS`.
        UnknownObjectError: when it names what does not exist.
    """
    for kind in STATEMENTS:
        if match := kind.pattern.match(sql):
            return Execution(kind.execute(parts, match), sql, kind.name)
    raise UnknownStatementError(sql)


def _run(parts: Parts, match: re.Match[str]) -> How:
    parts.database.execute(match[0])
    return "native" if rewritten(match[0]) == match[0] else "rewritten"


def _create_view(parts: Parts, match: re.Match[str]) -> How:
    how = _run(parts, match)
    definition = f"{match['columns']} {match['definition']}"
    parts.access.create_view(match["name"], definition, copy_grants=bool(match["copy"]))
    return how


def _retype(parts: Parts, match: re.Match[str]) -> How:
    """Change a type when Snowflake can do so in place: DuckDB also turns numbers into text, and narrows.

    https://docs.snowflake.com/en/sql-reference/sql/alter-table-column
    """
    rows = parts.database.query(_COLUMN, (match["table"], match["column"]))
    family = "TEXT" if match["family"] == "VARCHAR" else match["family"]
    if not any(row["DATA_TYPE"] == family and row["SIZE"] <= int(match["size"]) for row in rows):
        raise UnknownStatementError(match[0])
    return _run(parts, match)


def _delete(parts: Parts, match: re.Match[str]) -> How:
    return "rewritten" if parts.streams.delete(match[0]) is not None else _run(parts, match)


def _cluster(parts: Parts, match: re.Match[str]) -> How:
    sql = f"SELECT {match['key']} FROM {match['table']} LIMIT 0"  # noqa: S608 - deployed SQL itself
    parts.database.query(sql)
    return "registered"


def _keep(parts: Parts, match: re.Match[str]) -> How:
    parts.database.query(f"SELECT 1 FROM {match['table']} LIMIT 0")  # noqa: S608 - deployed SQL itself
    return "registered"


def _create_stream(parts: Parts, match: re.Match[str]) -> How:
    parts.streams.create(match["name"], match["table"])
    return "body"


def _create_task(parts: Parts, match: re.Match[str]) -> How:
    parts.tasks.create(match["name"], Task(match["stream"], match["body"]))
    return "body"


def _resume(parts: Parts, match: re.Match[str]) -> How:
    parts.tasks.resume(match["name"])
    return "registered"


_SIZE = "USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE = 'XSMALL'"
_SCHEDULE = r"SCHEDULE = '(?:[0-9]+ MINUTE|USING CRON(?: [0-9*,/L-]+){5} UTC)'"

STATEMENTS: tuple[Statement, ...] = (
    statement("CREATE SCHEMA", r"CREATE SCHEMA IF NOT EXISTS \w+", _run),
    statement("CREATE TABLE", r"CREATE TABLE IF NOT EXISTS .+", _run),
    statement(
        "CREATE VIEW",
        r"CREATE OR REPLACE VIEW (?P<name>\S+)(?P<columns>\s*(?:\([^)]*\))?)\s+(?P<copy>COPY GRANTS\s+)?"
        r"(?P<definition>AS\s.+)",
        _create_view,
    ),
    statement("COMMENT", r"COMMENT ON (TABLE|COLUMN|VIEW) .+", _run),
    statement("ADD COLUMN", r"ALTER TABLE \S+ ADD COLUMN IF NOT EXISTS \w+ \S+", _run),
    statement("DROP NOT NULL", r"ALTER TABLE \S+ ALTER COLUMN \w+ DROP NOT NULL", _run),
    statement(
        "SET DATA TYPE",
        r"ALTER TABLE (?P<table>\S+) ALTER COLUMN (?P<column>\w+)"
        r" SET DATA TYPE (?P<family>VARCHAR|NUMBER)\((?P<size>[0-9]+)(?:,0)?\)",
        _retype,
    ),
    statement("MERGE", r"MERGE INTO .+", _run),
    statement("UPDATE", r"UPDATE .+ WHERE .+", _run),
    statement("DELETE", r"DELETE FROM .+ WHERE .+", _delete),
    statement(
        "CREATE STREAM",
        r"CREATE STREAM IF NOT EXISTS (?P<name>\S+) ON TABLE (?P<table>\S+)\s+"
        r"APPEND_ONLY = TRUE SHOW_INITIAL_ROWS = TRUE",
        _create_stream,
    ),
    statement(
        "CREATE TASK",
        rf"CREATE OR REPLACE TASK (?P<name>\S+)\s+(?:{_SIZE}\s+)?{_SCHEDULE}\s+"
        r"(?:WHEN SYSTEM\$STREAM_HAS_DATA\('(?P<stream>[^']+)'\)\s+)?AS (?P<body>.+)",
        _create_task,
    ),
    statement("RESUME TASK", r"ALTER TASK (?P<name>\S+) RESUME", _resume),
    statement("CLUSTER BY", r"ALTER TABLE (?P<table>\S+) CLUSTER BY \((?P<key>.+)\)", _cluster),
    statement(
        "TIME TRAVEL", r"ALTER TABLE (?P<table>\S+) SET DATA_RETENTION_TIME_IN_DAYS = [0-9]{1,2}", _keep
    ),
    *ACCESS_STATEMENTS,
)
