"""Lines of purchases for the warehouse: two years of them up to the end of the bank's history."""

import json
import random
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.warehouse.lines import line, purchase

BROKEN_SHARE, COPIED_SHARE = 0.01, 0.02

_FIRST, _SPAN = datetime(2024, 10, 30, tzinfo=UTC), timedelta(days=730)
_CURRENCIES = (
    *("EUR", "USD", "JPY", "GBP", "BRL", "KRW", "PLN", "TRY", "MXN", "CAD", "AUD", "INR", "IDR", "SEK"),
    *("KWD", "RUB"),  # the bank quotes one of these never, the other no more
)
_PLAYERS = 50_000
_RECENT = 1_000


def batches(rows: int, size: int, seed: int = 1) -> Iterator[bytes]:
    """Yield `rows` lines and the copies among them, as objects of `size` lines, in the order of receipt."""
    chance = random.Random(seed)
    content: list[bytes] = []
    recent: deque[bytes] = deque(maxlen=_RECENT)
    for number in range(rows):
        made = _line(number, rows, chance)
        content.append(made)
        recent.append(made)
        if chance.random() < COPIED_SHARE:
            content.append(chance.choice(recent))
        if len(content) >= size:
            yield b"".join(content)
            content = []
    if content:
        yield b"".join(content)


def _line(number: int, rows: int, chance: random.Random) -> bytes:
    occurred = _FIRST + _SPAN * (number / rows)
    player = chance.randrange(_PLAYERS)
    changes: dict[str, Any] = {
        "event_id": f"01930f3a-7c00-7abc-8000-{number:012}",
        "occurred_at": _text(occurred),
        "install_id": f"01930f3a-7c00-7abc-9000-{player:012}",
        "player_id": f"player-{player}",
        "store_transaction_id": f"GPA.{number}",
        "price": {
            "amount_micros": chance.randrange(1, 100) * 990_000,
            "currency": chance.choice(_CURRENCIES),
        },
    }
    if chance.random() < BROKEN_SHARE:
        changes["quantity"] = 0
    received = _text(occurred + timedelta(seconds=1))
    return json.dumps(line(purchase(**changes), received_at=received, sent_at=received)).encode() + b"\n"


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
