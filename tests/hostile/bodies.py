"""Requests whose HTTP is right, or nearly, and whose body is hostile: what must come of each is known."""

import gzip
import random
import zlib
from collections.abc import Callable, Sequence
from typing import Any

from tests.hostile import oracle, texts, values
from tests.hostile.oracle import Expected
from tests.hostile.requests import GAMES, Request, Sending, honest

_JSON = ("Content-Type", "application/json")
_SENT_AT = "2026-11-24T12:00:00.000Z"
_MEDIA_TYPES = (
    *(None, "", "text/plain", "application/x-www-form-urlencoded", "application/jsonp", "application", "*/*"),
    *("application/problem+json", "json", "application/json2", "multipart/form-data; boundary=a", "a/b/c", ";"),
)
_JSON_MEDIA_TYPES = (
    *("application/json; charset=utf-8", "APPLICATION/JSON", " application/json ", "application/json;"),
    *("application/json; charset=latin-1", "application/json;a=b;c", "application/json ; boundary=\u00e9"),
)
_ENCODINGS = ("deflate", "br", "zstd", "x-gzip", "gzip, gzip", "gzip;q=1", "", "gzipp", "compress", "identity, gzip")
_KEYS = (
    *(None, "", "Bearer", "Bearer ", "Bearer x", "Basic {key}", "{key}", "Bearer {key}x", "Bearer {key} {key}"),
    *("Bearer: {key}", "Bearer {upper}", "Bearer {short}", "Token {key}", "Bearer é{key}", "Bearer " + "a" * 5000),
    *("Bearer {key},Bearer {key}", 'Bearer "{key}"', "Bearer\u00a0{key}", "Bearer ql_", "Bearer \u00ff", "bearer"),
)
_TIMES = ("yesterday", "", "2026-11-24", "2026-11-24T12:00:00", "1", "é", "2026-11-24T25:00:00Z", "null", "a" * 3000)


def _request(
    kind: str,
    source: random.Random,
    body: bytes,
    name: str | None,
    *,
    headers: Sequence[tuple[str, str]] = (_JSON,),
    encoding: str | None = None,
    expected: Expected | None = None,
    sent_at: str | None = None,
    secret: str | None = None,
) -> Request:
    """Return a request with `body` as an event called `name`, or as a batch for None."""
    game, key = source.choice(list(GAMES.items()))
    path = "/v1/events" if name is None else f"/v1/events/{name}"
    encoded_as = [("Content-Encoding", encoding)] if encoding else []
    chunks = source if source.random() < 1 / 8 else None
    content = honest(path, body, key, [*headers, *encoded_as], chunks=chunks)
    return Request(
        kind,
        game,
        content,
        source.choice((Sending.WHOLE, Sending.WHOLE, Sending.WHOLE, Sending.PIECES)),
        expected or oracle.expected(name, body, encoding, sent_at),
        secret=secret,
        # A refusal may come before all of the body is sent, and the end of the connection with it.
        may_stay_unheard=len(body) > oracle.EVENT_BYTES // 2,
    )


def _secret(source: random.Random) -> str:
    return f"hush{source.getrandbits(40):010x}"


def one_event(source: random.Random) -> Request:
    """An event with changes, sent by itself."""
    event, secret = values.valid_event(source), _secret(source)
    name = str(event["event"])
    if source.random() < 1 / 20:
        name = source.choice([*sorted(oracle.known_events()), "nothing", "a" * 300, "purchase2"])
    body = texts.encoded(values.changed(event, source, secret), source)
    return _request("event", source, body, name, secret=secret)


def valid_event(source: random.Random) -> Request:
    """A valid event."""
    event = values.valid_event(source)
    headers, sent_at = [_JSON], None
    if source.random() < 1 / 2:
        sent_at = _SENT_AT
        headers.append(("Questlog-Sent-At", sent_at))
    return _request("valid event", source, texts.encoded(event, source), event["event"], headers=headers, sent_at=sent_at)


def damaged_text(source: random.Random) -> Request:
    """An event whose text is damaged."""
    event, secret = values.valid_event(source), _secret(source)
    body = texts.encoded(event, source)
    for _ in range(source.choice((1, 1, 2, 5))):
        body = texts.damaged(body, source) if body else body
    return _request("damaged text", source, body, event["event"], secret=secret)


def batch(source: random.Random) -> Request:
    """A batch of valid, changed and damaged events."""
    secret = _secret(source)
    broken = source.choice((0, 0.2, 0.5, 1))
    events = [_one_of(source, secret, broken) for _ in range(source.choice((1, 1, 2, 3, 5, 20)))]
    body = texts.encoded({"sent_at": _SENT_AT, "events": events}, source)
    if source.random() < 1 / 20:
        body = texts.damaged(body, source)
    return _request("batch", source, body, None, secret=secret)


def _one_of(source: random.Random, secret: str, broken: float) -> Any:
    event = values.valid_event(source)
    return values.changed(event, source, secret) if source.random() < broken else event


def batch_form(source: random.Random) -> Request:
    """A batch of the wrong form, most times."""
    secret = _secret(source)
    events = [_one_of(source, secret, 0.3) for _ in range(source.choice((0, 1, 2, 4)))]
    whole: dict[str, Any] = {"sent_at": _SENT_AT, "events": events}
    wrong = source.choice(_FORMS)(whole, source, secret)
    return _request("batch form", source, texts.encoded(wrong, source), None, secret=secret)


def _without(batch: dict[str, Any], source: random.Random, _: str) -> Any:
    del batch[source.choice(("sent_at", "events"))]
    return batch


def _odd_member(batch: dict[str, Any], source: random.Random, _: str) -> Any:
    name = source.choice(("sent_at", "events"))
    batch[name] = source.choice(values.TIMES if name == "sent_at" and source.random() < 1 / 2 else values.ODD)
    return batch


def _further_member(batch: dict[str, Any], source: random.Random, secret: str) -> Any:
    batch[source.choice([secret, *values.NAMES])] = source.choice(values.ODD)
    return batch


def _member_twice(batch: dict[str, Any], source: random.Random, _: str) -> Any:
    name = source.choice(("sent_at", "events"))
    twice = {values.written(f'"{name}"'): source.choice([values.written("1"), [], _SENT_AT, [{}]])}
    return {**twice, **batch} if source.random() < 1 / 2 else {**batch, **twice}


def _bare(batch: dict[str, Any], source: random.Random, _: str) -> Any:
    events = batch["events"]
    return source.choice([events, {"events": batch}, [batch], {str(i): e for i, e in enumerate(events)}, None, ""])


def _many(batch: dict[str, Any], source: random.Random, _: str) -> Any:
    count = source.choice((499, 500, 501, 5000))
    return {**batch, "events": [source.choice(values.ODD)] * count}


_FORMS: Sequence[Callable[[dict[str, Any], random.Random, str], Any]] = (
    *(_without, _odd_member, _odd_member, _further_member, _member_twice, _bare, _many),
)


def compressed(source: random.Random) -> Request:
    """A body that says it is gzip."""
    name: str | None = None
    if source.random() < 1 / 2:
        event = values.valid_event(source)
        name, plain = event["event"], texts.encoded(event, source)
    else:
        events = [values.valid_event(source) for _ in range(source.randrange(1, 5))]
        plain = texts.encoded({"sent_at": _SENT_AT, "events": events}, source)
    body = source.choice(_GZIPS)(plain, source)
    spelled = source.choice(("gzip", "gzip", "gzip", "GZip"))
    expected = oracle.expected(name, body, "gzip")
    return _request("gzip", source, body, name, encoding=spelled, expected=expected)


def _packed(plain: bytes, source: random.Random) -> bytes:
    return gzip.compress(plain, source.randrange(10), mtime=0)


def _with_name(plain: bytes, source: random.Random) -> bytes:
    """Add the optional parts of RFC 1952: extra field, name, comment, CRC of the header."""
    packed = _packed(plain, source)
    head = packed[:3] + b"\x1e" + packed[4:10] + b"\x04\x00abcd" + b"name\x00" + b"comment\x00"
    return head + (zlib.crc32(head) & 0xFFFF).to_bytes(2, "little") + packed[10:]


def _bomb(_: bytes, source: random.Random) -> bytes:
    return gzip.compress(source.choice((b" ", b"[", b"\x00", b'{"a":')) * source.choice((70_000, 2_000_000)), mtime=0)


def _twice(plain: bytes, source: random.Random) -> bytes:
    return _packed(_packed(plain, source), source)


def _members(plain: bytes, source: random.Random) -> bytes:
    half = len(plain) // 2
    return _packed(plain[:half], source) + _packed(plain[half:], source)


def _short(plain: bytes, source: random.Random) -> bytes:
    packed = _packed(plain, source)
    return packed[: source.choice((0, 1, 2, 9, 10, len(packed) // 2, len(packed) - 8, len(packed) - 4, len(packed) - 1))]


def _trailed(plain: bytes, source: random.Random) -> bytes:
    return _packed(plain, source) + source.choice((b"\x00", b"\x00" * 512, b"a", b"\x1f\x8b", plain))


def _broken(plain: bytes, source: random.Random) -> bytes:
    return texts.damaged(_packed(plain, source), source)


def _otherwise(plain: bytes, _: random.Random) -> bytes:
    return zlib.compress(plain)


def _plainly(plain: bytes, _: random.Random) -> bytes:
    return plain


_GZIPS: Sequence[Callable[[bytes, random.Random], bytes]] = (
    *(_packed, _packed, _with_name, _bomb, _twice, _members, _short, _trailed, _broken, _broken, _otherwise, _plainly),
)


def too_large(source: random.Random) -> Request:
    """An event around the limit of its size, or a batch with such events."""
    event = values.valid_event(source)
    grown = {**event, source.choice(("a", "product_id")): "x" * source.choice((60_000, 64_000, 66_000, 200_000))}
    if source.random() < 1 / 2:
        return _request("size", source, texts.encoded(grown), event["event"])
    if source.random() < 1 / 2:
        text = texts.encoded(event)
        exactly = oracle.EVENT_BYTES + source.choice((-1, 0, 1))
        return _request("size", source, text + b" " * (exactly - len(text)), event["event"])
    body = texts.encoded({"sent_at": _SENT_AT, "events": [grown, event]})
    return _request("size", source, body, None)


def header(source: random.Random) -> Request:
    """A valid event whose header is not."""
    event = values.valid_event(source)
    body = texts.encoded(event)
    name, wrong, status = source.choice(
        [
            ("Content-Type", source.choice(_MEDIA_TYPES), 415),
            ("Content-Type", source.choice(_JSON_MEDIA_TYPES), None),
            ("Content-Encoding", source.choice(_ENCODINGS), 415),
            ("Questlog-Sent-At", source.choice(_TIMES), 400),
            ("Content-Encoding", source.choice(("identity", "Identity", " identity ")), None),
        ]
    )
    headers = [_JSON] if name != "Content-Type" else []
    headers += [(name, wrong)] if wrong is not None else []
    expected = None if status is None else Expected(status)
    return _request("header", source, body, event["event"], headers=headers, expected=expected)


def key(source: random.Random) -> Request:
    """A valid event, or a batch, with a write key that is none."""
    game, write_key = source.choice(list(GAMES.items()))
    wrong = source.choice(_KEYS)
    event = values.valid_event(source)
    batched = source.random() < 1 / 2
    body = texts.encoded({"sent_at": _SENT_AT, "events": [event]} if batched else event)
    lines = [f"POST /v1/events{'' if batched else '/' + event['event']} HTTP/1.1", "Host: a", ": ".join(_JSON)]
    if wrong is not None:
        filled = wrong.format(key=write_key, upper=write_key.upper(), short=write_key[:-1])
        lines.append(f"Authorization: {filled}")
    lines += [f"Content-Length: {len(body)}", "", ""]
    return Request("key", game, "\r\n".join(lines).encode() + body, Sending.WHOLE, Expected(401))


KINDS: Sequence[Callable[[random.Random], Request]] = (
    *(one_event, one_event, one_event, one_event, one_event, one_event, valid_event, damaged_text, damaged_text),
    *(batch, batch, batch_form, compressed, too_large, header, key),
)
"""Kinds of requests about bodies, those more often that stand there more often."""
