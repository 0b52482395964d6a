# Generated from schemas/refund/schema.json. Do not edit; run `nox -s codegen`.

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
class Refund(Event):
    """Money given back for an earlier purchase, in full or in part. It names the purchase by store and transaction id: stores know no event ids."""

    event: Literal["refund"] = "refund"
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
    store: Store
    store_transaction_id: str
    """Transaction id of the purchase that is refunded, as the store gave it."""
    amount: Money
    """Amount given back, tax included, in the currency of the purchase."""
    reason: Literal["customer_request", "accidental", "quality", "fraud", "chargeback", "other"]
    """Why the money was given back, as far as the store tells."""
    sandbox: bool
    """True when the store's test environment was used: such refunds are no revenue."""
    player_id: str | None = None
    """The studio's own account id. Absent before login."""
