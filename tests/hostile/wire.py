"""Requests whose HTTP is hostile, often around a valid event: whatever is answered must be true."""

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

from tests.hostile import http_words, texts, values
from tests.hostile.oracle import digest
from tests.hostile.requests import GAMES, Request, Sending, chunked, honest

_PAUSES = (0, 0.001, 0.003, 0.01)  # seconds before a client leaves: the server is somewhere in its request


def _event(source: random.Random) -> tuple[str, dict[str, Any], bytes]:
    """Return a game, and a valid event with its text."""
    event = values.valid_event(source)
    return source.choice(list(GAMES)), event, texts.encoded(event)


def _tokens(event: Any) -> list[str]:
    """Return by what a line can be known that came of `event`, whatever became of some of its bytes."""
    return [digest(event), event["event_id"]]


def _head(game: str, *further: bytes, line: bytes) -> bytes:
    fields = [
        b"Host: a",
        b"Authorization: Bearer %b" % GAMES[game].encode(),
        b"Content-Type: application/json",
    ]
    return b"\r\n".join([line, *fields, *further, b"", b""])


def _length(body: bytes) -> bytes:
    return b"Content-Length: %d" % len(body)


def request_line(source: random.Random) -> Request:
    """A first line that is none."""
    game, event, body = _event(source)
    method, address, version = b"POST", f"/v1/events/{event['event']}".encode(), b"HTTP/1.1"
    which = source.randrange(4)
    if which == 0:
        method = source.choice(http_words.METHODS)
        address = source.choice((address, *http_words.READ))
    elif which == 1:
        version = source.choice(http_words.VERSIONS)
    elif which == 2:
        address = source.choice(http_words.READ)
    line = b" ".join((method, address, version))
    if which == 3:
        line = texts.damaged(line, source)
    end = source.choice((b"\r\n", b"\r\n", b"\n", b"\r"))
    content = _head(game, _length(body), line=line).replace(b"\r\n", end) + body
    return Request(
        "request line", game, content, Sending.PROBE, possible=_tokens(event), is_head=method == b"HEAD"
    )


def address(source: random.Random) -> Request:
    """An address from elsewhere."""
    game, event, body = _event(source)
    method = source.choice((b"POST", b"GET"))
    line = b"%b %b HTTP/1.1" % (method, source.choice(http_words.ADDRESSES))
    content = _head(game, _length(body), line=line) + body
    return Request("address", game, content, Sending.PROBE, possible=_tokens(event))


def fields(source: random.Random) -> Request:
    """Headers that are malformed, many, large, or ask for something."""
    game, event, body = _event(source)
    line = f"POST /v1/events/{event['event']} HTTP/1.1".encode()
    if source.random() < 1 / 4:
        line = b"GET %b HTTP/1.1" % source.choice(http_words.READ)
    pair = b"%b: %b" % (
        source.choice((b"X-A", source.choice(http_words.NAMES))),
        source.choice(http_words.VALUES),
    )
    many = [b"X-%d: a" % number for number in range(source.choice((10, 90, 200, 3000)))]
    further = source.choice(
        (
            [pair],
            [pair],
            [pair, pair],
            many,
            [source.choice(http_words.FIELDS)],
            [source.choice(http_words.FIELDS)],
            [b"X-A"],
            [b"X" * 9000],
        )
    )
    content = _head(game, *further, _length(body), line=line) + body
    return Request("headers", game, content, Sending.PROBE, possible=_tokens(event))


def length(source: random.Random) -> Request:
    """A Content-Length that is not the body's."""
    game, event, body = _event(source)
    line = f"POST /v1/events/{event['event']} HTTP/1.1".encode()
    said = source.choice(
        (b"%d" % max(0, len(body) + source.choice((-9, -1, 1, 9, 10**6))), source.choice(http_words.LENGTHS))
    )
    wrong = b"Content-Length: %b" % said
    right, chunks = _length(body), b"Transfer-Encoding: chunked"
    further, sent = source.choice(
        [
            ([wrong], body),
            ([wrong], body),
            ([right, wrong], body),
            ([wrong, right], body),
            ([right, right], body),
            ([right, chunks], chunked(body, source)),
            ([chunks, wrong], chunked(body, source)),
            ([chunks, right], body),
            ([], body),
            ([b"Content-length:%d" % len(body)], body),
        ]
    )
    content = _head(game, *further, line=line) + sent
    return Request("length", game, content, Sending.PROBE, answers=2, possible=_tokens(event))


def chunks(source: random.Random) -> Request:
    """A body in chunks that are none."""
    game, event, body = _event(source)
    line = f"POST /v1/events/{event['event']} HTTP/1.1".encode()
    coding = source.choice((b"chunked", b"chunked", b"chunked", source.choice(http_words.CODINGS)))
    sent = chunked(body, source)
    which = source.randrange(4)
    if which == 0:
        size = source.choice(http_words.SIZES)
        sent = b"%b\r\nabcde\r\n%b" % (size, sent)
    elif which == 1:
        sent = texts.damaged(sent, source)
    elif which == 2:
        trailers = source.choice(
            (b"A: b", b"Content-Length: 5", b"Authorization: Bearer x", b"\x00", b"A" * 9000, b"Host: b")
        )
        sent = sent[:-2] + trailers + b"\r\n\r\n"
    content = _head(game, b"Transfer-Encoding: %b" % coding, line=line) + sent
    return Request("chunks", game, content, Sending.PROBE, answers=2, possible=_tokens(event))


def pipeline(source: random.Random) -> Request:
    """Several requests at once, good and bad ones."""
    game = source.choice(list(GAMES))
    parts = [_honest(source, game) for _ in range(source.choice((2, 3, 5, 10)))]
    if source.random() < 1 / 3:
        parts.insert(source.randrange(len(parts)), (_damaged_head(parts[0][0], source), parts[0][1]))
    possible = [token for _, event in parts for token in _tokens(event)]
    content = b"".join(part for part, _ in parts)
    sending = source.choice((Sending.PROBE, Sending.PROBE, Sending.PROBE, Sending.LEAVE, Sending.RESET))
    pause = source.choice(_PAUSES)
    return Request("pipeline", game, content, sending, answers=len(parts), pause=pause, possible=possible)


def _honest(source: random.Random, game: str) -> tuple[bytes, Any]:
    event: Any = values.valid_event(source)
    name = event["event"]
    if source.random() < 1 / 4:
        event = json.loads(texts.encoded({**event, "app": 7}))
    body = texts.encoded(event)
    return honest(f"/v1/events/{name}", body, GAMES[game], [("Content-Type", "application/json")]), event


def early_end(source: random.Random) -> Request:
    """A client that leaves before it has sent all, or before it is answered."""
    game = source.choice(list(GAMES))
    content, event = _honest(source, game)
    is_whole = source.random() < 2 / 3
    sending = source.choice((Sending.LEAVE, Sending.RESET, Sending.HALF))
    if not is_whole:
        content = content[: source.randrange(1, len(content))]
    possible = _tokens(event) if is_whole else []
    pause = source.choice(_PAUSES)
    return Request("early end", game, content, sending, pause=pause, possible=possible)


def noise(source: random.Random) -> Request:
    """Bytes that are no HTTP, or hardly."""
    game = source.choice(list(GAMES))
    content, event = _honest(source, game)
    which = source.randrange(3)
    if which == 0:
        content = source.choice(http_words.NOT_HTTP)
    elif which == 1:
        content = source.randbytes(source.choice((1, 20, 300, 5000)))
    else:
        for _ in range(source.choice((1, 3, 10))):
            content = _damaged_head(content, source)
    sending = source.choice((Sending.PROBE, Sending.PROBE, Sending.HALF, Sending.LEAVE))
    return Request("noise", game, content, sending, answers=2, possible=_tokens(event))


def _damaged_head(content: bytes, source: random.Random) -> bytes:
    head, end, body = content.partition(b"\r\n\r\n")
    return (texts.damaged(head, source) or b"\x00") + end + body


KINDS: Sequence[Callable[[random.Random], Request]] = (
    *(request_line, request_line, address, fields, fields, length, chunks, pipeline, early_end, noise),
)
"""Kinds of requests about HTTP, those more often that stand there more often."""
