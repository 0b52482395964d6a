from typing import Any

import pytest

from questlog_api.contracts import Catalog, Version, load_catalog
from questlog_api.refusals import Judge, Reason, Refusal
from questlog_api.violations import FieldError, Violation

JUDGE = Judge(load_catalog())


def places(refusal: Refusal | None) -> list[tuple[str, str]]:
    assert refusal is not None
    return [(error.pointer, error.keyword) for error in refusal.errors]


def test_a_valid_event_is_not_refused(purchase: dict[str, Any]) -> None:
    assert JUDGE.refusal(purchase) is None
    assert JUDGE.refusal_as("purchase", purchase) is None


def test_an_invalid_event_is_refused_with_all_reasons(purchase: dict[str, Any]) -> None:
    refusal = JUDGE.refusal(purchase | {"quantity": 0, "store": "corner_shop"})
    assert refusal is not None
    assert refusal.reason is Reason.INVALID_EVENT
    assert places(refusal) == [("/quantity", "minimum"), ("/store", "enum")]


def test_an_event_nobody_knows_is_refused_as_such() -> None:
    refusal = JUDGE.refusal({"event": "no_such_event"})
    assert refusal is not None
    assert refusal.reason is Reason.UNKNOWN_EVENT
    assert places(refusal) == [("/event", "enum")]


def test_a_version_nobody_knows_is_refused_as_such(purchase: dict[str, Any]) -> None:
    refusal = JUDGE.refusal(purchase | {"schema_version": "9.9"})
    assert refusal is not None
    assert refusal.reason is Reason.UNKNOWN_VERSION
    assert places(refusal) == [("/schema_version", "enum")]


def test_an_event_of_no_version_is_told_all_that_is_wrong(purchase: dict[str, Any]) -> None:
    del purchase["schema_version"], purchase["store"]
    assert places(JUDGE.refusal(purchase)) == [("/schema_version", "required"), ("/store", "required")]


@pytest.mark.parametrize("version", [1.0, None, ["1.0"], {}])
def test_a_version_that_is_no_text_is_invalid(purchase: dict[str, Any], version: object) -> None:
    refusal = JUDGE.refusal(purchase | {"schema_version": version})
    assert refusal is not None
    assert refusal.reason is Reason.INVALID_EVENT
    assert refusal.errors[0].pointer == "/schema_version"


@pytest.mark.parametrize(
    ("event", "place"),
    [
        ({}, ("/event", "required")),
        ({"event": 7}, ("/event", "type")),
        ({"event": ["purchase"]}, ("/event", "type")),
        ([], ("", "type")),
        (None, ("", "type")),
        ("purchase", ("", "type")),
    ],
)
def test_what_does_not_say_what_it_is_is_invalid(event: object, place: tuple[str, str]) -> None:
    assert places(JUDGE.refusal(event)) == [place]


def test_an_event_sent_to_the_address_of_another_is_invalid(purchase: dict[str, Any]) -> None:
    assert ("/event", "const") in places(JUDGE.refusal_as("install", purchase))


@pytest.mark.parametrize("event", ["install", None, 7])
def test_a_version_nobody_knows_of_another_event_is_not_waited_for(
    purchase: dict[str, Any], event: object
) -> None:
    refusal = JUDGE.refusal_as("purchase", purchase | {"event": event, "schema_version": "99.0"})
    assert refusal is not None
    assert refusal.reason is Reason.INVALID_EVENT
    assert "/event" in [error.pointer for error in refusal.errors]


def test_an_event_is_judged_by_exactly_the_version_it_names(purchase: dict[str, Any]) -> None:
    number = purchase["schema_version"]
    current = load_catalog()["purchase"][number]
    catalog: Catalog = {"purchase": {number: current, "99.0": _refusing("99.0", {"const": "99.0"})}}
    assert Judge(catalog).refusal(purchase) is None
    assert Judge(catalog).refusal(purchase | {"schema_version": "99.0"}) is not None


def test_an_event_stays_refused_when_the_second_pass_finds_nothing() -> None:
    judge = Judge({"purchase": {"1.0": _refusing("1.0", {})}})
    refusal = judge.refusal({"event": "purchase", "schema_version": "1.0"})
    assert refusal == Refusal(Reason.INVALID_EVENT, [FieldError("/it", "minimum", "must be at least 1")])


def _refusing(number: str, schema: dict[str, Any]) -> Version:
    def check(_: object) -> None:
        raise Violation("/it", "minimum", "must be at least 1")

    return Version("purchase", number, "draft", "0" * 64, schema, check)
