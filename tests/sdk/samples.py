"""Events to test with."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID

from questlog import App, Context, Device, Money, Purchase, uuid7
from questlog._entry import Entry

NOW = datetime(2026, 11, 2, 18, 4, 5, 123456, UTC)
APP = App(version="2.14.0", build="21400417")
DEVICE = Device(platform="ios", os_version="26.1", model="iPhone17,2", locale="de-DE")
CONTEXT = Context(
    install_id=UUID("01930f3a-7c00-7011-8000-000000000011"),
    session_id=UUID("01930f3a-7c00-7021-8000-000000000021"),
    app=APP,
    device=DEVICE,
    player_id="player-1",
)
BOUGHT: dict[str, Any] = {
    "product_id": "gems_1200",
    "product_type": "consumable",
    "quantity": 1,
    "price": Money.of("4.99", "EUR"),
    "store": "app_store",
    "store_transaction_id": "2000000512345678",
    "sandbox": False,
}
"""Arguments of `Client.purchase`."""


class Zone(tzinfo):
    """A time zone whose offset is whatever `offset` returns or raises."""

    def __init__(self, offset: Callable[[], timedelta]) -> None:
        self._offset = offset

    def utcoffset(self, _: datetime | None) -> timedelta:
        return self._offset()

    def dst(self, _: datetime | None) -> None:
        return None

    def tzname(self, _: datetime | None) -> str:
        return "Zone"


def purchase(**changes: Any) -> Purchase:
    """A purchase that its contract takes, but for `changes`."""
    members = {
        "event_id": uuid7(),
        "occurred_at": NOW,
        "install_id": CONTEXT.install_id,
        "session_id": CONTEXT.session_id,
        "app": APP,
        "device": DEVICE,
        **BOUGHT,
    }
    return Purchase(**{**members, **changes})


def entries(count: int, **changes: Any) -> list[Entry]:
    return [Entry.of(purchase(**changes)) for _ in range(count)]
