# Generated from schemas/purchase/schema.json. Do not edit; run `nox -s codegen`.

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from questlog._model import Event

from ..shared.app import App
from ..shared.device import Device
from ..shared.money import Money
from ..shared.store import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class Purchase(Event):
    """A completed real-money purchase, as the store confirmed it to the game."""

    event: Literal["purchase"] = "purchase"
    """Name of the event."""
    schema_version: Literal["1.0"] = "1.0"
    """Version of this contract, MAJOR.MINOR."""
    event_id: UUID
    """Identity of this event and its dedupe key: a UUID in lower case, version 7 as the SDK makes them (RFC 9562)."""
    occurred_at: datetime
    """When it happened, by the client's clock: RFC 3339 with an offset, at most milliseconds are kept."""
    install_id: UUID
    """Identity of this installation of the game: a UUID in lower case that a reinstall replaces."""
    session_id: UUID
    """Identity of the play session, new after 30 minutes in the background: a UUID in lower case."""
    app: App
    device: Device
    product_id: str
    """Product id (SKU) in the store's catalogue."""
    product_type: Literal["consumable", "non_consumable", "subscription"]
    """How the product is consumed."""
    quantity: int
    """Units bought in this transaction, in pieces."""
    price: Money
    """Total charged for this transaction: all units, tax included."""
    store: Store
    store_transaction_id: str
    """Transaction id the store gave, unique within the store: StoreKit transactionID, Play orderId."""
    sandbox: bool
    """True when the store's test environment was used: such purchases are no revenue."""
    player_id: str | None = None
    """The studio's own account id. Absent before login."""
    tax_micros: int | None = None
    """Tax contained in the price, in micros of the price's currency. Absent when the store does not tell."""
    store_fee_micros: int | None = None
    """Commission the store keeps, in micros of the price's currency. Absent when unknown."""
    original_transaction_id: str | None = None
    """Transaction that started the subscription, or that this one restores. Absent for a first purchase."""
    receipt_sha256: str | None = None
    """SHA-256 of the store receipt, 64 hexadecimal digits in lower case. Never the receipt itself: it is personal data."""
    placement: str | None = None
    """Where in the game the offer was shown, e.g. shop or out_of_lives."""
    player_level: int | None = None
    """Level the player had reached, counted from 0."""
