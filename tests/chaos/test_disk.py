"""A spool whose disk is full, read-only, damaged or taken: the service stays up, says so, and loses nothing."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.chaos.client import Client
from tests.chaos.disks import Disk, SmallDisk, SmallFiles, mounted
from tests.chaos.victim import Victim, settings
from tests.load.firehose import Firehose, firehose

SPOOL = "spool.sqlite"


class Scene:
    """A service with its spool in `folder`, the Firehose it delivers to, and a client."""

    def __init__(self, stand_in: Firehose, victim: Victim, streams: Path) -> None:
        self.firehose = stand_in
        self.victim = victim
        self.client = Client(victim, streams)

    def heal(self) -> None:
        """Let Firehose take lines again; what is sent from then on reaches it directly."""
        self.firehose.fail()
        self.client.send_until(202)


@contextmanager
def scene(tmp_path: Path, spool: Path) -> Iterator[Scene]:
    """Set it up, with short times, and nothing started yet; in the end the same process must still run."""
    streams = tmp_path / "streams"
    with firehose(keep=streams) as stand_in:
        chosen = settings(
            stand_in.url,
            spool_path=spool,
            firehose_call_seconds=0.5,
            delivery_seconds=2,
            shutdown_seconds=4,
            spool_after_seconds=0.3,
            breaker_failures=1,
            breaker_seconds=0.5,
            retry_after_seconds=1,
            spool_replay_bytes_per_second=64 * 1024 * 1024,
        )
        with Victim(chosen, tmp_path / "service.log") as victim:
            yield Scene(stand_in, victim, streams)
            assert victim.is_up()


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
    """Start, let events into the spool, and fill the disk until one is refused."""
    scene.victim.start()
    scene.firehose.fail(outage=1)
    scene.client.send_until(202)
    disk.fill(scene.victim)
    answer = scene.client.send_until(503)
    assert answer.headers["Retry-After"] == "1"


def test_events_are_refused_while_the_disk_is_full_and_firehose_is_down(tmp_path: Path, disk: Disk) -> None:
    with scene(tmp_path, disk.folder / SPOOL) as it:
        full(it, disk)
        assert it.client.readiness()["cause"] in {"spool-full", "spool-broken"}
        assert str(disk.folder / SPOOL) in it.victim.log


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


def test_a_kill_while_the_disk_is_full_loses_nothing(tmp_path: Path, disk: Disk) -> None:
    with scene(tmp_path, disk.folder / SPOOL) as it:
        full(it, disk)
        it.victim.kill()
        it.firehose.fail()
        it.victim.start()
        assert it.client.missing_in_the_end() == set()


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
    tmp_path: Path, unusable: Callable[[Path], Iterator[Path]]
) -> None:
    with unusable(tmp_path / "disk") as folder, scene(tmp_path, folder / SPOOL) as it:
        it.victim.start()
        assert f"the spool {folder / SPOOL}: " in it.victim.log
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
