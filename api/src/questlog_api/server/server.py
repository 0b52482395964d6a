"""Runs the service: uvicorn with bounded connections, and a stop that drains and ends in time."""

import asyncio
import gc
import logging
import os
import socket
import sys
import threading
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Any

import uvicorn
from fastapi import FastAPI

from questlog_api.server.connections import Connection
from questlog_api.settings import Settings
from questlog_api.telemetry.logs import flush
from questlog_api.telemetry.metrics import Metrics

STOP_GRACE_SECONDS = 2
"""Seconds a stop may take beside all that the settings allow, before the process is ended as it is."""

_LAST_WORDS_SECONDS = 1
_TICK_SECONDS = 0.1
_COLLECT_EACH = 10_000
_SWITCH_SECONDS = 0.001

_log = logging.getLogger(__name__)


def run(app: FastAPI, settings: Settings, host: str, port: int) -> int:
    """Serve `app` until SIGTERM or SIGINT; return the exit status: 1 when it could not begin, otherwise 0.

    Of `app.state`, `drain()` is called first when the service is to stop, and `metrics` counts, if they are
    there. It takes requests for DRAIN_SECONDS more, and stops within SHUTDOWN_SECONDS, twice
    FIREHOSE_CALL_SECONDS and `STOP_GRACE_SECONDS` then: whatever hangs, the process ends with status 1.
    """
    metrics: Metrics = getattr(app.state, "metrics", None) or Metrics()
    server = Server(_config(app, settings, metrics, host, port), getattr(app.state, "drain", _nothing))
    metrics.watch_connections(lambda: len(server.server_state.connections))
    server.drain_seconds = settings.drain_seconds
    server.stop_seconds = _longest_stop(settings)
    _calm_the_collector()
    _let_threads_in()
    try:
        server.run()
    except SystemExit:
        # uvicorn has logged what the matter is: the port, or what the service needs at its start.
        return 1
    return 0 if server.started else 1


def _longest_stop(settings: Settings) -> float:
    call = 2 * settings.firehose_call_seconds
    return settings.drain_seconds + settings.shutdown_seconds + call + STOP_GRACE_SECONDS


def _config(app: FastAPI, settings: Settings, metrics: Metrics, host: str, port: int) -> uvicorn.Config:
    protocol: Any = partial(Connection, settings=settings, refused=metrics.refused)
    return uvicorn.Config(
        getattr(app, "outermost", app),
        host=host,
        port=port,
        http=protocol,
        ws="none",
        interface="asgi3",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        # Nothing here depends on the client's address.
        proxy_headers=False,
        timeout_keep_alive=settings.keep_alive_seconds,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )


class Server(uvicorn.Server):
    """uvicorn's server; `drain` is called before it stops."""

    stop_seconds: float | None = None
    """Seconds after which a stop that has not ended ends the process; None waits."""
    drain_seconds: float = 0
    """Seconds for which it takes requests after `drain`."""

    def __init__(self, config: uvicorn.Config, drain: Callable[[], None]) -> None:
        super().__init__(config)
        self._drain = drain

    async def on_tick(self, counter: int) -> bool:
        """Look at each connection once a second."""
        if counter % 10 == 0:
            now = monotonic()
            for connection in tuple(self.server_state.connections):
                if isinstance(connection, Connection):
                    connection.check(now)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain, stop taking requests, wait for those under way, and close the sink."""
        if self.stop_seconds is not None:
            _end_process_after(self.stop_seconds)
        self._drain()
        await self._take_requests_for(self.drain_seconds)
        await super().shutdown(sockets)

    async def _take_requests_for(self, seconds: float) -> None:
        """Go on as before while load balancers see that the service is about to stop; a signal ends it."""
        if not seconds:
            return
        _log.info("draining: takes requests for %g seconds more, while /readyz says 503", seconds)
        signals, until, counter = len(self._captured_signals), monotonic() + seconds, 0
        while monotonic() < until and len(self._captured_signals) == signals:
            await self.on_tick(counter)
            counter += 1
            await asyncio.sleep(_TICK_SECONDS)

    async def _serve(self, sockets: list[socket.socket] | None = None) -> None:
        await super()._serve(sockets)
        # uvicorn would raise the signal once more, and a stop that went well would look like a kill.
        self._captured_signals.clear()


def _calm_the_collector() -> None:
    """Let the garbage collector look seldom, and never at what the service is made of.

    Requests leave no cycles behind; looking for some at every 700th object takes a tenth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_EACH, 50, 100)


def _let_threads_in() -> None:
    """Let a thread that calls Firehose wait a millisecond for its turn instead of 5.

    It asks for one after each word with the kernel, and requests wait for it.
    """
    sys.setswitchinterval(_SWITCH_SECONDS)


def _nothing() -> None:
    pass


def _end_process_after(seconds: float) -> None:
    """End the process even if a thread hangs in a call: Python would wait for it."""
    timer = threading.Timer(seconds, _end_process, [seconds])
    timer.daemon = True
    timer.start()


def _end_process(seconds: float) -> None:
    try:
        # In a thread: what hangs may be the log.
        last_words = threading.Thread(target=_say_that_it_is_ended, args=[seconds], daemon=True)
        last_words.start()
        last_words.join(_LAST_WORDS_SECONDS)
    finally:
        os._exit(1)


def _say_that_it_is_ended(seconds: float) -> None:
    _log.error("the service did not stop within %g seconds, and is ended", seconds)
    flush()
