"""What every request gets: an id, a count, and an answer even when the service has a bug."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Mapping
from time import perf_counter

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from questlog_api.body import Incoming
from questlog_api.problems import ProblemError, a_bug, not_acknowledged
from questlog_api.routes.events import Answer
from questlog_api.server.whole_answer import SECURITY_HEADERS, send_whole
from questlog_api.telemetry import request_id
from questlog_api.telemetry.metrics import Metrics
from questlog_api.telemetry.tracing import NO_TRACES, Tracer

_ID_HEADER = request_id.HEADER.lower().encode()

_STOPPED_SECONDS = 1  # another process answers then

_log = logging.getLogger(__name__)


class RequestMiddleware:
    """Gives each request an id, counts it, and turns what nobody caught into a 500.

    A POST to a path of `fast` is answered by what stands there, without the layers of `app`. `paths` says
    under which path the endpoints of `app` are counted.
    """

    def __init__(
        self,
        app: ASGIApp,
        fast: Mapping[str, Answer],
        paths: Mapping[object, str],
        metrics: Metrics,
        tracer: Tracer = NO_TRACES,
    ) -> None:
        self._app = app
        self._fast = fast
        self._paths = paths
        self._metrics = metrics
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        token = request_id.begin()
        try:
            with self._tracer.request(scope, request_id.current()) as span:
                path, status = await self._answer(scope, receive, send)
                span.answered(path, status)
            if status:
                self._metrics.request(path, status, perf_counter() - started)
        finally:
            request_id.end(token)

    def _answer(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[tuple[str, int]]:
        """Answer; return the path as it is registered, and the status.

        What clients send must not become labels. The status is 0 when nobody was there to take the answer.
        """
        path: str = scope["path"]
        if "\n" in path:
            # Starlette's patterns end with `$`, which a newline may follow: a proxy would see another path.
            scope["path"] = "/"
        answer = self._fast.get(path)
        if answer is not None and scope["method"] == "POST":
            return _fast(answer, scope, receive, send)
        return self._through_app(scope, receive, send)

    async def _through_app(self, scope: Scope, receive: Receive, send: Send) -> tuple[str, int]:
        way_out = _WayOut(send)
        try:
            await self._app(scope, receive, way_out.send)
        except Exception as error:  # noqa: BLE001 - the client gets an answer, whatever it is
            response = _bug(error)
            if response is not None and not way_out.status:
                await response(scope, receive, way_out.send)
        return self._paths.get(scope.get("endpoint"), "other"), way_out.status


async def _fast(answer: Answer, scope: Scope, receive: Receive, send: Send) -> tuple[str, int]:
    try:
        request = Incoming(dict(scope["headers"]), receive, scope)
        response: Response | None = await answer(request)
    except ProblemError as problem:
        response = problem.response()
    except asyncio.CancelledError:
        # Only a server that stops does that: let the client know that its events are not stored.
        response = not_acknowledged("The service stops.", _STOPPED_SECONDS).response()
    except Exception as error:  # noqa: BLE001 - the client gets an answer, whatever it is
        response = _bug(error)
    path: str = scope["path"]
    if response is None:
        return path, 0
    status, headers, body = response.status_code, [*response.raw_headers, _own_header()], bytes(response.body)
    if not send_whole(scope, status, headers, body):
        headers += SECURITY_HEADERS
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
    return path, status


class _WayOut:
    """Adds the headers; `status` is 0 before the answer starts."""

    __slots__ = ("_send", "status")

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], _own_header(), *SECURITY_HEADERS]
        await self._send(message)


def _own_header() -> tuple[bytes, bytes]:
    return _ID_HEADER, request_id.current().encode()


def _bug(error: Exception) -> Response | None:
    """Return the answer to a request that failed; None when the client has left."""
    if isinstance(error, ClientDisconnect):
        _log.info("the client left before its request was complete")
        return None
    # Without the error's message, which may hold a submitted value.
    _log.error("%s\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
    return a_bug()
