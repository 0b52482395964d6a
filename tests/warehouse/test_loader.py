import gzip
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from questlog_warehouse.local import LoadReport, LocalSnowflake
from questlog_warehouse.local.loader import load
from questlog_warehouse.scripts import scripts
from tests.warehouse.conftest import Bucket
from tests.warehouse.lines import body, line, purchase, reject


@dataclass(frozen=True)
class Landing:
    """What a loader needs: a bucket, and the tables it fills."""

    snowflake: LocalSnowflake
    bucket: Bucket

    def load(self) -> LoadReport:
        return load(self.snowflake, self.bucket.s3, self.bucket.name)


@pytest.fixture
def landing(bucket: Bucket) -> Iterator[Landing]:
    with closing(LocalSnowflake()) as snowflake:
        for script in scripts()[:2]:
            snowflake.run_script(script.text)
        yield Landing(snowflake, bucket)


def evidence(landing: Landing) -> list[dict[str, Any]]:
    return landing.snowflake.query(
        "SELECT STAGE, REASON, RECORD_CONTENT, RECORD_METADATA:object::VARCHAR AS OBJECT,"
        " RECORD_METADATA:line::VARCHAR AS LINE FROM CORE.REJECTED ORDER BY OBJECT, LINE"
    )


def landed(landing: Landing, table: str = "LANDING.EVENTS") -> list[Any]:
    rows = landing.snowflake.query(f"SELECT RECORD_CONTENT FROM {table}")
    return [json.loads(row["RECORD_CONTENT"]) for row in rows]


def test_lines_land_by_prefix_unchanged(landing: Landing) -> None:
    accepted, refused = line(purchase()), reject('{"event": "purchase"}', "invalid_event")
    landing.bucket.deliver(accepted)
    landing.bucket.deliver(refused, prefix="rejects")
    assert landing.load() == LoadReport(objects=2, lines=2, events=1, rejects=1, malformed=0)
    assert landed(landing) == [accepted]
    assert landed(landing, "LANDING.REJECTS") == [refused]


def test_an_object_is_loaded_once(landing: Landing) -> None:
    landing.bucket.deliver(line(purchase()))
    landing.load()
    assert landing.load() == LoadReport(objects=0, lines=0, events=0, rejects=0, malformed=0)
    landing.bucket.deliver(line(purchase()))
    assert landing.load().objects == 1
    assert len(landed(landing)) == 2


def test_an_object_with_nothing_but_malformed_lines_is_loaded_once(landing: Landing) -> None:
    landing.bucket.put("events/a", b"{\n")
    assert [landing.load().malformed for _ in range(2)] == [1, 0]


def test_objects_under_other_prefixes_are_left_alone(landing: Landing) -> None:
    landing.bucket.put("errors/a", b"not for us\n")
    assert landing.load().objects == 0


def test_gzip_of_several_members_is_read_whole(landing: Landing) -> None:
    member = gzip.compress(body(line(purchase())))
    landing.bucket.put("events/a.gz", member + member)
    assert landing.load() == LoadReport(objects=1, lines=2, events=2, rejects=0, malformed=0)


def test_gzip_that_breaks_off_is_kept_as_evidence(landing: Landing) -> None:
    landing.bucket.put("events/a.gz", gzip.compress(body(line(purchase())))[:-9])
    assert landing.load().malformed == 1
    assert json.loads(evidence(landing)[0]["RECORD_CONTENT"]) == "gzip that cannot be read"


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"[]",
        b'"text"',
        b"{} {}",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        rb'{"a": "\ud800"}',
        b'{"a": "\xff"}',
        b'{"a":' * 100_000,
    ],
    ids=lambda raw: repr(raw[:16]),
)
def test_a_line_that_is_no_json_object_is_kept_as_evidence_and_stops_nothing(
    landing: Landing, raw: bytes
) -> None:
    landing.bucket.put("events/a", body(line(purchase())) + raw + b"\n" + body(line(purchase())))
    assert landing.load() == LoadReport(objects=1, lines=3, events=2, rejects=0, malformed=1)
    (row,) = evidence(landing)
    assert (row["STAGE"], row["REASON"], row["OBJECT"], row["LINE"]) == (
        "load",
        "malformed_line",
        "events/a",
        "2",
    )
    assert json.loads(row["RECORD_CONTENT"]) == raw.decode(errors="replace")[: 64 * 1024]


def test_an_object_without_a_final_newline_loses_nothing(landing: Landing) -> None:
    landing.bucket.put(
        "events/a", body(line(purchase())).rstrip() + b"\n\n" + body(line(purchase())).rstrip()
    )
    assert landing.load().events == 2


@pytest.mark.parametrize(
    "text", ["it's", '"', "\\", "\\n", "%s %%", "{x}", "\u0000", "\u2028", "😀", "$name", "TYPEOF("]
)
def test_any_text_lands_as_it_is(landing: Landing, text: str) -> None:
    landing.bucket.deliver({"a": text})
    landing.load()
    assert landed(landing) == [{"a": text}]


def test_numbers_keep_their_spelling(landing: Landing) -> None:
    landing.bucket.put("events/a", b'{"a":132.0,"b":1000000000000000}\n')
    landing.load()
    (row,) = landing.snowflake.query("SELECT RECORD_CONTENT FROM LANDING.EVENTS")
    assert row["RECORD_CONTENT"] == '{"a":132.0,"b":1000000000000000}'


def test_more_lines_than_one_statement_takes_all_land(landing: Landing) -> None:
    landing.bucket.deliver(*({"n": number} for number in range(5_001)))
    landing.load()
    (row,) = landing.snowflake.query(
        "SELECT COUNT(DISTINCT RECORD_CONTENT:n::VARCHAR) AS N FROM LANDING.EVENTS"
    )
    assert row["N"] == 5_001


def test_a_bucket_that_cannot_be_read_is_an_error(landing: Landing) -> None:
    with pytest.raises(ClientError):
        load(landing.snowflake, landing.bucket.s3, f"{landing.bucket.name}-missing")
