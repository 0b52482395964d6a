"""Prepared requests of the event routes: bytes in which only the events' ids change."""

import gzip
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from tests.repository import shipped_catalog

_ID_DIGITS = 12  # hex digits of the id that count the events: its last group
_VALID, _INVALID = b'"quantity":1', b'"quantity":0'  # the least is 1
_FAST = 1  # level of gzip


@dataclass(frozen=True, slots=True)
class Message:
    """One request as bytes, and the numbers of its events: `count` of them from `first` on."""

    content: bytes
    first: int
    count: int


class Requests:
    """Makes requests without end, each with events of its own.

    `batch` is how many events one has, None is the route of single events. `invalid_share` of the events
    break their contract, which takes a `quantity` of 1 in `event`. With `zipped`, each body is a gzip.
    """

    def __init__(
        self,
        event: Mapping[str, Any],
        headers: Mapping[str, str],
        *,
        batch: int | None = None,
        invalid_share: float = 0,
        zipped: bool = False,
    ) -> None:
        self._chance = random.Random()
        self._invalid_share = invalid_share
        self._zipped = zipped
        self._prefix = _id_prefix(self._chance)
        body = _body({**event, "event_id": self.event_id(0)}, batch)
        path = "/v1/events" if batch is not None else f"/v1/events/{event['event']}"
        self._head = _head(path, {**headers, **({"Content-Encoding": "gzip"} if zipped else {})})
        self._fixed_head = self._head % len(body)
        self._body = bytearray(body)
        self._ids = _ends(body, self.event_id(0).encode())
        self._quantities = _ends(body, _VALID)
        if invalid_share and len(self._quantities) != len(self._ids):
            raise ValueError("events can be made invalid only where they have a quantity of 1")
        self._next = 0

    def event_id(self, number: int) -> str:
        """Return the id of the event with this number."""
        return f"{self._prefix}{number:012x}"

    def make(self) -> Message:
        """Return the next request."""
        first, body = self._next, self._body
        for number, end in enumerate(self._ids, first):
            body[end - _ID_DIGITS : end] = b"%012x" % number
        self._next += len(self._ids)
        for end in self._quantities if self._invalid_share else ():
            body[end - 1] = ord("0") if self._chance.random() < self._invalid_share else ord("1")
        if self._zipped:
            packed = gzip.compress(body, _FAST)
            return Message(self._head % len(packed) + packed, first, len(self._ids))
        return Message(self._fixed_head + body, first, len(self._ids))


def purchase(size: int | None = None) -> dict[str, Any]:
    """Return a valid purchase, an example that is shipped; of `size` bytes of JSON where that is given.

    Raises:
        ValueError: when its contract allows none of that size.
    """
    [contract] = [contract for contract in shipped_catalog().contracts if contract.event == "purchase"]
    event = dict(contract.valid_examples["gem_pack_in_euro"])
    return event if size is None else _of_size(event, size)


# Text of purchase that may be any, and how much of it: field, longest.
_ROOM = {
    "product_id": 128,
    "store_transaction_id": 128,
    "original_transaction_id": 128,
    "placement": 64,
}


def _of_size(event: dict[str, Any], size: int) -> dict[str, Any]:
    for name, longest in _ROOM.items():
        if len(orjson.dumps(event)) < size:
            text = event.setdefault(name, "p")
            missing = size - len(orjson.dumps(event))
            event[name] = text + "p" * min(missing, longest - len(text))
    made = len(orjson.dumps(event))
    if made != size:
        raise ValueError(f"no purchase has {size} bytes; the nearest has {made}: give an event of your own")
    return event


def _id_prefix(chance: random.Random) -> str:
    """Return all of a UUID of version 7 but its last group; another one in every process and run."""
    now = f"{time.time_ns() // 1_000_000:012x}"
    first, second = chance.choices(range(16**3), k=2)
    return f"{now[:8]}-{now[8:]}-7{first:03x}-8{second:03x}-"


def _body(event: Mapping[str, Any], batch: int | None) -> bytes:
    if batch is None:
        return orjson.dumps(event)
    return orjson.dumps({"sent_at": "2026-11-02T18:04:06.000Z", "events": [event] * batch})


def _head(path: str, headers: Mapping[str, str]) -> bytes:
    """Return request line and headers, with a place for the length of the body."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "Content-Length: %d", "", ""]).encode()


def _ends(body: bytes, text: bytes) -> Sequence[int]:
    ends, at = [], body.find(text)
    while at >= 0:
        ends.append(at + len(text))
        at = body.find(text, at + 1)
    return ends
