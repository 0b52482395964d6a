"""Requests whose HTTP is right, or nearly, and whose body is hostile: what must come of each is known."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.hostile import gzips, json_words, oracle, texts, values
from tests.hostile.oracle import Expected
from tests.hostile.requests import GAMES, Request, Sending, honest

_JSON = ("Content-Type", "application/json")
_SENT_AT = (
    *("2026-11-24T12:00:00.000Z", "2026-11-24T13:30:00.5+01:30", "2026-11-24T23:59:59.999999999-08:00"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-23:59"),
)
_MEDIA_TYPES = (
    *(None, "", "text/plain", "application/x-www-form-urlencoded", "application/jsonp", "application", "*/*"),
    *("application/problem+json", "json", "application/json2", "multipart/form-data; boundary=a"),
    *("a/b/c", ";"),
)
_JSON_MEDIA_TYPES = (
    *("application/json; charset=utf-8", "APPLICATION/JSON", " application/json ", "application/json;"),
    *("application/json; charset=latin-1", "application/json;a=b;c", "application/json ; boundary=\u00e9"),
)
_ENCODINGS = (
    "deflate",
    "br",
    "zstd",
    "x-gzip",
    "gzip, gzip",
    "gzip;q=1",
    "",
    "gzipp",
    "compress",
    "identity, gzip",
)
_KEYS = (
    *(None, "", "Bearer", "Bearer ", "Bearer x", "Basic {key}", "{key}", "Bearer {key}x"),
    "Bearer {key} {key}",
    *("Bearer: {key}", "Bearer {upper}", "Bearer {short}", "Token {key}", "Bearer é{key}"),
    "Bearer " + "a" * 5000,
    *("Bearer {key},Bearer {key}", 'Bearer "{key}"', "Bearer\u00a0{key}", "Bearer ql_", "Bearer \u00ff"),
    "bearer",
)
_TIMES = (
    "yesterday",
    "",
    "2026-11-24",
    "2026-11-24T12:00:00",
    "1",
    "é",
    "2026-11-24T25:00:00Z",
    "null",
    "a" * 3000,
)


@dataclass(frozen=True)
class _Post:
    """A body that is sent as an event called `name`, or as a batch for None.

    `expected` is what must come of it, where that is not what the oracle says of the body.
    """

    kind: str
    body: bytes
    name: str | None
    headers: Sequence[tuple[str, str]] = (_JSON,)
    encoding: str | None = None
    expected: Expected | None = None
    sent_at: str | None = None
    secret: str | None = None

    def request(self, source: random.Random) -> Request:
        """Return the request, from one of the games."""
        game, key = source.choice(list(GAMES.items()))
        path = "/v1/events" if self.name is None else f"/v1/events/{self.name}"
        encoded_as = [("Content-Encoding", self.encoding)] if self.encoding else []
        chunks = source if source.random() < 1 / 8 else None
        return Request(
            self.kind,
            game,
            honest(path, self.body, key, [*self.headers, *encoded_as], chunks=chunks),
            source.choice((Sending.WHOLE, Sending.WHOLE, Sending.WHOLE, Sending.PIECES)),
            self.expected or oracle.expected(self.name, self.body, self.encoding, self.sent_at),
            secret=self.secret,
            # A refusal may come before all of the body is sent, and the end of the connection with it.
            may_stay_unheard=len(self.body) > oracle.EVENT_BYTES // 2,
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
    return _Post("event", body, name, secret=secret).request(source)


def valid_event(source: random.Random) -> Request:
    """A valid event."""
    event = values.valid_event(source)
    sent_at = source.choice((None, *_SENT_AT))
    headers = [_JSON, *([("Questlog-Sent-At", sent_at)] if sent_at else [])]
    return _Post(
        "valid event", texts.encoded(event, source), event["event"], headers=headers, sent_at=sent_at
    ).request(source)


def damaged_text(source: random.Random) -> Request:
    """An event whose text is damaged."""
    event, secret = values.valid_event(source), _secret(source)
    body = texts.encoded(event, source)
    for _ in range(source.choice((1, 1, 2, 5))):
        body = texts.damaged(body, source) if body else body
    return _Post("damaged text", body, event["event"], secret=secret).request(source)


def batch(source: random.Random) -> Request:
    """A batch of valid, changed and damaged events."""
    secret = _secret(source)
    broken = source.choice((0, 0.2, 0.5, 1))
    events = [_one_of(source, secret, broken) for _ in range(source.choice((1, 1, 2, 3, 5, 20)))]
    body = texts.encoded({"sent_at": source.choice(_SENT_AT), "events": events}, source)
    if source.random() < 1 / 20:
        body = texts.damaged(body, source)
    return _Post("batch", body, None, secret=secret).request(source)


def _one_of(source: random.Random, secret: str, broken: float) -> Any:
    event = values.valid_event(source)
    return values.changed(event, source, secret) if source.random() < broken else event


def batch_form(source: random.Random) -> Request:
    """A batch of the wrong form, most times."""
    secret = _secret(source)
    events = [_one_of(source, secret, 0.3) for _ in range(source.choice((0, 1, 2, 4)))]
    whole: dict[str, Any] = {"sent_at": source.choice(_SENT_AT), "events": events}
    wrong = source.choice(_FORMS)(whole, source, secret)
    return _Post("batch form", texts.encoded(wrong, source), None, secret=secret).request(source)


def _without(batch: dict[str, Any], source: random.Random, _: str) -> Any:
    del batch[source.choice(("sent_at", "events"))]
    return batch


def _odd_member(batch: dict[str, Any], source: random.Random, _: str) -> Any:
    batch[source.choice(("sent_at", "events"))] = values.odd(source)
    return batch


def _other_time(batch: dict[str, Any], source: random.Random, _: str) -> Any:
    batch["sent_at"] = source.choice(json_words.TIMES)
    return batch


def _further_member(batch: dict[str, Any], source: random.Random, secret: str) -> Any:
    batch[source.choice([secret, *json_words.NAMES])] = values.odd(source)
    return batch


def _member_twice(batch: dict[str, Any], source: random.Random, _: str) -> Any:
    name = source.choice(("sent_at", "events"))
    twice = {values.written(f'"{name}"'): source.choice([values.written("1"), [], _SENT_AT[0], [{}]])}
    return {**twice, **batch} if source.random() < 1 / 2 else {**batch, **twice}


def _bare(batch: dict[str, Any], source: random.Random, _: str) -> Any:
    events = batch["events"]
    return source.choice(
        [events, {"events": batch}, [batch], {str(i): e for i, e in enumerate(events)}, None, ""]
    )


def _many(batch: dict[str, Any], source: random.Random, _: str) -> Any:
    count = source.choice((499, 500, 501, 5000))
    return {**batch, "events": [values.odd(source)] * count}


_FORMS: Sequence[Callable[[dict[str, Any], random.Random, str], Any]] = (
    *(_without, _odd_member, _other_time, _further_member, _member_twice, _bare, _many),
)


def compressed(source: random.Random) -> Request:
    """A body that says it is gzip."""
    name: str | None = None
    if source.random() < 1 / 2:
        event = values.valid_event(source)
        name, plain = event["event"], texts.encoded(event, source)
    else:
        events = [values.valid_event(source) for _ in range(source.randrange(1, 5))]
        plain = texts.encoded({"sent_at": source.choice(_SENT_AT), "events": events}, source)
    body = source.choice(gzips.FORMS)(plain, source)
    spelled = source.choice(("gzip", "gzip", "gzip", "GZip"))
    expected = oracle.expected(name, body, "gzip")
    return _Post("gzip", body, name, encoding=spelled, expected=expected).request(source)


def too_large(source: random.Random) -> Request:
    """An event around the limit of its size, or a batch with such events."""
    event = values.valid_event(source)
    grown = {
        **event,
        source.choice(("a", "product_id")): "x" * source.choice((60_000, 64_000, 66_000, 200_000)),
    }
    if source.random() < 1 / 2:
        return _Post("size", texts.encoded(grown), event["event"]).request(source)
    if source.random() < 1 / 2:
        text = texts.encoded(event)
        exactly = oracle.EVENT_BYTES + source.choice((-1, 0, 1))
        return _Post("size", text + b" " * (exactly - len(text)), event["event"]).request(source)
    body = texts.encoded({"sent_at": source.choice(_SENT_AT), "events": [grown, event]})
    return _Post("size", body, None).request(source)


def header(source: random.Random) -> Request:
    """A valid event whose header is not."""
    event = values.valid_event(source)
    body = texts.encoded(event)
    name, wrong, expected = source.choice(
        [
            ("Content-Type", source.choice(_MEDIA_TYPES), Expected(415, "unsupported-media-type")),
            ("Content-Type", source.choice(_JSON_MEDIA_TYPES), None),
            ("Content-Encoding", source.choice(_ENCODINGS), Expected(415, "unsupported-media-type")),
            ("Questlog-Sent-At", source.choice(_TIMES), Expected(400, "invalid-header")),
            ("Content-Encoding", source.choice(("identity", "Identity", " identity ")), None),
        ]
    )
    headers = [_JSON] if name != "Content-Type" else []
    headers += [(name, wrong)] if wrong is not None else []
    return _Post("header", body, event["event"], headers=headers, expected=expected).request(source)


def key(source: random.Random) -> Request:
    """A valid event, or a batch, with a write key that is none."""
    game, write_key = source.choice(list(GAMES.items()))
    wrong = source.choice(_KEYS)
    event = values.valid_event(source)
    batched = source.random() < 1 / 2
    body = texts.encoded({"sent_at": source.choice(_SENT_AT), "events": [event]} if batched else event)
    lines = [
        f"POST /v1/events{'' if batched else '/' + event['event']} HTTP/1.1",
        "Host: a",
        ": ".join(_JSON),
    ]
    if wrong is not None:
        filled = wrong.format(key=write_key, upper=write_key.upper(), short=write_key[:-1])
        lines.append(f"Authorization: {filled}")
    lines += [f"Content-Length: {len(body)}", "", ""]
    return Request(
        "key", game, "\r\n".join(lines).encode() + body, Sending.WHOLE, Expected(401, "unauthorized")
    )


KINDS: Sequence[Callable[[random.Random], Request]] = (
    *(one_event, one_event, one_event, one_event, one_event, one_event, valid_event, damaged_text),
    damaged_text,
    *(batch, batch, batch_form, compressed, too_large, header, key),
)
"""Kinds of requests about bodies, those more often that stand there more often."""
