"""Compares what clients were told with what the streams kept, event by event."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from tests.schemas.validators import jsonschema_rs_with_our_formats as is_valid

SHOWN = 10
"""Lost events that are described one by one."""


@dataclass(frozen=True, slots=True)
class Told:
    """Ids of events that clients were told about, each with the file and the line that say so."""

    accepted: Mapping[str, str]
    refused: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """What the streams hold: how often each id, and the numbers of lines that should not be as they are."""

    events: Counter[str]
    rejects: Counter[str]
    broken: int
    invalid: int

    @property
    def duplicates(self) -> int:
        """Lines of events that the warehouse has to drop."""
        return self.events.total() - len(self.events)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong; nothing when all of it is empty or 0.

    Attributes:
        lost: Acknowledged, and not in the stream of events.
        forgotten: Refused with an answer, and not in the stream of rejects.
        misplaced: Acknowledged and in the stream of rejects, or refused and in the stream of events.
        invalid: Lines of events that break their contract.
        broken: Lines that are not whole.
    """

    lost: frozenset[str]
    forgotten: frozenset[str]
    misplaced: frozenset[str]
    invalid: int
    broken: int

    @property
    def is_good(self) -> bool:
        """Whether every promise was kept."""
        return not (self.lost or self.forgotten or self.misplaced or self.invalid or self.broken)


def told(folder: Path) -> Told:
    """Read the files that load generators wrote: `accepted-*` and `refused-*`."""
    return Told(_ids(folder.glob("accepted-*")), _ids(folder.glob("refused-*")))


def kept(events: Path, rejects: Path) -> Kept:
    """Read the files of both streams; one that is not there is empty."""
    found = Kept(Counter(), Counter(), 0, 0)
    broken = invalid = 0
    for line in _lines(events):
        event = _member(line, "event")
        if event is None:
            broken += 1
            continue
        found.events[event["event_id"]] += 1
        invalid += not is_valid(event["event"], event)
    for line in _lines(rejects):
        payload = _member(line, "payload")
        if payload is None:
            broken += 1
            continue
        found.rejects[_id_of(payload)] += 1
    return Kept(found.events, found.rejects, broken, invalid)


def judge(said: Told, found: Kept) -> Verdict:
    """Return what is wrong."""
    wrong = (said.accepted.keys() & found.rejects.keys()) | (said.refused.keys() & found.events.keys())
    return Verdict(
        frozenset(said.accepted.keys() - found.events.keys()),
        frozenset(said.refused.keys() - found.rejects.keys()),
        frozenset(wrong),
        found.invalid,
        found.broken,
    )


def where(event_id: str, said: Mapping[str, str], folders: Iterable[Path]) -> str:
    """Return where an event that is missing was told of, and in which files it can be found all the same."""
    places = [
        path.name
        for folder in folders
        for path in sorted(folder.iterdir())
        if path.is_file() and event_id.encode() in path.read_bytes()
    ]
    return f"{event_id}: told in {said[event_id]}; found in {', '.join(places) or 'no file'}"


def _ids(paths: Iterable[Path]) -> dict[str, str]:
    return {
        event_id: f"{path.name}:{number}"
        for path in sorted(paths)
        for number, event_id in enumerate(path.read_text(encoding="ascii").split(), start=1)
    }


def _lines(path: Path) -> Iterator[bytes]:
    if path.exists():
        with path.open("rb") as file:
            yield from file


def _member(line: bytes, name: str) -> "dict[str, str] | str | None": ...
