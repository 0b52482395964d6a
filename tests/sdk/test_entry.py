import json

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
