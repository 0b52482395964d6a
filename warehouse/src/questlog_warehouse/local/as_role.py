"""Statements as a role would run them: refused without the grants, and with masks in place of values.

A view runs with its owner's rights, so a role needs nothing on the tables below it; but policies on those
tables look at the role of the session: https://docs.snowflake.com/en/user-guide/security-column-intro
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import sqlglot
from sqlglot import exp

from questlog_warehouse.local.access import Access, AccessDeniedError
from questlog_warehouse.local.database import Database, Rows
from questlog_warehouse.local.rewrites import DATABASE

_COLUMNS = """
SELECT COLUMN_NAME, DATA_TYPE FROM INFORMATION_SCHEMA.COLUMNS
WHERE TABLE_SCHEMA || '.' || TABLE_NAME = %s ORDER BY ORDINAL_POSITION
"""
_FAMILIES = {"TEXT": "VARCHAR", "VARIANT": "ARRAY"}
"""fakesnow's name of a type -> Snowflake's. It has one for all JSON; of that a typed table has only ARRAY."""

_WRITES: dict[type[exp.Expr], str] = {
    exp.Insert: "INSERT",
    exp.Update: "UPDATE",
    exp.Delete: "DELETE",
}
_MASKED = "AS_ROLE_"


def demand(access: Access, database: Database, role: str, sql: str) -> None:
    """Do nothing when `role` may run the statement.

    Raises:
        AccessDeniedError: when it may not, or the statement is no query, INSERT, UPDATE or DELETE.
        UnknownObjectError: when there is no such role.
    """
    tree = _parsed(sql)
    privilege = _WRITES.get(type(tree))
    if privilege is None and not isinstance(tree, exp.Query):
        verb = sql.split(maxsplit=1)[0].upper()
        raise AccessDeniedError(f"role {role} may not {verb}: here roles only query and change rows")
    target = tree.find(exp.Table) if privilege else None
    for table in _tables(tree):
        name = _name(table)
        kind = database.kind(name) or "TABLE"
        access.demand(role, privilege if privilege and table is target else "SELECT", kind, name)


def is_query(sql: str) -> bool:
    """Tell whether a statement only reads."""
    return isinstance(_parsed(sql), exp.Query)


def ask(access: Access, database: Database, role: str, sql: str, params: Sequence[Any]) -> Rows:
    """Return the rows a role sees: its query gets masked doubles of tables and views, which are undone."""
    doubles = _Doubles(access, database, access.roles(role))
    names = {_name(table) for table in _tables(_parsed(sql))}
    doubles.prepare()
    with database.undone():
        for name in names:
            doubles.make(name)
        return database.query(doubles.renamed(sql), params)


class _Doubles:
    """Views in schemas of their own: a table's shows what policies let through, a view's asks those."""

    def __init__(self, access: Access, database: Database, roles: set[str]) -> None:
        self._access = access
        self._database = database
        self._roles = roles
        self._made: set[str] = set()

    def prepare(self) -> None:
        """Make the schemas, which stay: one that is made within a transaction stays current after its end."""
        schemas = {name.partition(".")[0] for name in self._names()}
        missing = [schema for schema in sorted(schemas) if not self._database.kind(_MASKED + schema)]
        for schema in missing:
            self._database.run(f"CREATE SCHEMA {_MASKED}{schema}")
        if missing:
            self._database.run("USE SCHEMA PUBLIC")

    def make(self, name: str) -> None:
        """Make the double of a table or a view, and of all it is made of."""
        if name in self._made or name not in self._names():
            return
        self._made.add(name)
        definition = self._access.views.get(name) or f" AS {self._masked(name)}"
        if name in self._access.views:
            for source in self._mentioned(definition):
                self.make(source)
            definition = self.renamed(definition)
        self._database.execute(f"CREATE VIEW {_MASKED}{name}{definition}")

    def renamed(self, sql: str) -> str:
        """Return SQL that asks the doubles which were made."""
        for name in self._made:
            sql = _mention(name).sub(_MASKED + name, sql)
        return sql

    def _mentioned(self, sql: str) -> Iterator[str]:
        for name in self._names():
            if _mention(name).search(sql):
                yield name

    def _masked(self, table: str) -> str:
        columns = []
        for row in self._database.query(_COLUMNS, (table,)):
            name: str = row["COLUMN_NAME"]
            kind: str = row["DATA_TYPE"]
            shown = self._access.masked(table, name, _FAMILIES.get(kind, kind), self._roles)
            columns.append(name if shown == name else f"{shown} AS {name}")
        return f"SELECT {', '.join(columns)} FROM {table}"  # noqa: S608 - names of deployed SQL

    def _names(self) -> set[str]:
        return {name for name in self._database.names() if not name.startswith(_MASKED)}


@cache
def _mention(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.:])(?:{DATABASE}\.)?{re.escape(name)}(?!\w)", re.IGNORECASE)


def _parsed(sql: str) -> exp.Expr:
    """Parse a statement, whose parameters do not matter for what it reads."""
    return sqlglot.parse_one(sql.replace("%s", "NULL"), dialect="snowflake")


def _tables(tree: exp.Expr) -> Iterator[exp.Table]:
    named = {expression.alias for expression in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if table.name and (table.db or table.name not in named):
            yield table


def _name(table: exp.Table) -> str:
    return f"{table.db or 'PUBLIC'}.{table.name}".upper()
