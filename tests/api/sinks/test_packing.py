import gzip
import random
from collections.abc import Iterable, Sequence

import pytest

from questlog_api.sinks import packing
from questlog_api.sinks.packing import Record


def contents(records: Iterable[Record]) -> list[bytes]:
    return [record.content for record in records]


def records(count: int, size: int = 1) -> list[Record]:
    return [Record(b"x" * size, number, number + 1) for number in range(count)]


def test_single_is_one_record_a_line() -> None:
    assert list(packing.single([b"a\n", b"b\n"])) == [(b"a\n", 0, 1), (b"b\n", 1, 2)]


def test_ndjson_is_as_many_lines_a_record_as_fit() -> None:
    assert list(packing.ndjson([b"a\n", b"b\n", b"c\n"])) == [(b"a\nb\nc\n", 0, 3)]


def test_a_record_is_never_over_its_quota() -> None:
    line = b"x" * 400_000
    assert [len(content) for content in contents(packing.ndjson([line] * 5))] == [800_000, 800_000, 400_000]


def test_a_record_fills_its_quota_to_the_byte() -> None:
    # https://docs.aws.amazon.com/firehose/latest/APIReference/API_Record.html
    half = b"x" * 512_000
    sizes = [len(content) for content in contents(packing.ndjson([half, half, b"\n"]))]
    assert sizes == [1_024_000, 1]


def test_a_record_has_no_more_lines_than_firehose_takes_apart() -> None:
    assert [content.count(b"\n") for content in contents(packing.ndjson([b"\n"] * 501))] == [500, 1]


def test_a_call_has_no_more_records_than_its_quota() -> None:
    assert [len(call) for call in packing.calls(records(1001))] == [500, 500, 1]


def test_a_call_is_never_over_its_quota_even_in_base64() -> None:
    calls = packing.calls(records(7, packing.RECORD_BYTES))
    sizes = [sum(map(len, contents(call))) for call in calls]
    assert sum(sizes) == 7 * packing.RECORD_BYTES
    assert max(sizes) * 4 / 3 <= 4 * 1024 * 1024


@pytest.mark.parametrize("pack", packing.PACKINGS.values(), ids=packing.PACKINGS)
def test_lines_keep_their_order_and_nothing_is_added(pack: packing.Pack) -> None:
    lines = [b"%d\n" % number for number in range(1234)]
    packed = [record for call in packing.calls(pack(lines)) for record in call]
    content = b"".join(contents(packed))
    assert (content if pack is not packing.ndjson_gzip else gzip.decompress(content)) == b"".join(lines)


@pytest.mark.parametrize("pack", packing.PACKINGS.values(), ids=packing.PACKINGS)
@pytest.mark.parametrize("sizes", [[1], [700_000] * 3, [9, 1_000_000, 30_000, 7] * 2, [600] * 1234])
def test_each_line_is_in_the_record_that_says_so(pack: packing.Pack, sizes: Sequence[int]) -> None:
    lines = [random.Random(size).randbytes(size - 1) + b"\n" for size in sizes]
    packed = list(pack(lines))
    assert [record.start for record in packed] == [0, *(record.stop for record in packed[:-1])]
    assert packed[-1].stop == len(lines)
    unpack = gzip.decompress if pack is packing.ndjson_gzip else bytes
    assert [unpack(record.content) for record in packed] == [
        b"".join(lines[record.start : record.stop]) for record in packed
    ]


def test_gzip_records_are_members_that_make_one_file_together() -> None:
    lines = [b"%d\n" % number for number in range(1234)]
    members = contents(packing.ndjson_gzip(lines))
    assert len(members) == 3
    assert gzip.decompress(b"".join(members)) == b"".join(map(gzip.decompress, members)) == b"".join(lines)


def test_a_gzip_record_is_smaller_than_its_lines() -> None:
    line = b'{"event":"purchase","schema_version":"1.0"}\n'
    [record] = packing.ndjson_gzip([line] * 100)
    assert len(record.content) < len(line) * 100 / 5


def test_a_gzip_record_of_what_does_not_shrink_is_within_its_quota_of_a_call() -> None:
    lines = [random.Random(number).randbytes(900_000) for number in range(8)]
    calls = list(packing.calls(packing.ndjson_gzip(lines)))
    assert len(calls) > 1
    assert all(sum(map(len, contents(call))) <= packing.CALL_BYTES for call in calls)


@pytest.mark.parametrize("pack", packing.PACKINGS.values(), ids=packing.PACKINGS)
def test_nothing_makes_no_call(pack: packing.Pack) -> None:
    assert list(packing.calls(pack([]))) == []
