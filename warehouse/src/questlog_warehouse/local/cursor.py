"""fakesnow's cursor with a memory: to translate the MERGE of a task takes half a second, each time anew."""

import re
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, ClassVar, Self

from fakesnow.cursor import FakeSnowflakeCursor
from fakesnow.fakes import FakeSnowflakeConnection
from sqlglot.expressions import Expr

_MOST_STATEMENTS = 1_000
_VARIABLE = re.compile(r"(?<!\w)\$\w")
"""Its value becomes part of the statement."""

_Key = tuple[str | None, str | None, str]  # database, schema, statement


class RememberingCursor(FakeSnowflakeCursor):
    """A cursor that gives rows as dictionaries; of a statement without parameters it remembers DuckDB's."""

    _known: ClassVar[OrderedDict[_Key, tuple[Expr, ...]]] = OrderedDict()

    def __init__(self, connection: FakeSnowflakeConnection) -> None:
        super().__init__(connection, connection._duck_conn, use_dict_result=True)  # noqa: SLF001 - as fakesnow does
        self._made: list[Expr] = []

    def execute(self, command: str, params: Sequence[Any] | dict[Any, Any] | None = None, *_: Any) -> Self:
        """Run a statement as fakesnow does."""
        key = self._conn.database, self._conn.schema, command
        known = None if params else self._known.get(key)
        if known:
            self._known.move_to_end(key)
            for statement in known:
                self._execute(statement)
            return self
        super().execute(command, params)
        if not params and not _VARIABLE.search(command):
            self._remember(key)
        return self

    def _transform(self, expression: Expr, params: Any) -> Expr:
        translated = super()._transform(expression, params)
        self._made.append(translated)
        return translated

    def _remember(self, key: _Key) -> None:
        for translated in self._made:
            text = translated.sql(dialect="duckdb")
            translated.sql = lambda text=text, **_: text  # type: ignore[method-assign] # writing it takes as long
        self._known[key] = tuple(self._made)
        if len(self._known) > _MOST_STATEMENTS:
            self._known.popitem(last=False)
