import pytest

from questlog._outbox.rows import ROW_BYTES, ROW_EVENTS, joined, packed


def test_no_events_become_no_rows() -> None:
    assert packed([]) == []


def test_events_become_one_row() -> None:
    assert packed([b"1", b"22"]) == [(2, b"1\n22")]


def test_a_row_has_at_most_500_events() -> None:
    counts = [count for count, _ in packed([b"1"] * (2 * ROW_EVENTS + 1))]
    assert counts == [500, 500, 1]


def test_a_row_is_at_most_one_mebibyte() -> None:
    half = b"x" * (ROW_BYTES // 2)
    assert [count for count, _ in packed([half, half[1:], half, half])] == [2, 1, 1]
    assert [len(content) for _, content in packed([half, half[1:]])] == [ROW_BYTES]


def test_a_larger_event_has_a_row_of_its_own() -> None:
    large = b"x" * (2 * ROW_BYTES)
    assert packed([b"1", large, b"2"]) == [(1, b"1"), (1, large), (1, b"2")]


@pytest.mark.parametrize("bodies", [[b"1\n2"], [b"1", b"2\n"], [b""], [b"1", b"", b"2"], [b"1", b""]])
def test_an_event_that_could_not_be_told_from_others_is_refused(bodies: list[bytes]) -> None:
    with pytest.raises(ValueError, match="is empty or has a line break"):
        joined(bodies)
    with pytest.raises(ValueError, match="is empty or has a line break"):
        packed(bodies)
