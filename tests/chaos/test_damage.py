"""A spool file that is damaged: what can be read of it is sent, the rest is kept, and the service stays up."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.chaos.scene import Scene, scene

_PAGE = 4096
_BATCHES = 12


def _header(content: bytearray, _: int) -> None:
    content[:100] = bytes(100)


def _half(content: bytearray, _: int) -> None:
    del content[len(content) // 2 :]


def _page(content: bytearray, at: int) -> None:
    start = at // _PAGE * _PAGE
    content[start : start + _PAGE] = b"\xff" * _PAGE


def _bit(content: bytearray, at: int) -> None:
    content[at] ^= 1


def _other(content: bytearray, _: int) -> None:
    content[:] = b"This is no spool.\n" * 1000


Damage = Callable[[bytearray, int], None]


def damaged(path: Path, event_id: str, damage: Damage) -> None:
    """Damage a file, at the place where it has the id."""
    content = bytearray(path.read_bytes())
    damage(content, content.index(event_id.encode()))
    path.write_bytes(content)


@contextmanager
def spooled(tmp_path: Path) -> Iterator[tuple[Scene, list[set[str]]]]:
    """A service that was stopped with several batches in its spool, and the ids of each."""
    with scene(tmp_path, tmp_path / "spool.sqlite") as it:
        it.victim.start()
        it.firehose.fail(outage=1)
        batches = []
        for _ in range(_BATCHES):
            before = set(it.client.acknowledged)
            it.client.send_until(202)
            batches.append(it.client.acknowledged - before)
        assert it.victim.stop() == 0
        it.firehose.fail()
        yield it, batches


@pytest.mark.parametrize("damage", [_header, _half, _page, _bit, _other])
def test_a_service_starts_with_a_damaged_spool_and_loses_no_line_of_it_without_a_word(
    tmp_path: Path, damage: Damage
) -> None:
    with spooled(tmp_path) as (it, batches):
        before = it.spool.read_bytes()
        damaged(it.spool, min(batches[3]), damage)
        damaged_one = it.spool.read_bytes()
        it.victim.start()
        assert it.client.send().status_code == 202
        it.victim.wait_for("damaged")
        missing = it.client.missing_in_the_end(5)
        kept = [path.read_bytes() for path in tmp_path.glob("spool.sqlite*")]
        for event_id in missing:
            assert event_id.encode() in before
            assert (
                any(event_id.encode() in content for content in kept) or event_id.encode() not in damaged_one
            )


@pytest.mark.parametrize("damage", [_page, _bit])
def test_only_the_lines_that_are_damaged_are_not_sent(tmp_path: Path, damage: Damage) -> None:
    with spooled(tmp_path) as (it, batches):
        damaged(it.spool, min(batches[3]), damage)
        it.victim.start()
        it.victim.wait_for("damaged")
        assert it.client.missing_in_the_end(10) <= batches[3]


def test_a_spool_that_is_damaged_while_the_service_runs_stops_neither_it_nor_what_is_sound(
    tmp_path: Path,
) -> None:
    with spooled(tmp_path) as (it, batches):
        it.firehose.fail(outage=1)
        it.victim.start()
        damaged(it.spool, min(batches[3]), _page)
        it.client.send_until(202)
        it.heal()
        it.victim.wait_for("damaged")
        assert it.client.missing_in_the_end(15) <= batches[3]
