from typing import Any

import pytest

from questlog import EVENTS
from questlog._commands.findings import Finding
from questlog._commands.known_versions import check_versions, sent_version


def _listing(**versions: list[str]) -> dict[str, Any]:
    known = {name: [sent_version(name)] for name in EVENTS} | versions
    return {"contracts": [{"event": e, "version": v} for e, numbers in known.items() for v in numbers]}


def _found(**versions: list[str]) -> Finding:
    return check_versions(_listing(**versions))


def test_all_known_is_ok() -> None:
    assert _found() == _found(quest=["1.0"])
    assert _found().state == "ok"


def test_newer_versions_beside_the_one_that_is_sent_are_ok() -> None:
    assert _found(purchase=["1.0", "1.1", "2.0"]).state == "ok"


def test_an_event_the_api_does_not_know_is_for_the_api_to_learn() -> None:
    assert _found(purchase=[]).detail == (
        "events that the API will refuse: purchase 1.0, an event it does not know: update the API"
    )


def test_an_older_version_there_is_for_the_api_to_update() -> None:
    assert _found(purchase=["0.2", "0.10"]).detail.endswith(
        "purchase 1.0, as the newest it knows is 0.10: update the API"
    )


def test_only_newer_versions_there_are_for_the_sdk_to_update() -> None:
    found = _found(purchase=["1.9", "1.10"])
    assert found.state == "wrong"
    assert found.detail.endswith("purchase 1.0, as the newest it knows is 1.10: update this SDK")


def test_drafts_are_named() -> None:
    listing = _listing()
    listing["contracts"][0]["status"] = "draft"
    found = check_versions(listing)
    assert (found.state, found.detail.partition("; ")[2]) == (
        "ok",
        f"drafts, which may still change: {listing['contracts'][0]['event']}",
    )


@pytest.mark.parametrize("listing", [None, [], {}, {"contracts": 1}])
def test_what_is_no_list_is_not_checked(listing: object) -> None:
    assert check_versions(listing).state == "not checked"


def test_entries_that_are_none_are_left_out() -> None:
    listing = _listing()
    listing["contracts"] += [
        1,
        {},
        {"event": "purchase", "version": "9" * 5000},
        {"event": 1, "version": "1.0"},
    ]
    assert check_versions(listing).state == "ok"
