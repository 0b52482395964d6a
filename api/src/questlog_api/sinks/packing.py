"""How lines become Firehose records, and records become calls."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

Pack: TypeAlias = Callable[[Sequence[bytes]], Iterable[bytes]]

# https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
RECORD_BYTES = 1000 * 1024
CALL_RECORDS = 500
# The quota is 4 MiB a call; that it is counted before base64 is not documented. These are 4 MiB after it.
CALL_BYTES = 3 * 1024 * 1024
# More, and Firehose's de-aggregation silently stops working (same page).
RECORD_LINES = 500


def single(lines: Sequence[bytes]) -> Sequence[bytes]:
    """Return one record a line."""
    return lines


def ndjson(lines: Sequence[bytes]) -> Iterator[bytes]:
    """Yield records of as many lines as fit: Firehose bills each record rounded up to 5 KB."""
    return map(b"".join, _groups(lines, RECORD_LINES, RECORD_BYTES))


PACKINGS: Mapping[str, Pack] = {"single": single, "ndjson": ndjson}
"""Setting -> how lines become records."""


def calls(records: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Yield the records of each call."""
    return _groups(records, CALL_RECORDS, CALL_BYTES)


def _groups(items: Iterable[bytes], most: int, most_bytes: int) -> Iterator[list[bytes]]:
    group: list[bytes] = []
    size = 0
    for item in items:
        if group and (len(group) == most or size + len(item) > most_bytes):
            yield group
            group, size = [], 0
        group.append(item)
        size += len(item)
    if group:
        yield group
