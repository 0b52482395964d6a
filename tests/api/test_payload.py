from time import monotonic
from typing import Any

import orjson
import pytest

from questlog_api.payload import MAX_PAYLOAD_BYTES, Payload


def nested(value: Any, levels: int) -> Any:
    for _ in range(levels):
        value = {"a": [value, 1]}
    return value


def test_what_fits_is_kept_whole() -> None:
    assert Payload.of({}, b'{"a":"\xc3\xa9"}') == Payload('{"a":"é"}', 10)


def test_a_longer_text_is_cut_without_breaking_a_character_and_its_size_told() -> None:
    text = b'"' + "é".encode() * MAX_PAYLOAD_BYTES
    payload = Payload.of("", text)
    assert payload.size == len(text)
    assert len(payload.text.encode()) == MAX_PAYLOAD_BYTES - 1
    assert text.startswith(payload.text.encode())


def test_what_is_nested_too_deep_to_be_written_at_once_is_kept_all_the_same() -> None:
    value = nested({"é": 'a "quoted" text', "none": None, "empty": [{}, []]}, 450)
    payload = Payload.of(value, None)
    assert orjson.loads(payload.text) == value
    assert payload.size == len(payload.text.encode())


@pytest.mark.parametrize("wide", [[[] for _ in range(1_000_000)], ["é" * 1_000_000], [1] * 1_000_000])
def test_of_what_is_deep_and_large_the_beginning_is_kept_and_no_size_told(wide: list[Any]) -> None:
    started = monotonic()
    payload = Payload.of([wide, nested(1, 200)], None)
    assert payload.size is None
    assert MAX_PAYLOAD_BYTES - 4 < len(payload.text.encode()) <= MAX_PAYLOAD_BYTES
    assert orjson.dumps(wide)[:1000].decode() in "[" + payload.text[1:]
    assert monotonic() - started < 1
