from dataclasses import FrozenInstanceError, fields, replace
from typing import Any

import pytest

from questlog import uuid7
from questlog._context import Stamp
from tests.sdk.samples import BOUGHT, CONTEXT, NOW, purchase


def test_a_stamp_is_the_context_and_what_is_new_of_an_event() -> None:
    event_id = uuid7()
    stamp = CONTEXT.stamp(event_id, NOW)
    assert (stamp.event_id, stamp.occurred_at) == (event_id, NOW)
    assert {name: getattr(stamp, name) for name in _names(CONTEXT)} == {
        name: getattr(CONTEXT, name) for name in _names(CONTEXT)
    }


def test_a_stamp_has_exactly_the_fields_of_the_envelope() -> None:
    envelope = set(purchase(player_id="player-1").to_json()) - set(BOUGHT) - {"event", "schema_version"}
    assert {field.name for field in fields(Stamp)} == envelope


def test_a_context_cannot_be_changed_but_replaced() -> None:
    context: Any = CONTEXT
    with pytest.raises(FrozenInstanceError):
        context.player_id = None
    assert replace(CONTEXT, player_id=None).player_id is None


def _names(context: Any) -> list[str]:
    return [field.name for field in fields(context)]
