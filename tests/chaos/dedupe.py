"""The last step of the proof: kept lines go through the warehouse's own MERGE, which drops duplicates.

The stand-in of the warehouse takes a millisecond a line or more, so it may be given a part of them; each
id was looked for in the files of the streams before.
"""

import random
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from questlog_warehouse.local import LocalWarehouse
from tests.pipeline.aws import BUCKET, local_aws

_OBJECT_LINES = 5000


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the warehouse made of `lines` lines of `events` events.

    It has so many `rows`, some ids are `missing`, and it has some `twice`.
    """

    events: int
    lines: int
    rows: int
    missing: frozenset[str]
    twice: frozenset[str]

    @property
    def is_good(self) -> bool:
        """Whether each event is one row."""
        return not self.missing and not self.twice and self.rows == self.events


def load(events: Path, ids: Collection[str]) -> Loaded:
    """Load all lines of the purchases with these `ids` out of the stream's file `events`."""
    lines = 0
    with local_aws() as aws, LocalWarehouse() as warehouse:
        warehouse.deploy()
        s3 = aws.client("s3")
        chosen = _lines_of(events, ids)
        while chunk := list(islice(chosen, _OBJECT_LINES)):
            s3.put_object(Bucket=BUCKET, Key=f"events/{lines:09}", Body=b"".join(chunk))
            lines += len(chunk)
        warehouse.load(s3, BUCKET)
        warehouse.run_tasks()
        found = Counter(
            str(row["EVENT_ID"]) for row in warehouse.query("SELECT EVENT_ID FROM CORE.PURCHASE_1")
        )
    twice = frozenset(event_id for event_id, count in found.items() if count > 1)
    return Loaded(len(ids), lines, found.total(), frozenset(set(ids) - found.keys()), twice)


def part(counts: Counter[str], most: int, chance: random.Random) -> frozenset[str]:
    """Return at most `most` ids: first those that were kept several times, then any."""
    twice = [event_id for event_id, count in counts.items() if count > 1][:most]
    once = [event_id for event_id, count in counts.items() if count == 1]
    return frozenset(twice + chance.sample(once, min(len(once), most - len(twice))))


def _lines_of(path: Path, ids: Collection[str]) -> Iterator[bytes]:
    with path.open("rb") as file:
        for line in file:
            # Cheaper than parsing what is not wanted: the id follows its name.
            start = line.index(b'"event_id":"') + len(b'"event_id":"')
            if line[start : start + 36].decode() in ids:
                yield line
