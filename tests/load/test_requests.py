import random
import re

import orjson
import pytest

from questlog_api.contracts import load_catalog
from tests.load.requests import EventIds, Requests, purchase, varied

UUID_7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}")

check = load_catalog()["purchase"]["1.0"].check


@pytest.mark.parametrize("size", [None, 700, 800, 1000])
def test_a_purchase_is_valid_and_as_long_as_was_asked(size: int | None) -> None:
    event = purchase(size)

    check(event)
    assert size is None or len(orjson.dumps(event)) == size


def test_a_purchase_longer_than_its_contract_allows_names_what_is_possible() -> None:
    with pytest.raises(ValueError, match=r"no purchase has 5000 bytes; the nearest has \d+"):
        purchase(5000)


def test_every_event_of_a_request_is_valid_unless_it_is_to_be_broken() -> None:
    message = Requests(purchase(), {}, batch=50).make()

    for event in orjson.loads(message.content.partition(b"\r\n\r\n")[2])["events"]:
        check(event)


def test_varied_events_are_valid_and_differ_in_more_than_their_id() -> None:
    chance = random.Random(1)
    events = [varied(purchase(), chance) for _ in range(100)]

    for event in events:
        check(event)
    assert len({event["install_id"] for event in events}) == 100


def test_ids_are_uuids_of_version_7_and_never_the_same() -> None:
    ids = EventIds(random.Random(1))
    made = [ids.text(number).decode() for number in range(10_000)]

    assert all(map(UUID_7.fullmatch, made))
    assert len(set(made)) == 10_000
