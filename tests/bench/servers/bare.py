"""A bare protocol that only reads the body, without ASGI: the floor of HTTP in Python."""

import sys

from tests.load import loops
from tests.load.server import Reply, Request, listen, response

_REPLY = Reply(response(202, b"{}"))


async def _serve() -> None:
    server = await listen(_answer, 0)
    host, port = server.sockets[0].getsockname()
    print(f"running on http://{host}:{port}", file=sys.stderr, flush=True)
    await loops.until_stopped()


def _answer(_: Request) -> Reply:
    return _REPLY


if __name__ == "__main__":
    loops.run(_serve())
