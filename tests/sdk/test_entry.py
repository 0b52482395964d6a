import json
from types import SimpleNamespace
from typing import Any

import pytest

from questlog._entry import Entry
from tests.sdk.samples import purchase


def test_an_entry_is_the_event_as_compact_utf8_json() -> None:
    event = purchase(placement="Käse 🧀")
    entry = Entry.of(event)
    assert json.loads(entry.body) == event.to_json()
    assert "Käse 🧀".encode() in entry.body
    assert b'": ' not in entry.body


def test_an_entry_names_its_event_and_id() -> None:
    event = purchase()
    assert (Entry.of(event).event, Entry.of(event).event_id) == ("purchase", str(event.event_id))


@pytest.mark.parametrize(
    "wrong", [None, SimpleNamespace(to_json=purchase().to_json)], ids=["None", "a look-alike"]
)
def test_what_is_no_event_has_no_entry(wrong: Any) -> None:
    with pytest.raises(TypeError, match="must be an event, not"):
        Entry.of(wrong)
