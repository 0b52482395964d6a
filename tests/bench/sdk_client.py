"""Measures an SDK: what a burst of events costs, how long a program takes to end, what the import takes."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from tests.bench.sdk_install import Sdk
from tests.bench.sdk_process import client, started
from tests.bench.sdk_server import Server
from tests.load.usage import resident_bytes

_BURST_SECONDS = 180.0  # the slowest needs about 5 for 20,000 events
_LOOK_SECONDS = 0.01
_STILL_SECONDS = 5.0  # without another event: no more will come
_UNDER_WAY_SECONDS = 2.0
_LEFT_EVENTS = 600  # more than a batch, so that one is under way when the program ends
_MIB = 1024**2


@dataclass(frozen=True, slots=True)
class Burst:
    """What it took to track some events as fast as it goes.

    Attributes:
        call_p50: Microseconds of a call on the caller's thread; half are as fast.
        call_p99: As `call_p50`; 99 of 100 are as fast.
        call_max: The slowest call, in microseconds.
        per_second: Events a second, from the first call until the server had the last event.
        cpu_micros: Microseconds of processor an event, user and system, of all threads of the client, from
            the first call until the server had all; what the SDK loads only then is part of it.
        wire_bytes: Bytes that the server received for an event, headers included.
        memory_mib: What the process held when the server had all, in MiB over an interpreter without imports.
        missing: How many events the server did not receive.
    """

    call_p50: float
    call_p99: float
    call_max: float
    per_second: float
    cpu_micros: float
    wire_bytes: float
    memory_mib: float
    missing: int


@dataclass(frozen=True, slots=True)
class Import:
    """What an import takes in a fresh process: milliseconds over a bare interpreter, and modules it loads."""

    milliseconds: float
    modules: int


def burst(sdk: Sdk, server: Server, events: int, warm_up: int = 0) -> Burst:
    """Track `events` as fast as it goes, in a fresh process that has sent `warm_up` others before.

    Raises:
        RuntimeError: when the SDK fails, or sends what the server cannot read.
    """
    before, total = server.counts(), events + warm_up
    with client(sdk, "burst", server.url, events, warm_up) as process:
        with process.killed_after(_BURST_SECONDS):
            process.expect("flushed")
        _settle(lambda: server.counts().events, before.events + total)
        memory = resident_bytes(process.pid) - _bare_bytes(sdk)
        came = server.counts().since(before)
        process.go_on()
        started_at, cpu_seconds, *calls = map(float, process.expect("took").split())
    if came.unread:
        raise RuntimeError(f"the server cannot read what {sdk.name} sends; is it the version that is pinned?")
    p50, p99, slowest = (1e6 * seconds for seconds in calls)
    return Burst(
        call_p50=p50,
        call_p99=p99,
        call_max=slowest,
        per_second=(came.events - warm_up) / (came.last - started_at),
        cpu_micros=1e6 * cpu_seconds / events,
        wire_bytes=came.bytes / max(1, came.events),
        memory_mib=memory / _MIB,
        missing=total - came.events,
    )


def exit_seconds(sdk: Sdk, server: Server, cap: float) -> float:
    """Return how long a program takes to close the SDK and end while `server` hangs; inf for more than `cap`.

    A program whose call hangs, because the SDK sends on the caller's thread, does not end either.
    """
    before = server.counts().requests
    with client(sdk, "leave", server.url, _LEFT_EVENTS) as process:
        with process.killed_after(cap) as over:
            said = process.line()
        if over.is_set():
            return inf
        process.check(said, "tracked")
        _wait(lambda: server.counts().requests > before, _UNDER_WAY_SECONDS)
        since = time.perf_counter()
        with process.killed_after(cap) as over:
            process.go_on()
            process.wait()
        return inf if over.is_set() else time.perf_counter() - since


def import_cost(sdk: Sdk, times: int) -> Import:
    """Import the SDK in so many fresh processes, and return the cost of the fastest."""
    statement = f"import {sdk.module}"
    rounds = [(_seconds_of(sdk, "pass"), _seconds_of(sdk, statement)) for _ in range(times)]
    bare, imported = map(min, zip(*rounds, strict=True))
    code = f"import sys; before = len(sys.modules); {statement}; print(len(sys.modules) - before)"
    with started(sdk, "-P", "-c", code) as process:
        assert process.stdout is not None
        modules = int(process.stdout.readline())
    return Import(1e3 * (imported - bare), modules)


def _seconds_of(sdk: Sdk, code: str) -> float:
    """Return how long a process takes to run `code` and end."""
    since = time.perf_counter()
    with started(sdk, "-P", "-c", code) as process:
        if process.wait():
            raise RuntimeError(f"{sdk.name}: {code!r} fails; its errors stand above")
    return time.perf_counter() - since


def _bare_bytes(sdk: Sdk) -> int:
    """Return the memory that the SDK's interpreter holds when it has imported nothing."""
    with started(sdk, "-c", "import sys; print(flush=True); sys.stdin.readline()") as process:
        assert process.stdout is not None
        process.stdout.readline()
        return resident_bytes(process.pid)


def _settle(count: Callable[[], int], enough: int) -> None:
    """Wait until `count` is `enough`, or has not changed for a while."""
    seen, since = count(), time.perf_counter()
    while seen < enough and time.perf_counter() - since < _STILL_SECONDS:
        time.sleep(_LOOK_SECONDS)
        now = count()
        if now != seen:
            seen, since = now, time.perf_counter()


def _wait(done: Callable[[], bool], seconds: float) -> None:
    """Wait until it is done, so many seconds at most."""
    end = time.perf_counter() + seconds
    while not done() and time.perf_counter() < end:
        time.sleep(_LOOK_SECONDS)
