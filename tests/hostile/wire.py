"""Requests whose HTTP is hostile, often around a valid event: whatever is answered must be true."""

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

from tests.hostile import texts, values
from tests.hostile.oracle import digest
from tests.hostile.requests import GAMES, Request, Sending, chunked, honest

_METHODS = (
    *(b"GET", b"HEAD", b"PUT", b"DELETE", b"PATCH", b"OPTIONS", b"TRACE", b"CONNECT", b"post", b"Post", b"POSTT"),
    *(b"", b"P OST", b"P\x00ST", b"\xffOST", b"POST\t", b"BREW", b"PRI", b"M-SEARCH", b"QUERY", b"A" * 5000, b"*"),
)
_VERSIONS = (
    *(b"HTTP/1.0", b"HTTP/0.9", b"HTTP/2.0", b"HTTP/9.9", b"HTTP/1.1 ", b"HTTP/1.", b"HTTP/1.1\x00", b"http/1.1", b""),
    *(b"HTTP/11", b"HTTP/1.1.1", b"HTTQ/1.1", b"RTSP/1.0", b"HTTP/-1.1", b"HTTP/\xff", b"HTTP/1.1" * 200, b"1.1"),
)
_ADDRESSES = (
    *(b"http://evil.test/v1/events/purchase", b"https://a:b@c:99999/v1/events", b"//v1/events", b"/v1//events"),
    *(b"/v1/events/", b"/v1/events/purchase/", b"/V1/EVENTS", b"/v1/events/..", b"/v1/events/../schemas", b"/./v1/events"),
    *(b"/v1/events/%70urchase", b"/v1/events/purchase%00", b"/v1/events/%2e%2e%2f", b"/v1%2Fevents", b"/v1/events/%"),
    *(b"/v1/events/%zz", b"/v1/events/%ff%fe", b"/v1/events/%c0%ae", b"/v1/events/%u0041", b"/v1/events/%25%30%30"),
    *(b"/v1/events?a=1", b"/v1/events/purchase?" + b"a" * 3000, b"/v1/events#a", b"/v1/events;a=1", b"*", b"", b"/"),
    *(b"/v1/events/purchase\x00", b"/v1/events/\xc3\xa9", b"/v1/events/\xff", b"/v1/events/" + b"a" * 20_000),
    *(b"/" * 5000, b"/v1/events/" + b"%41" * 3000, b"v1/events", b"evil.test:80", b"\\v1\\events", b"/v1/events/\x01"),
    *(b"/docs/assets/../../../../etc/passwd", b"/docs/assets/%2e%2e/%2e%2e/etc/passwd", b"/docs/assets/..%5c..%5ca"),
    *(b"/docs/assets//etc/passwd", b"/docs/assets/%00", b"/docs/assets/" + b"a/" * 2000, b"/docs/assets", b"/docs/"),
    *(b"/docs/assets/\xff", b"/docs/assets/" + b"a" * 300, b"/docs/assets/swagger-ui.css%00.png", b"/docs/assets/."),
    *(b"/v1/schemas/purchase/9.9", b"/v1/schemas/purchase/..", b"/v1/schemas/%00/%00", b"/v1/schemas/purchase/1.0/"),
    *(b"/v1/schemas/__proto__/1.0", b"/openapi.json/", b"/openapi.json%20", b"/metrics/", b"/healthz/../readyz", b"/readyz?a"),
)
_READ = (b"/v1/schemas", b"/openapi.json", b"/docs", b"/healthz", b"/metrics", b"/v1/schemas/purchase/1.0", b"/nothing")
_NAMES = (
    *(b"", b" ", b"a b", b"a\x00", b"\xff", b"a\t", b"\xc3\xa9", b"(a)", b"a:", b"@", b"A" * 5000, b"{}", b"\x7f", b"a=b"),
    *(b"Content-Length ", b" Content-Length", b"Content_Length", b"Transfer-Encoding ", b"Host\x0b", b":authority"),
)
_VALUES = (
    *(b"", b"\x00", b"\xff\xfe", b"a\rb", b"a\nb: c", b"\x7f", b"a" * 9000, b"\x01\x02", b"\xc3\xa9", b"%00", b"\t\t", b","),
    *(b"a\r\n b", b"a\r\n\tb", b"${jndi:ldap://a}", b"() { :;}; a", b"\x1b[2J", b'"', b"\\", b"\x0b", b"\x85", b"\xa0"),
)
_LENGTHS = (
    *(b"", b"-1", b"+5", b"0x5", b"1e3", b"5, 5", b"5,6", b"5 5", b"05", b"9" * 19, b"9" * 30, b"5.0", b"five", b"\xd9\xa5"),
    *(b"4294967296", b"18446744073709551616", b" 5 ", b"5;", b"5\x00", b"\t5", b"0", b"1", b"null", b"5\x0b"),
)
_CODINGS = (
    *(b"chunked, chunked", b"identity", b"gzip", b"gzip, chunked", b"chunked, gzip", b"xchunked", b"Chunked", b" chunked"),
    *(b"chunked;a=b", b'"chunked"', b"chunked\x00", b"chunk", b"", b",chunked", b"chunked,", b"\x0bchunked", b"cHuNkEd"),
)
_SIZES = (
    *(b"-1", b"+1", b"0x5", b"fffffffffffffffff", b"7fffffff", b"ffffffffffffffff", b"g", b"", b" 5", b"5 ", b"5;a=b"),
    *(b'5;a="\r\n"', b"00000000005", b"5\x00", b"5;" + b"a" * 9000, b"0;a", b"5\t", b"\xd9\xa5", b"5,5", b"5.", b"1e1"),
)
_FIELDS = (
    *(b"Expect: 100-continue", b"Expect: 200-ok", b"Upgrade: websocket\r\nConnection: upgrade", b"Connection: close"),
    *(b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQ", b"Connection: \x00"),
    *(b"Connection: keep-alive, close", b"Connection: Host", b"Range: bytes=0-0,-1", b"If-None-Match: \xff", b"TE: trailers"),
    *(b"If-None-Match: *", b"If-None-Match: " + b'"a",' * 1000, b"If-Modified-Since: \xff", b"Accept: \x80", b"Cookie: a=" + b"b" * 6000),
    *(b"X-Forwarded-For: 127.0.0.1", b"X-Forwarded-Proto: \xff", b"X-HTTP-Method-Override: GET", b"Forwarded: for=\x00"),
    *(b"Host: b", b"Host:", b"Host: a b", b"Host: \xff", b"Origin: null", b"Origin: \xff\xfe", b"Proxy-Connection: a", b"Via: \xff"),
    *(b"Access-Control-Request-Method: POST\r\nOrigin: a", b"Content-Type: text/plain", b"Content-Encoding: gzip"),
    *(b"Questlog-Request-Id: a", b"Questlog-Sent-At: \xff", b"traceparent: 00-\xff", b"Trailer: Authorization", b"Keep-Alive: \xff"),
    *(b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13",),
)
_NOT_HTTP = (
    *(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
    *(b"\x00" * 500, b"\r\n" * 500, b"SSH-2.0-a\r\n", b"GET\r\n\r\n", b"*1\r\n$4\r\nPING\r\n", b"\x80\x80\x01\x03\x01", b"\n\n\n"),
    *(b"EHLO a\r\n", b"{}\r\n\r\n", b"\x05\x01\x00", b" " * 9000, b"A" * 70_000, b": \r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"),
    *(b"PROXY TCP4 1.1.1.1 1.1.1.1 1 1\r\nGET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1", b"GET /" + b"a" * 70_000),
)


def _event(source: random.Random) -> tuple[str, dict[str, Any], bytes]:
    """Return a game, and a valid event with its text."""
    event = values.valid_event(source)
    return source.choice(list(GAMES)), event, texts.encoded(event)


def _tokens(event: Any) -> list[str]:
    """Return by what a line can be known that came of `event`, whatever became of some of its bytes."""
    return [digest(event), event["event_id"]]


def _head(game: str, *further: bytes, line: bytes) -> bytes:
    fields = [b"Host: a", b"Authorization: Bearer %b" % GAMES[game].encode(), b"Content-Type: application/json"]
    return b"\r\n".join([line, *fields, *further, b"", b""])


def _length(body: bytes) -> bytes:
    return b"Content-Length: %d" % len(body)


def request_line(source: random.Random) -> Request:
    """A first line that is none."""
    game, event, body = _event(source)
    method, address, version = b"POST", f"/v1/events/{event['event']}".encode(), b"HTTP/1.1"
    which = source.randrange(4)
    if which == 0:
        method = source.choice(_METHODS)
        address = source.choice((address, *_READ))
    elif which == 1:
        version = source.choice(_VERSIONS)
    elif which == 2:
        address = source.choice(_READ)
    line = b" ".join((method, address, version))
    if which == 3:
        line = texts.damaged(line, source)
    end = source.choice((b"\r\n", b"\r\n", b"\n", b"\r"))
    content = _head(game, _length(body), line=line).replace(b"\r\n", end) + body
    return Request("request line", game, content, Sending.PROBE, possible=_tokens(event), is_head=method == b"HEAD")


def address(source: random.Random) -> Request:
    """An address from elsewhere."""
    game, event, body = _event(source)
    method = source.choice((b"POST", b"GET"))
    line = b"%b %b HTTP/1.1" % (method, source.choice(_ADDRESSES))
    content = _head(game, _length(body), line=line) + body
    return Request("address", game, content, Sending.PROBE, possible=_tokens(event))


def fields(source: random.Random) -> Request:
    """Headers that are malformed, many, large, or ask for something."""
    game, event, body = _event(source)
    line = f"POST /v1/events/{event['event']} HTTP/1.1".encode()
    if source.random() < 1 / 4:
        line = b"GET %b HTTP/1.1" % source.choice(_READ)
    pair = b"%b: %b" % (source.choice((b"X-A", source.choice(_NAMES))), source.choice(_VALUES))
    many = [b"X-%d: a" % number for number in range(source.choice((10, 90, 200, 3000)))]
    further = source.choice(
        ([pair], [pair], [pair, pair], many, [source.choice(_FIELDS)], [source.choice(_FIELDS)], [b"X-A"], [b"X" * 9000])
    )
    content = _head(game, *further, _length(body), line=line) + body
    return Request("headers", game, content, Sending.PROBE, possible=_tokens(event))


def length(source: random.Random) -> Request:
    """A Content-Length that is not the body's."""
    game, event, body = _event(source)
    line = f"POST /v1/events/{event['event']} HTTP/1.1".encode()
    said = source.choice((b"%d" % max(0, len(body) + source.choice((-9, -1, 1, 9, 10**6))), source.choice(_LENGTHS)))
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
    coding = source.choice((b"chunked", b"chunked", b"chunked", source.choice(_CODINGS)))
    sent = chunked(body, source)
    which = source.randrange(4)
    if which == 0:
        size = source.choice(_SIZES)
        sent = b"%b\r\nabcde\r\n%b" % (size, sent)
    elif which == 1:
        sent = texts.damaged(sent, source)
    elif which == 2:
        trailers = source.choice((b"A: b", b"Content-Length: 5", b"Authorization: Bearer x", b"\x00", b"A" * 9000, b"Host: b"))
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
    return Request("pipeline", game, content, Sending.PROBE, answers=len(parts), possible=possible)


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
    is_whole = source.random() < 1 / 2
    sending = source.choice((Sending.LEAVE, Sending.RESET, Sending.HALF))
    if not is_whole:
        content = content[: source.randrange(1, len(content))]
    possible = _tokens(event) if is_whole else []
    return Request("early end", game, content, sending, possible=possible)


def noise(source: random.Random) -> Request:
    """Bytes that are no HTTP, or hardly."""
    game = source.choice(list(GAMES))
    content, event = _honest(source, game)
    which = source.randrange(3)
    if which == 0:
        content = source.choice(_NOT_HTTP)
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
