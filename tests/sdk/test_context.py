import json
from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest

from questlog import InvalidEvent
from tests.sdk.samples import BOUGHT, CONTEXT, purchase


def test_a_context_is_what_all_events_of_a_player_have_in_common() -> None:
    event = purchase(**CONTEXT.as_arguments()).to_json()
    assert json.loads(f"{{{CONTEXT.members}}}").items() <= event.items()
    own = {"event", "schema_version", "event_id", "occurred_at", *BOUGHT}
    assert set(event) - set(json.loads(f"{{{CONTEXT.members}}}")) == own


@pytest.mark.parametrize(
    ("field", "value", "pointer"),
    [
        ("player_id", "p" * 65, "/player_id"),
        ("player_id", "", "/player_id"),
        ("player_id", "\ud800", "/player_id"),
        ("install_id", "01930f3a", "/install_id"),
        ("app", "2.14.0", "/app"),
        ("device", None, "/device"),
    ],
)
def test_a_context_that_its_events_would_break_on_is_refused_at_once(
    field: str, value: object, pointer: str
) -> None:
    changes: Any = {field: value}
    with pytest.raises(InvalidEvent) as caught:
        replace(CONTEXT, **changes)
    assert caught.value.pointer == pointer


def test_a_context_cannot_be_changed_but_replaced() -> None:
    context: Any = CONTEXT
    with pytest.raises(FrozenInstanceError):
        context.player_id = None
    changed = replace(CONTEXT, player_id=None)
    assert changed.player_id is None
    assert "player_id" not in changed.members
