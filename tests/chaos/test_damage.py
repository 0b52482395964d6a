"""A spool that is damaged: what can be read of it is sent, the rest is kept, the service stays up."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.chaos.disks import SmallDisk, mounted
from tests.chaos.scene import Scene, scene

_PAGE = 4096
_BATCHES = 12
_MORE_THAN_SQLITE_CACHES = 40
_HIT = 3
"""Which of the batches is damaged."""


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


def damaged(path: Path, event_ids: Iterable[str], damage: Damage) -> None:
    """Damage a file, in the midst of a batch: the page of its first bytes has those of other batches, too."""
    content = bytearray(path.read_bytes())
    places = sorted(content.find(event_id.encode()) for event_id in event_ids)
    damage(content, places[len(places) // 2])
    path.write_bytes(content)


@contextmanager
def spooled(
    tmp_path: Path, spool: Path | None = None, batches_sent: int = _BATCHES
) -> Iterator[tuple[Scene, list[set[str]]]]:
    """A service that was stopped with several batches in its spool, and the ids of each."""
    with scene(tmp_path, spool or tmp_path / "spool.sqlite") as it:
        it.victim.start()
        it.firehose.fail(outage=1)
        batches = []
        for _ in range(batches_sent):
            before = set(it.client.acknowledged)
            it.client.send_until(202)
            batches.append(it.client.acknowledged - before)
        assert it.victim.stop() == 0
        it.firehose.fail()
        yield it, batches


@pytest.mark.parametrize("damage", [_header, _half, _page, _other])
def test_a_damaged_spool_is_kept_as_it_was_and_its_service_starts(tmp_path: Path, damage: Damage) -> None:
    with spooled(tmp_path) as (it, batches):
        damaged(it.spool, batches[_HIT], damage)
        before = it.spool.read_bytes()
        it.victim.start()
        [aside] = tmp_path.glob("spool.sqlite.damaged-*[0-9]")
        assert str(aside) in it.victim.wait_for("was damaged")
        assert aside.read_bytes() == before
        assert it.client.send().status_code == 202


@pytest.mark.parametrize("damage", [_page, _bit])
def test_only_the_lines_that_are_damaged_are_not_sent(tmp_path: Path, damage: Damage) -> None:
    with spooled(tmp_path) as (it, batches):
        damaged(it.spool, batches[_HIT], damage)
        it.victim.start()
        it.victim.wait_for("damaged")
        assert it.client.missing_in_the_end(besides=batches[_HIT]) == set()


def test_a_spool_that_is_damaged_while_the_service_runs_stops_neither(tmp_path: Path) -> None:
    with spooled(tmp_path, batches_sent=_MORE_THAN_SQLITE_CACHES) as (it, batches):
        it.firehose.fail(outage=1)
        it.victim.start()
        damaged(it.spool, batches[_HIT], _page)
        it.client.send_until(202)
        it.heal()
        assert it.client.missing_in_the_end(besides=batches[_HIT]) == set()


def test_a_damaged_spool_on_a_full_disk_is_sent_once_there_is_room(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk") as folder, spooled(tmp_path, folder / "spool.sqlite") as (it, batches):
        damaged(it.spool, batches[_HIT], _page)
        disk = SmallDisk(folder)
        disk.fill(it.victim)
        it.victim.start()
        assert it.client.send().status_code == 202
        disk.clear(it.victim)
        it.victim.wait_for("was damaged")
        assert it.client.missing_in_the_end(besides=batches[_HIT]) == set()
