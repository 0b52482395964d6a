import pytest

from questlog_api.sinks import packing


def test_single_is_one_record_a_line() -> None:
    assert packing.single([b"a\n", b"b\n"]) == [b"a\n", b"b\n"]


def test_ndjson_is_as_many_lines_a_record_as_fit() -> None:
    assert list(packing.ndjson([b"a\n", b"b\n", b"c\n"])) == [b"a\nb\nc\n"]


def test_a_record_is_never_over_its_quota() -> None:
    line = b"x" * 400_000
    assert [len(record) for record in packing.ndjson([line] * 5)] == [800_000, 800_000, 400_000]


def test_a_record_fills_its_quota_to_the_byte() -> None:
    half = b"x" * (packing.RECORD_BYTES // 2)
    assert [len(record) for record in packing.ndjson([half, half, b"\n"])] == [packing.RECORD_BYTES, 1]


def test_a_record_has_no_more_lines_than_firehose_takes_apart() -> None:
    assert [record.count(b"\n") for record in packing.ndjson([b"\n"] * 501)] == [500, 1]


def test_a_call_has_no_more_records_than_its_quota() -> None:
    assert [len(call) for call in packing.calls([b"x"] * 1001)] == [500, 500, 1]


def test_a_call_is_never_over_its_quota_even_in_base64() -> None:
    sizes = [sum(map(len, call)) for call in packing.calls([b"x" * packing.RECORD_BYTES] * 7)]
    assert sum(sizes) == 7 * packing.RECORD_BYTES
    assert max(sizes) * 4 / 3 <= 4 * 1024 * 1024


@pytest.mark.parametrize("pack", [packing.single, packing.ndjson])
def test_lines_keep_their_order_and_nothing_is_added(pack: packing.Pack) -> None:
    lines = [b"%d\n" % number for number in range(1234)]
    records = [record for call in packing.calls(pack(lines)) for record in call]
    assert b"".join(records) == b"".join(lines)


def test_nothing_makes_no_call() -> None:
    assert list(packing.calls(packing.ndjson([]))) == []
