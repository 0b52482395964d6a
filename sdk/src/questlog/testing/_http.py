"""HTTP/1.1 on a free port of this machine, in threads, which stop at once."""

import socket
import sys
import threading
from collections.abc import Callable
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, TypeAlias

from questlog.testing._replies import Reply, problem

_POLL_SECONDS = 0.02
_STOP_SECONDS = 5.0


class Request(NamedTuple):
    """A request that was read."""

    method: str
    path: str
    headers: Message
    body: bytes


Respond: TypeAlias = Callable[[Request], Reply | None]
"""Answers a request; None cuts the connection."""


class LoopbackServer(ThreadingHTTPServer):
    """Listens on 127.0.0.1 from the start, and answers by `respond`, which many threads call."""

    daemon_threads = True  # a test that forgets to stop it must end as well
    request_queue_size = 128

    def __init__(self, respond: Respond) -> None:
        self.respond = respond
        self._lock = threading.Lock()
        self._open: dict[threading.Thread, socket.socket] = {}
        self._stopping = False
        super().__init__(("127.0.0.1", 0), _Exchange)
        self._thread = threading.Thread(
            target=self.serve_forever, args=(_POLL_SECONDS,), name="questlog-fake-server", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Close all connections and return once no thread is left; again does nothing."""
        with self._lock:
            already, self._stopping = self._stopping, True
        if already:
            return
        self.shutdown()
        self._thread.join()
        self.server_close()
        with self._lock:
            connections = dict(self._open)
        for thread, connection in connections.items():
            cut(connection)
            thread.join(_STOP_SECONDS)

    def opened(self, connection: socket.socket) -> None:
        """Know a connection that this thread serves."""
        with self._lock:
            self._open[threading.current_thread()] = connection
            if self._stopping:
                cut(connection)

    def ended(self) -> None:
        """Forget the connection that this thread served."""
        with self._lock:
            self._open.pop(threading.current_thread(), None)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Show what a test's own function raised; a client that leaves is nothing to tell."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Exchange(BaseHTTPRequestHandler):
    """One connection, with any number of requests."""

    server: LoopbackServer
    protocol_version = "HTTP/1.1"  # keep-alive
    server_version, sys_version = "questlog-fake-server", ""
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.server.opened(self.connection)

    def finish(self) -> None:
        try:
            super().finish()
        finally:
            self.server.ended()

    def do_GET(self) -> None:
        self._reply()

    def do_HEAD(self) -> None:
        self._reply()

    def do_POST(self) -> None:
        self._reply()

    def log_message(self, *_: object) -> None:
        """Keep the test's output quiet."""

    def _reply(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdecimal():
            self.close_connection = True
            self._write(problem(411, "", "Send Content-Length."))
            return
        body = self.rfile.read(int(length))
        reply = self.server.respond(Request(self.command, self.path, self.headers, body))
        if reply is None:
            self.close_connection = True
            cut(self.connection)
        else:
            self._write(reply)

    def _write(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)


def cut(connection: socket.socket) -> None:
    """End a connection for both sides, whatever is under way."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it is gone
