"""A raw ASGI app that only reads the body: what the web server itself costs."""

from typing import Any

_START = {"type": "http.response.start", "status": 202, "headers": [(b"content-length", b"2")]}
_BODY = {"type": "http.response.body", "body": b"{}"}


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer 202 to whatever came, once all of it is there."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body", False):
        pass
    await send(_START)
    await send(_BODY)
