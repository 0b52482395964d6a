import json
import math
from typing import Any

import pytest

from questlog._scrub import DROPPED, FAILED, BeforeSend, scrubbed
from tests.sdk.samples import entries, purchase

BODY = entries(1)[0].body


def test_an_event_that_is_not_changed_stays_byte_for_byte() -> None:
    assert scrubbed(lambda event: event, BODY) == BODY


def test_a_change_is_sent_and_what_names_the_event_stays_in_front() -> None:
    def scrub(event: dict[str, Any]) -> dict[str, Any]:
        return {"placement": "shop", **{key: event[key] for key in sorted(event)}}

    body = scrubbed(scrub, BODY)
    assert isinstance(body, bytes)
    assert json.loads(body) == {**json.loads(BODY), "placement": "shop"}
    assert body.startswith(b'{"event":"purchase","schema_version":"')


def test_none_drops_the_event() -> None:
    assert scrubbed(lambda _: None, BODY) == DROPPED


def _raise(error: BaseException) -> BeforeSend:
    def scrub(_: dict[str, Any]) -> None:
        raise error

    return scrub


@pytest.mark.parametrize("error", [KeyError("x"), SystemExit(), KeyboardInterrupt()])
def test_an_event_on_which_it_raises_is_not_sent_as_it_was(
    error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    assert scrubbed(_raise(error), BODY) == FAILED
    assert "before_send raised" in caplog.text


def test_what_is_logged_of_its_error_is_the_place_and_never_the_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scrubbed(_raise(ValueError("player@example.com is no name")), BODY)
    assert "before_send raised ValueError at " in caplog.text
    assert "test_scrub.py" in caplog.text
    assert "player@example.com" not in caplog.text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"quantity": 0}, "quantity: must be at least 1"),
        ({"event_id": str(purchase().event_id)}, "must stay as it is"),
        ({"event": "refund"}, "must stay as it is"),
        ({"schema_version": "9.9"}, "schema_version"),
        ({"colour": "red"}, "has a property that the contract does not know"),
        ({"placement": "\ud800"}, "before_send raised"),
        ({"quantity": math.nan}, "quantity"),
        ({"quantity": {1, 2}}, "quantity"),
    ],
)
def test_what_it_makes_must_keep_the_contract(
    changes: dict[str, Any], told: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert scrubbed(lambda event: {**event, **changes}, BODY) == FAILED
    assert told in caplog.text


@pytest.mark.parametrize("wrong", ["{}", [], 0, True])
def test_what_is_no_event_at_all_is_not_sent(wrong: Any) -> None:
    assert scrubbed(lambda _: wrong, BODY) == FAILED
