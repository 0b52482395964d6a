"""The stand-in behind Snowflake's own protocol, for programs that speak to an account, such as schemachange.

HTTP on loopback; the protocol is fakesnow's, which takes every user and password. What a session sends goes
the way of `LocalSnowflake.run_script`, so that a statement nobody foresaw is an error here too. Besides, a
session may ask and set what sessions do, and schemachange may keep its history. The role of a session is not
looked at: for what a role may do there is `LocalSnowflake.query`.
"""

import json
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock, Thread
from typing import Any

import uvicorn
from fakesnow.cursor import FakeSnowflakeCursor
from fakesnow.server import login_request, routes, sessions
from snowflake.connector.errors import ProgrammingError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from questlog_warehouse.local.access import UnknownObjectError
from questlog_warehouse.local.database import Rows, unwarned
from questlog_warehouse.local.rewrites import DATABASE, rewritten
from questlog_warehouse.local.snowflake import LocalSnowflake
from questlog_warehouse.local.statement import UnknownStatementError
from questlog_warehouse.splitting import split

HISTORY = f"{DATABASE}.SCHEMACHANGE.CHANGE_HISTORY"
"""Where schemachange may note what it applied."""

_LOGIN = "/session/v1/login-request"
_SILENT = re.compile(r"ALTER SESSION (SET|UNSET) QUERY_TAG\b")
"""A comment on what follows, for Snowflake's history of queries. fakesnow does not know it."""

_OF_SESSIONS = re.compile(
    r"(SELECT|WITH|INSERT INTO|USE|COMMIT|ROLLBACK|BEGIN|ALTER SESSION SET AUTOCOMMIT)\b"
    rf"|CREATE SCHEMA IF NOT EXISTS {DATABASE}\.SCHEMACHANGE$"
    rf"|CREATE TABLE IF NOT EXISTS {re.escape(HISTORY)}\b",
    re.IGNORECASE,
)
_CHANGES = ("MERGE", "UPDATE", "DELETE")
"""What answers with numbers of rows, which a connector adds up."""

_DONE: Rows = [{"status": "Statement executed successfully."}]


@contextmanager
def serving(snowflake: LocalSnowflake) -> Iterator[dict[str, Any]]:
    """Serve a database until the block ends; yields the parameters of `snowflake.connector.connect`."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(_application(snowflake), log_config=None, log_level="warning")
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, kwargs={"sockets": [listening]}, name="local Snowflake")
        thread.start()
        try:
            # Whoever connects before the thread is ready waits in the socket's queue.
            yield _parameters(listening.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join()


def _parameters(port: int) -> dict[str, Any]:
    place = {"account": "local", "host": "127.0.0.1", "port": port, "protocol": "http"}
    return {**place, "user": "local", "password": "local", "database": DATABASE}


def _application(snowflake: LocalSnowflake) -> Starlette:
    lock = Lock()

    async def login(request: Request) -> JSONResponse:
        """Answer as fakesnow does, and give the session to this database in place of fakesnow's own."""
        answer = await login_request(request)
        token = json.loads(bytes(answer.body))["data"]["token"]
        sessions[token].close()
        sessions[token] = _Session(snowflake, lock)  # type: ignore[assignment] # it is used as one
        return answer

    others = [route for route in routes if route.path != _LOGIN]
    return Starlette(routes=[Route(_LOGIN, login, methods=["POST"]), *others])


class _Session:
    """A connection of fakesnow's whose cursors ask the stand-in first."""

    def __init__(self, snowflake: LocalSnowflake, lock: Lock) -> None:
        self._snowflake = snowflake
        self._lock = lock
        self._connection = snowflake.database.session()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def cursor(self) -> "_Cursor":
        return _Cursor(self._snowflake, self._lock, self._connection)


class _Cursor(FakeSnowflakeCursor):
    """Executes a statement as the stand-in does, one at a time: a session's thread is not another's."""

    def __init__(self, snowflake: LocalSnowflake, lock: Lock, connection: Any) -> None:
        super().__init__(conn=connection, duck_conn=connection._duck_conn)  # noqa: SLF001 - as fakesnow's own
        self._snowflake = snowflake
        self._lock = lock

    def execute(self, command: str, params: Any = None, *args: Any, **kwargs: Any) -> FakeSnowflakeCursor:
        sql = " ; ".join(split(command))
        with self._lock, unwarned():
            if _OF_SESSIONS.match(sql):
                return super().execute(rewritten(sql), params, *args, **kwargs)
            return super().execute(_literals(_DONE if _SILENT.match(sql) else self._deployed(sql)))

    def _describe_last_sql(self) -> list[Any]:
        with self._lock, unwarned():
            return super()._describe_last_sql()

    def _deployed(self, sql: str) -> Rows:
        try:
            self._snowflake.run_script(sql)
        except (UnknownStatementError, UnknownObjectError, LookupError) as error:
            raise ProgrammingError(msg=str(error), errno=1003, sqlstate="42000") from error
        answer = self._snowflake.database.answer
        return answer if sql.startswith(_CHANGES) else _DONE


def _literals(rows: Sequence[dict[str, Any]]) -> str:
    """A query that answers one row, of numbers and texts without quotes."""
    values = ((f"'{value}'" if isinstance(value, str) else value, name) for name, value in rows[0].items())
    return "SELECT " + ", ".join(f'{value} AS "{name}"' for value, name in values)
