"""Texts of several statements, taken apart as Snowflake's own connector does it; it has to be installed."""

from collections.abc import Iterator
from io import StringIO


def split(text: str) -> Iterator[str]:
    """Yield the statements of a script, without comments and semicolons."""
    from snowflake.connector.util_text import split_statements  # noqa: PLC0415 - it takes an extra

    for statement, _ in split_statements(StringIO(text), remove_comments=True):
        if sql := statement.strip().removesuffix(";").rstrip():
            yield sql
