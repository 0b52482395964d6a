"""Compares what clients were told with what the streams kept, event by event."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from tests.schemas.validators import jsonschema_rs_with_our_formats as is_valid

_SHOWN = 10


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
    found, refused = Counter[str](), Counter[str]()
    broken = invalid = 0
    for line in _lines(events):
        event = _read(line).get("event")
        broken += event is None
        if event is not None:
            found[event["event_id"]] += 1
            invalid += not is_valid(event["event"], event)
    for line in _lines(rejects):
        payload = _read(line).get("payload")
        broken += payload is None
        if payload is not None:
            refused[_read(payload)["event_id"]] += 1
    return Kept(found, refused, broken, invalid)


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


def missing(verdict: Verdict, said: Told, folders: Iterable[Path]) -> list[str]:
    """Return of the first events that are missing where they were told of, and which files have them."""
    known = {**said.accepted, **said.refused}
    files = [path for folder in folders if folder.exists() for path in sorted(folder.iterdir())]
    gone = [*sorted(verdict.lost), *sorted(verdict.forgotten)][:_SHOWN]
    return [f"{one}: told in {known[one]}, found in {_found(one, files)}" for one in gone]


def _found(event_id: str, files: Iterable[Path]) -> str:
    names = [path.name for path in files if event_id.encode() in path.read_bytes()]
    return ", ".join(names) or "no file"


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


def _read(line: bytes | str) -> dict[str, Any]:
    """Return what a line says; nothing when it is not a whole JSON object."""
    try:
        content = orjson.loads(line)
    except orjson.JSONDecodeError:
        return {}
    return content if isinstance(content, dict) else {}
