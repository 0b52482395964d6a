"""A simulated studio: players in many countries who install, buy and ask for their money back.

The same seed gives the same studio. Besides what works, it does what real clients do: it sends some events
twice, and one faulty client posts events that break their contract.
"""

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal, NamedTuple
from uuid import UUID

import questlog
from questlog import App, Context, Device, Event, Money
from tests.pipeline.service import GAME

Store = Literal["app_store", "google_play"]

DAYS = 7
_REFUND_SHARE = 0.06
_TWICE_SHARE = 0.05
_BROKEN_SHARE = 0.03
_SANDBOX_SHARE = 0.02
_NEWER_SHARE = 0.002


class Market(NamedTuple):
    """A country: its players' locale and currency, and what the cheapest product costs there."""

    locale: str
    currency: questlog.Currency
    price: str
    weight: int


MARKETS = (
    Market("en-US", "USD", "4.99", 30),
    Market("de-DE", "EUR", "4.99", 20),
    Market("ja-JP", "JPY", "700", 15),
    Market("en-GB", "GBP", "4.49", 10),
    Market("ko-KR", "KRW", "6500", 9),
    Market("pt-BR", "BRL", "24.90", 8),
    Market("en-IN", "INR", "449", 8),
    Market("tr-TR", "TRY", "179.99", 5),
    Market("pl-PL", "PLN", "22.99", 5),
    Market("de-CH", "CHF", "5.00", 4),
    Market("id-ID", "IDR", "79000", 4),
    Market("sv-SE", "SEK", "59.00", 3),
    Market("ar-KW", "KWD", "1.490", 3),  # the European Central Bank publishes no rate: it stays unconverted
)


class Product(NamedTuple):
    """What the shop sells, and how many times the cheapest price it costs."""

    product_id: str
    factor: int
    kind: Literal["consumable", "non_consumable"]


PRODUCTS = (
    Product("gems_500", 1, "consumable"),
    Product("gems_1200", 2, "consumable"),
    Product("dragon_skin", 4, "non_consumable"),
)
CAMPAIGNS = (None, "spring_dragons", "retarget_eu", "playable_v3")


@dataclass(frozen=True)
class Player:
    """One player, on one device."""

    market: Market
    store: Store
    context: Context


@dataclass
class Ledger:
    """The studio's own books: what it sent, by event and currency, and the money in it."""

    sent: Counter[tuple[str, str]] = field(default_factory=Counter)
    twice: Counter[tuple[str, str]] = field(default_factory=Counter)
    broken: Counter[tuple[str, str]] = field(default_factory=Counter)
    revenue_micros: Counter[str] = field(default_factory=Counter)
    refund_micros: Counter[str] = field(default_factory=Counter)

    def note(self, event: Event, copies: int) -> None:
        """Book an event that was sent `copies` times."""
        key = (event.event, currency_of(event.to_json()))
        self.sent[key] += copies
        self.twice[key] += copies - 1
        if isinstance(event, questlog.Purchase) and not event.sandbox:
            self.revenue_micros[event.price.currency] += event.price.amount_micros
        if isinstance(event, questlog.Refund) and not event.sandbox:
            self.refund_micros[event.amount.currency] += event.amount.amount_micros

    def note_broken(self, event: dict[str, Any]) -> None:
        """Book an event that API or warehouse must refuse."""
        key = (str(event.get("event")), currency_of(event))
        self.sent[key] += 1
        self.broken[key] += 1


def currency_of(event: dict[str, Any]) -> str:
    """Return the currency an event names, `-` when it names none."""
    money = event.get("price", event.get("amount"))
    return str(money["currency"]) if isinstance(money, dict) and "currency" in money else "-"


class Studio:
    """Plays `events` events into a client and keeps its own books while doing so."""

    def __init__(self, events: int, last_day: date, seed: int) -> None:
        self.events = events
        self.ledger = Ledger()
        self._random = random.Random(seed)
        self._start = datetime.combine(last_day - timedelta(days=DAYS - 1), time(), UTC)
        self._serial = 0

    def play(self, client: questlog.Client) -> Iterator[int]:
        """Send everything that keeps its contract; yield the number of events sent so far."""
        wanted = self.events - self.broken_count - self.newer_count
        while sum(self.ledger.sent.values()) < wanted:
            for event in self._player_life(client):
                # An installation is told once, however often a game says it: the SDK sees to that.
                copies = 1 if isinstance(event, questlog.Install) else self._copies(wanted)
                for _ in range(copies - 1):
                    client.track(event)
                self.ledger.note(event, copies)
                yield sum(self.ledger.sent.values())
                if sum(self.ledger.sent.values()) >= wanted:
                    return

    @property
    def broken_count(self) -> int:
        """How many events of a faulty client belong to this studio."""
        return round(self.events * _BROKEN_SHARE)

    @property
    def newer_count(self) -> int:
        """How many events come from an API that knows a version the warehouse does not know yet."""
        return round(self.events * _NEWER_SHARE)

    @property
    def context(self) -> Context:
        """Who a client speaks for when no player is named: the studio's own test phone."""
        return self._player().context

    def broken(self) -> Iterator[dict[str, Any]]:
        """Yield the JSON of events that break their contract, each in another way."""
        for number in range(self.broken_count):
            event = self._purchase_json()
            _FAULTS[number % len(_FAULTS)](event)
            self.ledger.note_broken(event)
            yield event

    def from_a_newer_api(self) -> Iterator[bytes]:
        """Yield lines as an API delivers them that was updated before the warehouse."""
        for _ in range(self.newer_count):
            event = {**self._purchase_json(), "schema_version": "1.7"}
            self.ledger.note_broken(event)
            times = {"received_at": event["occurred_at"], "sent_at": event["occurred_at"]}
            line = {**times, "game_id": GAME, "request_id": str(self._uuid()), "event": event}
            yield json.dumps(line).encode() + b"\n"

    def _copies(self, wanted: int) -> int:
        room = wanted - sum(self.ledger.sent.values())
        return 2 if room > 1 and self._random.random() < _TWICE_SHARE else 1

    def _player_life(self, client: questlog.Client) -> Iterator[Event]:
        player = self._player()
        moment = self._moment()
        yield self._install(client, player, moment)
        for _ in range(self._random.choice((0, 1, 1, 2, 3))):
            moment += timedelta(minutes=self._random.randint(1, 240))
            purchase = self._purchase(client, player, moment)
            yield purchase
            if self._random.random() < _REFUND_SHARE:
                yield self._refund(
                    client, player, purchase, moment + timedelta(hours=self._random.randint(1, 30))
                )

    def _player(self) -> Player:
        market = self._random.choices(MARKETS, [market.weight for market in MARKETS])[0]
        apple = self._random.random() < 0.5
        device = (
            Device(platform="ios", os_version="26.1", model="iPhone17,2", locale=market.locale)
            if apple
            else Device(platform="android", os_version="16", model="Pixel 9", locale=market.locale)
        )
        context = Context(
            install_id=self._uuid(),
            session_id=self._uuid(),
            player_id=f"player-{self._next()}",
            app=App(version="2.14.0", build="21400417"),
            device=device,
        )
        return Player(market, "app_store" if apple else "google_play", context)

    def _install(self, client: questlog.Client, player: Player, moment: datetime) -> questlog.Install:
        campaign = self._random.choice(CAMPAIGNS)
        event = questlog.Install(
            event_id=self._uuid(),
            occurred_at=moment,
            **player.context.as_arguments(),
            install_kind="first_open" if self._random.random() < 0.9 else "reinstall",
            store=player.store,
            attribution_status="attributed" if campaign else "organic",
            campaign=campaign,
        )
        client.track(event)
        return event

    def _purchase(self, client: questlog.Client, player: Player, moment: datetime) -> questlog.Purchase:
        product = self._random.choice(PRODUCTS)
        price = Money.of(Decimal(player.market.price) * product.factor, player.market.currency)
        event = questlog.Purchase(
            event_id=self._uuid(),
            occurred_at=moment,
            **player.context.as_arguments(),
            product_id=product.product_id,
            product_type=product.kind,
            quantity=1,
            price=price,
            store_fee_micros=price.amount_micros * 3 // 20,
            store=player.store,
            store_transaction_id=f"T{self._next():012}",
            sandbox=self._random.random() < _SANDBOX_SHARE,
        )
        client.track(event)
        return event

    def _refund(
        self, client: questlog.Client, player: Player, purchase: questlog.Purchase, moment: datetime
    ) -> questlog.Refund:
        event = questlog.Refund(
            event_id=self._uuid(),
            occurred_at=moment,
            **player.context.as_arguments(),
            store=purchase.store,
            store_transaction_id=purchase.store_transaction_id,
            amount=purchase.price,
            reason="customer_request",
            sandbox=purchase.sandbox,
        )
        client.track(event)
        return event

    def _purchase_json(self) -> dict[str, Any]:
        player = self._player()
        return questlog.Purchase(
            event_id=self._uuid(),
            occurred_at=self._moment(),
            **player.context.as_arguments(),
            product_id="gems_500",
            product_type="consumable",
            quantity=1,
            price=Money.of(player.market.price, player.market.currency),
            store=player.store,
            store_transaction_id=f"T{self._next():012}",
            sandbox=False,
        ).to_json()

    def _moment(self) -> datetime:
        return self._start + timedelta(seconds=self._random.randrange(DAYS * 86_400 - 40 * 3_600))

    def _uuid(self) -> UUID:
        return UUID(int=self._random.getrandbits(128), version=4)

    def _next(self) -> int:
        self._serial += 1
        return self._serial


def _price_as_number(event: dict[str, Any]) -> None:
    event["price"] = 4.99


def _currency_that_is_none(event: dict[str, Any]) -> None:
    event["price"]["currency"] = "GEM"


def _transaction_left_out(event: dict[str, Any]) -> None:
    del event["store_transaction_id"]


def _negative_amount(event: dict[str, Any]) -> None:
    event["price"]["amount_micros"] *= -1


def _time_without_zone(event: dict[str, Any]) -> None:
    event["occurred_at"] = event["occurred_at"].rstrip("Z")


def _field_of_its_own(event: dict[str, Any]) -> None:
    event["amount_usd"] = 4.99


def _version_of_the_future(event: dict[str, Any]) -> None:
    event["schema_version"] = "9.0"


def _event_nobody_knows(event: dict[str, Any]) -> None:
    event["event"] = "purchase_made"


_FAULTS = (
    _price_as_number,
    _currency_that_is_none,
    _transaction_left_out,
    _negative_amount,
    _time_without_zone,
    _field_of_its_own,
    _version_of_the_future,
    _event_nobody_knows,
)
