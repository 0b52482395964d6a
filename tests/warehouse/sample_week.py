"""A week of a small game, from Monday 2026-10-19 on: what the queries of the document are asked about."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.warehouse.lines import example, line

MONDAY = datetime(2026, 10, 19, 12, tzinfo=UTC)

INSTALLS: Mapping[int, tuple[int, str | None]] = {
    1: (0, "autumn_de"),
    2: (0, "autumn_de"),
    3: (1, "autumn_de"),
    4: (0, "autumn_us"),
    5: (1, "autumn_us"),
    6: (1, "autumn_us"),
    7: (0, None),
    8: (1, None),
    9: (2, None),
    10: (2, None),
}
"""Player -> day of the install (0 is Monday) and campaign; None: nobody is credited."""

SALES = [
    (1, 0, 4_990_000, "EUR"),
    (1, 1, 9_990_000, "EUR"),
    (2, 2, 4_990_000, "EUR"),
    (4, 0, 9_990_000, "USD"),
    (4, 3, 19_990_000, "USD"),
    (5, 1, 4_990_000, "USD"),
    (7, 1, 500_000_000, "JPY"),
    (8, 2, 1_490_000, "KWD"),
    (10, 3, 4_990_000, "EUR"),
]
"""Player, day, micros and currency."""

REFUNDED = (4, 3, 4)
"""Player and day of the sale, day of the refund."""

LATE_PLAYER, LATE = 2, timedelta(days=2)
FAST_PLAYER, FAST = 10, timedelta(days=365)
"""Whose events arrive late, and whose clock is a year ahead."""


def lines() -> list[Mapping[str, Any]]:
    """Return the lines the API delivered: 20 events it accepted, of which the warehouse cannot type one."""
    return [*_installs(), *_sales(), _refund(), _newer_version()]


def _installs() -> Iterator[Mapping[str, Any]]:
    for player, (day, campaign) in INSTALLS.items():
        credited = "attributed_with_campaign" if campaign else "organic_first_open"
        yield _sent("install", credited, player, day, 0, campaign=campaign)


def _sales() -> Iterator[Mapping[str, Any]]:
    for player, day, micros, currency in SALES:
        price = {"amount_micros": micros, "currency": currency}
        yield _sent("purchase", "gem_pack_in_euro", player, day, 1, price=price, **_bought(player, day))


def _refund() -> Mapping[str, Any]:
    player, sold, day = REFUNDED
    amount = {"amount_micros": 19_990_000, "currency": "USD"}
    return _sent("refund", "partial_refund", player, day, 2, amount=amount, **_bought(player, sold))


def _newer_version() -> Mapping[str, Any]:
    return _sent("purchase", "gem_pack_in_euro", 3, 3, 3, schema_version="99.0", **_bought(3, 3))


def _bought(player: int, day: int) -> dict[str, str]:
    return {"store": "app_store", "store_transaction_id": f"t-{player}-{day}"}


def _sent(event: str, name: str, player: int, day: int, kind: int, **changes: Any) -> Mapping[str, Any]:
    """The line of an event that happened at noon of `day`, a minute a player later, on the true clock."""
    happened = MONDAY + timedelta(days=day, minutes=player)
    arrived = happened + (LATE if player == LATE_PLAYER else timedelta(seconds=2))
    ahead = FAST if player == FAST_PLAYER else timedelta()
    members = {
        "event_id": f"01930f3a-7c00-7{kind:03}-8{day:03}-{player:012}",
        "occurred_at": _text(happened + ahead),
        "install_id": f"01930f3a-7c00-7999-8000-{player:012}",
        "player_id": f"player-{player}",
    }
    sent = _text(arrived + ahead - timedelta(seconds=1))
    return line(example(event, name, **members, **changes), received_at=_text(arrived), sent_at=sent)


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
