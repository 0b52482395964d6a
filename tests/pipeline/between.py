"""What can stand between a game and the API: a proxy on the loopback that passes on, or does worse."""

import gzip
import http.client
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeAlias
from urllib.parse import urlsplit

_RESET = struct.pack("ii", 1, 0)  # closing sends RST instead of FIN: socket(7), SO_LINGER
_HOPS = {"host", "connection", "content-length"}


class Exchange(BaseHTTPRequestHandler):
    """One request on its way: what is done with it, the weather decides."""

    protocol_version = "HTTP/1.1"
    server: "Between"

    def do_POST(self) -> None:
        """Let the weather have it."""
        self.sent = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests += 1
        self.server.weather(self)

    def pass_on(self) -> tuple[int, list[tuple[str, str]], bytes]:
        """Send the request to the API and return its answer."""
        connection = http.client.HTTPConnection(self.server.behind, timeout=30)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOPS}
        connection.request("POST", self.path, self.sent, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.getheaders(), content

    def answer(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        """Answer the game."""
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def cut(self) -> None:
        """Reset the connection."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


Weather: TypeAlias = Callable[[Exchange], None]


class Between(ThreadingHTTPServer):
    """The proxy; its `weather` may be changed at any time."""

    daemon_threads = True

    def __init__(self, behind: str, port: int) -> None:
        super().__init__(("127.0.0.1", port), Exchange)
        self.behind = urlsplit(behind).netloc
        self.weather: Weather = fair
        self.requests = 0

    @property
    def url(self) -> str:
        """Where the game finds it."""
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def between(behind: str, port: int = 0) -> Iterator[Between]:
    """Stand before the API at `behind`, on a free port for 0."""
    with Between(behind, port) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.02], daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def fair(exchange: Exchange) -> None:
    """Pass on, and bring back the answer."""
    status, headers, content = exchange.pass_on()
    kept = {name: value for name, value in headers if name.lower() in {"content-type", "retry-after"}}
    exchange.answer(status, content, kept)


def status(code: int, **headers: str) -> Weather:
    """Answer `code` and nothing else; of `headers`, `_` stands for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda exchange: exchange.answer(code, b"", named)


def login_page(exchange: Exchange) -> None:
    """Be a hotel's network: a 200 with a page that asks for a room number."""
    exchange.answer(200, b"<html>Welcome! Your room number?</html>", {"Content-Type": "text/html"})


def cut(exchange: Exchange) -> None:
    """Reset the connection before anything is passed on."""
    exchange.cut()


def lost_answer(exchange: Exchange) -> None:
    """Pass on, and lose the answer."""
    exchange.pass_on()
    exchange.cut()


def poisoned(marker: bytes) -> Weather:
    """Refuse whatever holds `marker`, as the API refuses what is no JSON; pass on the rest."""

    def weather(exchange: Exchange) -> None:
        if marker in gzip.decompress(exchange.sent):
            problem = json.dumps({"type": "urn:questlog:problem:not-json", "title": "Bad", "status": 400})
            exchange.answer(400, problem.encode(), {"Content-Type": "application/problem+json"})
        else:
            fair(exchange)

    return weather


def first(count: int, bad: Weather) -> Weather:
    """Be `bad` for the first `count` requests, and fair then."""
    left = iter(range(count))

    def weather(exchange: Exchange) -> None:
        (fair if next(left, None) is None else bad)(exchange)

    return weather


class Hang:
    """Answers nothing until `over` is set, and nothing then either."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.reached = threading.Event()

    def __call__(self, exchange: Exchange) -> None:
        """Let the game wait."""
        self.reached.set()
        self.over.wait(60)
        exchange.cut()
