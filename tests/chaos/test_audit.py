"""The proof can fail: what is lost, forgotten, in the wrong place, invalid or broken is found."""

import random
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.chaos import audit, dedupe
from tests.load.requests import purchase

ACCEPTED = [f"01930f3a-7c00-7abc-8000-00000000000{number}" for number in range(3)]
REFUSED = [f"01930f3a-7c00-7abc-8000-00000000001{number}" for number in range(2)]


def event(event_id: str, **changes: Any) -> bytes:
    around = {
        "received_at": "2026-11-24T19:00:00.000Z",
        "sent_at": None,
        "game_id": "orion",
        "request_id": "r",
    }
    return orjson.dumps({**around, "event": {**purchase(), "event_id": event_id, **changes}}) + b"\n"


def reject(event_id: str) -> bytes:
    payload = orjson.dumps({**purchase(), "event_id": event_id, "quantity": 0}).decode()
    return orjson.dumps({"reason": "invalid_event", "errors": [], "payload": payload}) + b"\n"


class Books:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "accepted-1").write_text("\n".join(ACCEPTED) + "\n")
        (folder / "refused-1").write_text("\n".join(REFUSED) + "\n")
        self.events = [event(one) for one in ACCEPTED]
        self.rejects = [reject(one) for one in REFUSED]

    def verdict(self) -> audit.Verdict:
        for name, lines in (("events", self.events), ("rejects", self.rejects)):
            (self.folder / name).write_bytes(b"".join(lines))
        return audit.judge(audit.told(self.folder), self.kept())

    def kept(self) -> audit.Kept:
        return audit.kept(self.folder / "events", self.folder / "rejects")


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return Books(tmp_path)


def test_books_that_balance_are_good(books: Books) -> None:
    assert books.verdict().is_good


def test_duplicates_are_counted_and_no_fault(books: Books) -> None:
    books.events.append(books.events[0])
    assert books.verdict().is_good
    assert books.kept().duplicates == 1


def test_an_acknowledged_event_that_is_not_kept_is_lost_and_it_is_told_where_it_was_seen(
    books: Books,
) -> None:
    del books.events[1]
    verdict = books.verdict()
    assert verdict.lost == {ACCEPTED[1]}
    spool = books.folder / "spool"
    spool.mkdir()
    (spool / "spool.sqlite").write_bytes(event(ACCEPTED[1]))
    [line] = audit.missing(verdict, audit.told(books.folder), [spool])
    assert line == f"{ACCEPTED[1]}: told in accepted-1:2, found in spool.sqlite"


def test_a_refused_event_that_is_not_kept_is_forgotten(books: Books) -> None:
    del books.rejects[0]
    assert books.verdict().forgotten == {REFUSED[0]}


def test_a_refused_event_among_the_accepted_ones_is_misplaced(books: Books) -> None:
    books.events.append(event(REFUSED[0]))
    assert books.verdict().misplaced == {REFUSED[0]}


def test_a_line_that_breaks_its_contract_is_invalid(books: Books) -> None:
    books.events[0] = event(ACCEPTED[0], quantity=0)
    assert books.verdict().invalid == 1


@pytest.mark.parametrize("line", [b'{"event": {"event\n', b"7\n", b"{}\n"])
def test_a_line_that_is_not_whole_is_broken(books: Books, line: bytes) -> None:
    books.events.append(line)
    assert books.verdict().broken == 1


def test_the_warehouse_makes_one_row_of_an_event_and_its_duplicates(books: Books) -> None:
    books.events += books.events[:2]
    books.verdict()
    loaded = dedupe.load(books.folder / "events", frozenset(ACCEPTED))
    assert (loaded.lines, loaded.rows) == (5, 3)
    assert loaded.is_good


def test_the_part_for_the_warehouse_has_those_that_are_there_twice(books: Books) -> None:
    books.events.append(books.events[2])
    books.verdict()
    chance = random.Random(1)
    assert dedupe.part(books.kept().events, 1, chance) == {ACCEPTED[2]}
    assert len(dedupe.part(books.kept().events, 2, chance)) == 2
