"""A Questlog API in miniature, for tests of a game with a real client."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any, Self, TypeAlias
from urllib.parse import urlsplit

from questlog._results import Violation
from questlog.exceptions import InvalidEvent
from questlog.testing._faults import Answer, Faults
from questlog.testing._http import LoopbackServer, Request
from questlog.testing._judge import events_of, result, versions, violation_of
from questlog.testing._replies import RefusedError, Reply, document, page, problem, results

Reject: TypeAlias = Callable[[dict[str, Any]], object]
"""Given a valid event: returns whether it is rejected all the same, True or the `Violation` that is told."""

_LOGIN = "<!doctype html><title>Hotel</title><p>Welcome! Please log in to use our network."
_REJECTED = InvalidEvent("", "test", "is rejected by the test")
_PATHS = {"/v1/events": ("POST",), "/v1/schemas": ("GET", "HEAD"), "/healthz": ("GET", "HEAD")}


class FakeServer:
    """Answers as the API does, on a free port of this machine; it can be made to fail, and tells what it has.

        with FakeServer() as server:
            server.fail_with(503, retry_after=1, times=3)
            with Client(server.url, server.write_key, context=CONTEXT, outbox=None) as client:
                Shop(client).buy("gems_1200")
                assert server.wait_for(1)

    Events are judged by the SDK's own checks, in the newest version of each; the first violation is told.
    It starts at once and stops with `close` or at the end of `with`. Faults are for the requests that come
    next, in the order in which they were asked for; then all is well again. All methods may be called by
    any thread.

    Args:
        write_key: The only key it accepts.
    """

    def __init__(self, write_key: str = "fake-write-key") -> None:
        self._write_key = write_key
        self._changed = threading.Condition()  # guards what follows
        self._events: dict[str, dict[str, Any]] = {}
        self._rejected: list[Any] = []
        self._duplicates = 0
        self._reject: Reject | None = None
        self._faults = Faults()
        self._http = LoopbackServer(self._respond)

    @property
    def url(self) -> str:
        """Where it is: the `url` of a client."""
        return f"http://127.0.0.1:{self._http.server_port}"

    @property
    def write_key(self) -> str:
        """The `write_key` of a client."""
        return self._write_key

    @property
    def events(self) -> list[dict[str, Any]]:
        """The JSON forms of the accepted events, oldest first; each `event_id` once, as in the warehouse."""
        with self._changed:
            return list(self._events.values())

    @property
    def rejected(self) -> list[Any]:
        """What was refused, oldest first and as often as it came."""
        with self._changed:
            return list(self._rejected)

    @property
    def duplicates(self) -> int:
        """How many accepted events came again."""
        with self._changed:
            return self._duplicates

    def wait_for(self, count: int, timeout: float = 10.0) -> bool:
        """Wait until there are `count` accepted events; False when there are not after `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._events) >= count, timeout)

    def reject(self, reject: Reject | None) -> None:
        """Refuse from now on the events for which `reject` returns True or a `Violation`; None ends it."""
        with self._changed:
            self._reject = reject

    def fail_with(self, status: int, *, retry_after: int | None = None, times: int | None = 1) -> None:
        """Answer `times` requests with this HTTP status, and keep nothing of them.

        Args:
            status: From 400 to 599.
            retry_after: Seconds that the header Retry-After tells; None leaves it out.
            times: How many requests; None is all until `recover`.

        Raises:
            ValueError: when the status is no failure, or `times` is less than 1.
        """
        if status not in range(400, 600):
            raise ValueError("status must be from 400 to 599")
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        reply = problem(status, "", "The test wants it.", headers)
        self._faults.add(lambda _: reply, times)

    def hang(self, *, times: int | None = None) -> None:
        """Read requests and answer nothing, until `recover` or `close` cuts them off; None is all of them."""
        self._faults.add_hang(times)

    def lose_answers(self, times: int | None = 1) -> None:
        """Take what comes in `times` requests, then cut the connection instead of answering."""

        def lose(answer: Answer) -> None:
            answer()

        self._faults.add(lose, times)

    def login_page(self, times: int | None = 1) -> None:
        """Answer `times` requests with 200 and a page, as a hotel's network does; keep nothing of them."""
        self._faults.add(lambda _: page(_LOGIN), times)

    def recover(self) -> None:
        """End all faults now, those to come as well; requests that hang are cut off."""
        self._faults.end()

    def close(self) -> None:
        """Stop: cut all connections, and return once no thread is left. Events can still be read."""
        self._faults.end()
        self._http.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _respond(self, request: Request) -> Reply | None:
        return self._faults.reply(partial(self._answer, request))

    def _answer(self, request: Request) -> Reply:
        path = urlsplit(request.path).path
        if path not in _PATHS:
            return problem(404, "not-found", "GET /v1/schemas lists the contracts there are.")
        if request.method not in _PATHS[path]:
            allow = {"Allow": ", ".join(_PATHS[path])}
            return problem(405, "method-not-allowed", "See the header Allow.", allow)
        if path == "/healthz":
            return document({"status": "ok"})
        if path == "/v1/schemas":
            listed = [{"event": e, "version": v, "status": "released"} for e, v in versions().items()]
            return document({"contracts": listed})
        return self._batch(request)

    def _batch(self, request: Request) -> Reply:
        try:
            events = events_of(request.headers, request.body, self._write_key)
        except RefusedError as refused:
            return refused.reply
        with self._changed:
            listed = [result(index, event, self._take(event)) for index, event in enumerate(events)]
            self._changed.notify_all()
        return results(listed)

    def _take(self, event: Any) -> InvalidEvent | None:
        violation = violation_of(event) or self._rejection(event)
        if violation is not None:
            self._rejected.append(event)
        elif event["event_id"] in self._events:
            self._duplicates += 1
        else:
            self._events[event["event_id"]] = event
        return violation

    def _rejection(self, event: dict[str, Any]) -> InvalidEvent | None:
        told = self._reject and self._reject(event)
        if isinstance(told, Violation):
            return InvalidEvent(told.pointer, told.keyword, told.detail)
        return _REJECTED if told else None
