"""The loop runs in debug mode: it tells of every step that takes longer than `slow_callback_duration`."""

import asyncio
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest

from questlog import AsyncClient, Stats
from questlog._async_client import _in_a_thread
from questlog._outbox import OutboxFolder, destination_of
from tests.repository import ROOT
from tests.sdk.loopback import serve
from tests.sdk.samples import BOUGHT, CONTEXT, entries
from tests.sdk.script import Reply, Script
from tests.sdk.workers import LONG, Gate, eventually

T = TypeVar("T")
SLOW = 0.5
"""Seconds of a step of the loop that are too many; those that a test holds the disk up for are more."""


def _client(script: Script, folder: Path | None, **options: Any) -> AsyncClient:
    options = {"flush_interval": 0, "outbox": folder, **options}
    return AsyncClient("http://api", "key", context=CONTEXT, transport=script.transport(), **options)


def _run(coroutine: Coroutine[Any, Any, T]) -> T:
    async def watched() -> T:
        asyncio.get_running_loop().slow_callback_duration = SLOW
        return await coroutine

    return asyncio.run(watched(), debug=True)


def test_events_arrive_and_the_context_manager_closes(tmp_path: Path) -> None:
    script = Script()

    async def play() -> tuple[list[str], AsyncClient]:
        with serve(script) as url:
            async with AsyncClient(url, "key", context=CONTEXT, outbox=tmp_path) as client:
                ids = [client.purchase(**BOUGHT) for _ in range(3)]
            client.purchase(**BOUGHT)
            return ids, client

    ids, client = _run(play())
    assert script.ids == ids
    assert client.stats() == Stats(accepted=3, rejected=0, dropped=1, pending=0)


@pytest.mark.parametrize("outbox", ["disk", None])
def test_flush_tells_whether_all_is_answered(tmp_path: Path, outbox: str | None) -> None:
    script = Script()

    async def play() -> bool:
        async with _client(script, tmp_path if outbox else None) as client:
            client.for_player(CONTEXT).purchase(**BOUGHT)
            return await client.flush(LONG)

    assert _run(play())
    assert len(script.ids) == 1


def test_what_is_stored_is_on_the_disk(tmp_path: Path) -> None:
    def written() -> bytes:
        return b"".join(path.read_bytes() for path in tmp_path.iterdir())

    async def play() -> None:
        async with _client(Script(otherwise=Reply(503)), tmp_path, durability="sync") as client:
            event_id = client.purchase(**BOUGHT)
            assert await client.stored(LONG)
            assert event_id.encode() in written()
            await client.close(0)

    _run(play())


def test_a_purge_deletes_what_waits(tmp_path: Path) -> None:
    async def play() -> int:
        async with _client(Script(otherwise=Reply(503)), tmp_path) as client:
            client.purchase(**BOUGHT)
            return await client.purge()

    assert _run(play()) == 1


def test_the_loop_never_waits_for_a_disk_that_is_slow(
    tmp_path: Path, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    """The thread that stores is held up for longer than a step may take, whatever is waited for."""
    left = entries(2)
    file = OutboxFolder(tmp_path, destination_of("http://api", "key")).open()
    file.append([entry.body for entry in left])
    file.close()
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.01)

    async def play() -> None:
        turning = asyncio.create_task(turn())
        client = _client(Script(), tmp_path, durability="sync", before_send=gate.hold)
        client.purchase(**BOUGHT)
        assert not await client.stored(2 * SLOW)
        assert not await client.flush(2 * SLOW)
        client.consent = False
        client.consent = True
        assert client.stats().pending >= 1
        assert await client.close(2 * SLOW) >= 1
        gate.open.set()
        turning.cancel()

    with caplog.at_level(logging.WARNING, "asyncio"):
        _run(play())
    assert [record for record in caplog.records if record.name == "asyncio"] == []
    assert turns > 50


def test_a_wait_that_is_cancelled_holds_up_neither_the_program_nor_its_end(
    tmp_path: Path, gate: Gate
) -> None:
    """The hook is held up for longer than the test takes, if not for ever."""

    async def play() -> None:
        client = _client(Script(), tmp_path, before_send=gate.hold)
        client.purchase(**BOUGHT)
        waits = asyncio.create_task(client.flush(LONG))
        await asyncio.sleep(0)
        waits.cancel()
        await asyncio.gather(waits, return_exceptions=True)

    started = time.monotonic()
    _run(play())
    assert time.monotonic() - started < LONG / 2
    gate.open.set()


_CANCELLING = """
import asyncio
from questlog import AsyncClient
from tests.sdk.samples import BOUGHT, CONTEXT

async def play():
    client = AsyncClient("http://127.0.0.1:1", "key", context=CONTEXT, outbox=None)
    client.purchase(**BOUGHT)
    waits = asyncio.create_task(client.flush(600.0))
    await asyncio.sleep(0.1)
    waits.cancel()

asyncio.run(play())
"""


def test_a_process_does_not_outlive_its_loop_for_a_wait_that_was_cancelled() -> None:
    """Ten minutes are asked for, of an API that is not there; the timeout fails the test."""
    subprocess.run([sys.executable, "-c", _CANCELLING], cwd=ROOT, check=True, timeout=LONG)


def test_what_a_wait_raises_is_raised_by_the_loop_and_not_in_its_thread() -> None:
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        _run(_in_a_thread(fail))


def test_a_step_that_waits_would_be_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def play() -> None:
        client = _client(Script(), tmp_path)
        threading.Event().wait(1.2 * SLOW)
        await client.close()

    with caplog.at_level(logging.WARNING, "asyncio"):
        _run(play())
    assert "took" in caplog.text


def test_the_folder_is_not_looked_at_by_the_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    glob = Path.glob

    def told(path: Path, pattern: str) -> Any:
        looked.append(threading.current_thread().name)
        return glob(path, pattern)

    monkeypatch.setattr(Path, "glob", told)

    async def play() -> None:
        async with _client(Script(), tmp_path) as client:
            client.purchase(**BOUGHT)
            await client.stored(LONG)

    _run(play())
    assert set(looked) == {"questlog-outbox"}


def test_a_client_whose_closing_is_cancelled_closes_all_the_same(tmp_path: Path, gate: Gate) -> None:
    script = Script(gate)

    async def play() -> AsyncClient:
        client = _client(script, tmp_path)
        client.purchase(**BOUGHT)
        closing = asyncio.create_task(client.close(LONG))
        await asyncio.to_thread(gate.reached.wait, LONG)
        closing.cancel()
        gate.open.set()
        return client

    client = _run(play())
    assert eventually(lambda: client.stats().accepted == 1)
    assert client._pipeline.closing


def test_a_wait_that_is_no_number_of_seconds_is_refused_by_name(tmp_path: Path) -> None:
    async def play() -> None:
        async with _client(Script(), tmp_path) as client:
            waits: list[Any] = [client.stored, client.flush, client.close]
            for wait in waits:
                with pytest.raises(TypeError, match="timeout must be a number of seconds"):
                    await wait(None)

    _run(play())
