"""A spool whose disk is full, read-only, damaged or taken: the service stays up and loses nothing."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.chaos.disks import Disk, SmallDisk, SmallFiles, mounted
from tests.chaos.scene import Scene, scene

SPOOL = "spool.sqlite"


@pytest.fixture(params=["small-disk", "small-files"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    with ExitStack() as mounts:
        folder = tmp_path / "disk"
        if request.param == "small-disk":
            yield SmallDisk(mounts.enter_context(mounted(folder)))
        else:
            folder.mkdir()
            yield SmallFiles(folder)


def full(scene: Scene, disk: Disk) -> None:
    """Start, let events into the spool, and leave the disk no room: the next are refused."""
    scene.victim.start()
    scene.firehose.fail(outage=1)
    scene.client.send_until(202)
    disk.fill(scene.victim)
    answer = scene.client.send_until(503)
    assert answer.headers["Retry-After"] == "1"


def test_events_are_refused_while_the_disk_is_full_and_firehose_is_down(tmp_path: Path, disk: Disk) -> None:
    with scene(tmp_path, disk.folder / SPOOL) as it:
        full(it, disk)
        assert it.victim.wait_for(str(disk.folder / SPOOL))
        assert {it.client.send().status_code for _ in range(5)} == {503}


def test_a_service_that_can_store_nothing_is_not_ready_and_says_why(tmp_path: Path, disk: Disk) -> None:
    with scene(tmp_path, disk.folder / SPOOL) as it:
        full(it, disk)
        assert it.client.cause_of_not_being_ready() in {"spool-full", "spool-broken"}


def test_firehose_is_delivered_to_while_the_disk_is_full(tmp_path: Path, disk: Disk) -> None:
    with scene(tmp_path, disk.folder / SPOOL) as it:
        full(it, disk)
        it.heal()
        assert {it.client.send().status_code for _ in range(20)} == {202}
        disk.clear(it.victim)
        assert it.client.missing_in_the_end() == set()


def test_what_is_in_the_spool_is_sent_while_the_disk_is_full(tmp_path: Path, disk: Disk) -> None:
    with scene(tmp_path, disk.folder / SPOOL) as it:
        full(it, disk)
        it.heal()
        assert it.client.missing_in_the_end() == set()


def test_a_disk_that_has_room_again_takes_events_again(tmp_path: Path, disk: Disk) -> None:
    with scene(tmp_path, disk.folder / SPOOL) as it:
        full(it, disk)
        disk.clear(it.victim)
        it.client.send_until(202)
        it.heal()
        assert it.client.missing_in_the_end() == set()


def test_a_spool_that_was_emptied_on_a_full_disk_is_used_again(tmp_path: Path, disk: Disk) -> None:
    with scene(tmp_path, disk.folder / SPOOL) as it:
        full(it, disk)
        it.heal()
        assert it.client.missing_in_the_end() == set()
        it.firehose.fail(outage=1)
        disk.clear(it.victim)
        it.client.send_until(202)
        it.heal()
        assert it.client.missing_in_the_end() == set()


def test_a_kill_while_the_disk_is_full_loses_nothing(tmp_path: Path, disk: Disk) -> None:
    with scene(tmp_path, disk.folder / SPOOL) as it:
        full(it, disk)
        it.victim.kill()
        it.firehose.fail()
        it.victim.start()
        assert it.client.missing_in_the_end() == set()


Unusable = Callable[[Path], AbstractContextManager[Path]]


@contextmanager
def read_only(folder: Path) -> Iterator[Path]:
    """A folder nothing can be written to: not even by root, whom no permission stops."""
    with ExitStack() as mounts:
        if os.geteuid() == 0:
            yield mounts.enter_context(mounted(folder, "ro"))
        else:
            folder.mkdir(mode=0o555)
            yield folder


@contextmanager
def not_a_folder(folder: Path) -> Iterator[Path]:
    folder.write_text("I am a file.")
    yield folder


@contextmanager
def not_a_file(folder: Path) -> Iterator[Path]:
    (folder / SPOOL).mkdir(parents=True)
    yield folder


@pytest.mark.parametrize("unusable", [read_only, not_a_folder, not_a_file])
def test_a_service_that_cannot_write_its_spool_delivers_without_it(
    tmp_path: Path, unusable: Unusable
) -> None:
    with unusable(tmp_path / "disk") as folder, scene(tmp_path, folder / SPOOL) as it:
        it.victim.start()
        assert it.victim.wait_for(f"the spool {folder / SPOOL}: ")
        assert it.client.send().status_code == 202
        assert it.client.readiness() == {"status": "ok", "sink": "ok", "spool": "down"}
        it.firehose.fail(outage=1)
        it.client.send_until(503)
        it.heal()
        assert it.client.missing_in_the_end() == set()


def test_a_folder_that_is_missing_is_made(tmp_path: Path) -> None:
    with scene(tmp_path, tmp_path / "a" / "b" / SPOOL) as it:
        it.victim.start()
        it.firehose.fail(outage=1)
        it.client.send_until(202)
        it.heal()
        assert it.client.missing_in_the_end() == set()


def test_two_services_with_one_spool_both_deliver_and_the_second_says_what_is_wrong(tmp_path: Path) -> None:
    spool = tmp_path / SPOOL
    with scene(tmp_path / "first", spool) as first, scene(tmp_path / "second", spool) as second:
        first.victim.start()
        second.victim.start()
        assert second.victim.wait_for("another process uses it")
        assert second.client.send().status_code == 202
        for it in (first, second):
            it.firehose.fail(outage=1)
        second.client.send_until(503)
        first.client.send_until(202)
        for it in (first, second):
            it.heal()
            assert it.client.missing_in_the_end() == set()


def test_a_spool_that_another_process_lets_go_of_is_taken_over_with_all_that_is_in_it(tmp_path: Path) -> None:
    spool = tmp_path / SPOOL
    with scene(tmp_path / "first", spool) as first, scene(tmp_path / "second", spool) as second:
        first.victim.start()
        first.firehose.fail(outage=1)
        first.client.send_until(202)
        second.victim.start()
        first.victim.kill()
        second.firehose.fail(outage=1)
        second.client.send_until(202)
        second.heal()
        second.client.acknowledged |= first.client.acknowledged
        assert second.client.missing_in_the_end() == set()
        first.victim.start()
