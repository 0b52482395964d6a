"""How lines become Firehose records, and records become calls."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple, TypeAlias

from isal import igzip

# https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
RECORD_BYTES = 1000 * 1024
CALL_RECORDS = 500
# The quota is 4 MiB a call; that it is counted before base64 is not documented. These are 4 MiB after it.
CALL_BYTES = 3 * 1024 * 1024
# More, and Firehose's de-aggregation silently stops working (same page).
RECORD_LINES = 500


class Record(NamedTuple):
    """One Firehose record: what it holds of the lines `[start:stop]` of a put."""

    content: bytes
    start: int
    stop: int


Pack: TypeAlias = Callable[[Sequence[bytes]], Iterable[Record]]


def single(lines: Sequence[bytes]) -> Iterator[Record]:
    """Yield one record a line."""
    return (Record(line, index, index + 1) for index, line in enumerate(lines))


def ndjson(lines: Sequence[bytes]) -> Iterator[Record]:
    """Yield records of as many lines as fit: Firehose bills each record rounded up to 5 KB."""
    for start, stop in _groups([len(line) for line in lines], RECORD_LINES, RECORD_BYTES):
        yield Record(b"".join(lines[start:stop]), start, stop)


def ndjson_gzip(lines: Sequence[bytes]) -> Iterator[Record]:
    """Yield records as `ndjson` does, each a gzip member: joined members are one gzip file (RFC 1952)."""
    for record in ndjson(lines):
        yield record._replace(content=_compress(record.content))


PACKINGS: Mapping[str, Pack] = {"single": single, "ndjson": ndjson, "ndjson+gzip": ndjson_gzip}
"""Setting -> how lines become records."""


def calls(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Yield the records of each call."""
    records = list(records)
    for start, stop in _groups([len(record.content) for record in records], CALL_RECORDS, CALL_BYTES):
        yield records[start:stop]


def _groups(sizes: Sequence[int], most: int, most_bytes: int) -> Iterator[tuple[int, int]]:
    """Yield `(start, stop)` of groups of at most `most` items and `most_bytes`, but of at least one item."""
    ends = list(accumulate(sizes, initial=0))
    start = 0
    while start < len(sizes):
        stop = min(start + most, len(sizes))
        if ends[stop] - ends[start] > most_bytes:
            stop = max(bisect_right(ends, ends[start] + most_bytes, start, stop) - 1, start + 1)
        yield start, stop
        start = stop


def _compress(content: bytes) -> bytes:
    # Fast levels: the quota and the bill see a sixth then, and the best level only a seventh.
    return igzip.compress(content, compresslevel=1)
