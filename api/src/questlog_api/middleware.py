"""What every request gets: an id, and an answer even when the service has a bug."""

import logging
import traceback

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from questlog_api import request_id
from questlog_api.problems import without_type

_log = logging.getLogger(__name__)


class RequestMiddleware:
    """Gives each request an id, puts it into the answer, and turns what nobody caught into a 500."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        token = request_id.begin()
        try:
            await self._answer(scope, receive, _Answer(send))
        finally:
            request_id.end(token)

    async def _answer(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        try:
            await self._app(scope, receive, answer.send)
        except ClientDisconnect:
            _log.info("the client left before its request was complete")
        except Exception as error:
            if answer.started:
                raise
            # Without the error's message, which may hold a submitted value.
            _log.error("%s\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
            detail = "The service has a bug; its log has the traceback under this request_id."
            await without_type(500, detail)(scope, receive, answer.send)


class _Answer:
    """The way out, which adds the id."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.started = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            header = (request_id.HEADER.lower().encode(), request_id.current().encode())
            message["headers"] = [*message["headers"], header]
        await self._send(message)
