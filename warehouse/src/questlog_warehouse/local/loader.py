"""Moves what Firehose wrote to S3 into LANDING, as Snowpipe does on AWS: each object once, line by line."""

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from questlog_warehouse.local.snowflake import LocalSnowflake

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

LANDINGS = {"events/": "LANDING.EVENTS", "rejects/": "LANDING.REJECTS"}
"""S3 prefix -> table. Objects under other prefixes, such as Firehose's own errors, are left alone."""

_EVIDENCE = "CORE.REJECTED"
_HISTORY = "CREATE TABLE IF NOT EXISTS STAND_IN.LANDED (OBJECT VARCHAR)"
_REMEMBER = "INSERT INTO STAND_IN.LANDED SELECT VALUE::VARCHAR FROM LATERAL FLATTEN(INPUT => PARSE_JSON(%s))"
_LINES_A_STATEMENT = 5_000
_GZIP = b"\x1f\x8b"
_KEPT_CHARACTERS = 64 * 1024


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What one load moved: `lines` = `events` + `rejects` + `malformed`, out of `objects` not seen before."""

    objects: int
    lines: int
    events: int
    rejects: int
    malformed: int


@dataclass(frozen=True, slots=True)
class _Line:
    """A line on its way to `table`; `content` and `place` are JSON texts."""

    table: str
    content: str
    place: str


def load(snowflake: LocalSnowflake, s3_client: "S3Client", bucket: str) -> LoadReport:
    """Land the objects of `bucket` that were not landed before: all, or none when one cannot be fetched.

    A line that is not a JSON object stops nothing: it goes to CORE.REJECTED as evidence, with stage `load`.
    """
    landed = _landed(snowflake)
    keys = [key for key in _keys(s3_client, bucket) if key not in landed]
    return land(snowflake, ((key, _body(s3_client, bucket, key)) for key in keys))


def land(snowflake: LocalSnowflake, objects: Iterable[tuple[str, bytes]]) -> LoadReport:
    """Land objects, as key and content: all, or none when one cannot be had. Their keys are remembered."""
    keys: list[str] = []
    lines: list[_Line] = []
    for key, content in objects:
        keys.append(key)
        lines.extend(_lines(key, content))
    counts = {}
    # Before the transaction: DDL ends one (https://docs.snowflake.com/en/sql-reference/transactions#ddl).
    snowflake.execute(_HISTORY)
    with snowflake.transaction():
        _remember(snowflake, keys)
        for table in (*LANDINGS.values(), _EVIDENCE):
            of_table = [line for line in lines if line.table == table]
            counts[table] = len(of_table)
            _insert(snowflake, table, of_table)
    events, rejects, malformed = counts.values()
    return LoadReport(len(keys), len(lines), events, rejects, malformed)


def _keys(s3_client: "S3Client", bucket: str) -> Iterator[str]:
    for prefix in LANDINGS:
        for page in s3_client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            yield from (entry["Key"] for entry in page.get("Contents", ()))


def _body(s3_client: "S3Client", bucket: str, key: str) -> bytes:
    return s3_client.get_object(Bucket=bucket, Key=key)["Body"].read()


def _landed(snowflake: LocalSnowflake) -> set[str]:
    """The keys of all objects ever landed: like Snowpipe's own, this history outlives the rows.

    https://docs.snowflake.com/en/user-guide/data-load-snowpipe-manage
    """
    snowflake.execute(_HISTORY)
    return {row["OBJECT"] for row in snowflake.query("SELECT OBJECT FROM STAND_IN.LANDED")}


def _remember(snowflake: LocalSnowflake, keys: list[str]) -> None:
    snowflake.execute(_REMEMBER, (json.dumps(keys),))


def _lines(key: str, body: bytes) -> Iterator[_Line]:
    table = next(table for prefix, table in LANDINGS.items() if key.startswith(prefix))
    try:
        plain = gzip.decompress(body) if body.startswith(_GZIP) else body
    except (OSError, EOFError, zlib.error):
        yield _Line(_EVIDENCE, json.dumps("gzip that cannot be read"), _place(key, 0))
        return
    for number, raw in enumerate(plain.split(b"\n"), start=1):
        if raw.strip():
            text = raw.decode("utf-8", errors="replace")
            is_object = _is_object(raw)
            content = text if is_object else json.dumps(text[:_KEPT_CHARACTERS])
            yield _Line(table if is_object else _EVIDENCE, content, _place(key, number))


def _is_object(raw: bytes) -> bool:
    """Tell whether a line is a JSON object that a database can hold: no NaN, no half of a surrogate pair."""
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_refuse)
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict)


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _place(key: str, number: int) -> str:
    return json.dumps({"object": key, "line": number})


def _insert(snowflake: LocalSnowflake, table: str, lines: list[_Line]) -> None:
    """Insert by one array parameter a statement: many times faster than a row each."""
    evidence = table == _EVIDENCE
    names, values = (", STAGE, REASON", ", 'load', 'malformed_line'") if evidence else ("", "")
    sql = (
        f"INSERT INTO {table} (RECORD_CONTENT, RECORD_METADATA{names}) "  # noqa: S608 - names of this module
        f"SELECT VALUE[0], VALUE[1]{values} FROM LATERAL FLATTEN(INPUT => PARSE_JSON(%s))"
    )
    for start in range(0, len(lines), _LINES_A_STATEMENT):
        rows = (f"[{line.content},{line.place}]" for line in lines[start : start + _LINES_A_STATEMENT])
        snowflake.execute(sql, (f"[{','.join(rows)}]",))
