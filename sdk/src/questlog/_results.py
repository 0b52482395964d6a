"""What became of events: the API's answer to a batch, and what a game is told of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from questlog._entry import Entry
from questlog.exceptions import describe


@dataclass(frozen=True, slots=True)
class Violation:
    """One reason why an event was rejected.

    Attributes:
        pointer: JSON Pointer of the value in the event; "" is the event itself.
        keyword: Keyword of the contract that is broken, or the API's word for refusing the whole event.
        detail: What the value must be.
    """

    pointer: str
    keyword: str
    detail: str

    def __str__(self) -> str:
        return describe(self.pointer, self.keyword, self.detail)


@dataclass(frozen=True, slots=True)
class Rejection:
    """An event the API refused; it is not sent again.

    Attributes:
        event: Name of the event, e.g. `purchase`.
        event_id: Its UUID, as text.
        errors: Why, in the API's order; empty when the API gave no reason.
    """

    event: str
    event_id: str
    errors: tuple[Violation, ...]

    def __str__(self) -> str:
        reasons = "; ".join(map(str, self.errors)) or "the API gave no reason"
        return f"{self.event} {self.event_id} was rejected: {reasons}"


@dataclass(frozen=True, slots=True)
class Drop:
    """Events that are given up without an answer.

    Attributes:
        reason: Why, in words for a log.
        events: How many.
    """

    reason: str
    events: int


@dataclass(frozen=True, slots=True)
class Stats:
    """What became of the events of a client: those it took, and those an earlier process left behind.

    Attributes:
        accepted: The API has them.
        rejected: The API refused them; each was given to `on_rejected`.
        dropped: Given up without an answer; all were given to `on_dropped`.
        pending: Waiting to be stored, sent or answered.
    """

    accepted: int
    rejected: int
    dropped: int
    pending: int


@dataclass(frozen=True, slots=True)
class BatchResult:
    """The API's word on every event of a batch: those not in `rejections` are accepted."""

    rejections: tuple[Rejection, ...]

    @classmethod
    def read(cls, body: object, batch: Sequence[Entry]) -> Self | None:
        """Return the result that `body` tells of `batch`; None when it is no answer to exactly that batch."""
        match body:
            case {"accepted": int(accepted), "rejected": int(rejected), "events": list(results)}:
                rejections = _rejections(results, batch)
                if rejections is None or len(rejections) != rejected or accepted + rejected != len(batch):
                    return None
                return cls(tuple(rejections))
        return None


def _rejections(results: list[object], batch: Sequence[Entry]) -> list[Rejection] | None:
    """Return who was rejected; None when `results` are not one by one about the entries of `batch`."""
    if len(results) != len(batch):
        return None
    rejected = []
    for index, (result, entry) in enumerate(zip(results, batch, strict=True)):
        match result:
            case {"index": i, "event_id": entry.event_id, "status": "accepted"} if i == index:
                continue
            case {"index": i, "event_id": entry.event_id | None, "status": "rejected", **rest} if i == index:
                rejected.append(Rejection(entry.event, entry.event_id, _violations(rest.get("errors"))))
            case _:
                return None
    return rejected


def _violations(errors: object) -> tuple[Violation, ...]:
    """Return what can be read of an API's `errors`."""
    found = []
    for error in errors if isinstance(errors, list) else ():
        match error:
            case {"pointer": str(pointer), "keyword": str(keyword), "detail": str(detail)}:
                found.append(Violation(pointer, keyword, detail))
    return tuple(found)
