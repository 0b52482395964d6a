"""Prepared requests of the event routes: bytes in which only the events' ids change."""

import gzip
import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import orjson

from tests.repository import shipped_catalog

_PLACE = "00000000-0000-7000-8000-000000000000"  # of an event's id
_RANDOM_BITS = 72
_ODD = 0x9E3779B97F4A7C15F3  # 2^72 divided by the golden ratio: neighbours come to lie far apart
_DIGIT = re.compile(r"\d")
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
        self._ids = EventIds(self._chance)
        self._count = batch or 1
        self._invalid_share = invalid_share
        self._zipped = zipped
        path = "/v1/events" if batch is not None else f"/v1/events/{event['event']}"
        self._head = _head(path, {**headers, **({"Content-Encoding": "gzip"} if zipped else {})})
        bodies = [_Body(event, batch, self._chance) for _ in range(_bodies(self._count))]
        if invalid_share and not all(body.can_break for body in bodies):
            raise ValueError("events can be made invalid only where they have a quantity of 1")
        self._bodies = cycle(bodies)
        self._next = 0

    def event_id(self, number: int) -> str:
        """Return the id of the event with this number."""
        return self._ids.text(number).decode()

    def make(self) -> Message:
        """Return the next request."""
        first, body = self._next, next(self._bodies)
        self._next += self._count
        body.identify(self._ids.text, first)
        if self._invalid_share:
            body.break_some(self._invalid_share, self._chance)
        content = gzip.compress(body.content, _FAST) if self._zipped else bytes(body.content)
        return Message(self._head % len(content) + content, first, self._count)


class EventIds:
    """UUIDs of version 7 by number, the same for the same number, and looking random as real ones do."""

    def __init__(self, chance: random.Random) -> None:
        now = f"{time.time_ns() // 1_000_000:012x}"
        self._time = f"{now[:8]}-{now[8:]}-7".encode()
        self._start = chance.getrandbits(_RANDOM_BITS)

    def text(self, number: int) -> bytes:
        """Return the id of the event with this number."""
        # Multiplied by an odd number, no two of 2^72 are the same.
        digits = b"%018x" % ((self._start + number) * _ODD % 2**_RANDOM_BITS)
        return b"%b%b-8%b-%b" % (self._time, digits[:3], digits[3:6], digits[6:])


class _Body:
    """The JSON of a request, with places for what changes."""

    def __init__(self, event: Mapping[str, Any], batch: int | None, chance: random.Random) -> None:
        events = [{**varied(event, chance), "event_id": _PLACE} for _ in range(batch or 1)]
        sent_at = "2026-11-02T18:04:06.000Z"
        body = orjson.dumps(events[0] if batch is None else {"sent_at": sent_at, "events": events})
        self.content = bytearray(body)
        self._ids = _ends(body, _PLACE.encode())
        self._quantities = _ends(body, _VALID)

    @property
    def can_break(self) -> bool:
        """Whether each event has something to make invalid."""
        return len(self._quantities) == len(self._ids)

    def identify(self, text: Callable[[int], bytes], first: int) -> None:
        for number, end in enumerate(self._ids, first):
            self.content[end - len(_PLACE) : end] = text(number)

    def break_some(self, share: float, chance: random.Random) -> None:
        for end in self._quantities:
            self.content[end - 1] = ord("0") if chance.random() < share else ord("1")


def purchase(size: int | None = None) -> dict[str, Any]:
    """Return a valid purchase, the least of the examples shipped; of `size` bytes of JSON if that is given.

    Raises:
        ValueError: when its contract allows none of that size.
    """
    [contract] = [contract for contract in shipped_catalog().contracts if contract.event == "purchase"]
    event = dict(contract.valid_examples["yen_has_no_minor_unit"])
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


def varied(event: Mapping[str, Any], chance: random.Random) -> dict[str, Any]:
    """Return the same event of another player: ids differ, so that it compresses no better than real ones."""
    return {
        name: _DIGIT.sub(lambda _: chance.choice("0123456789"), value) if name.endswith("_id") else value
        for name, value in event.items()
    }


def _bodies(count: int) -> int:
    """Return how many bodies to take turns with: some for batches, many for single events."""
    return max(4, 256 // count)


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
