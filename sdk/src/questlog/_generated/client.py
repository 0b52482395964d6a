# Generated from schemas/. Do not edit; run `nox -s codegen`.
"""One typed method an event, for all that events can be given to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from questlog._context import Context
from questlog._generated import writers as _writers
from questlog._model import Event
from questlog._generated.models.events.install import Install
from questlog._generated.models.events.purchase import Purchase
from questlog._generated.models.events.refund import Refund
from questlog._generated.models.shared.money import Money
from questlog._generated.models.shared.store import Store


class EventMethods(ABC):
    """What can be said of every event; who inherits it knows how an event is stamped and where it goes."""

    @abstractmethod
    def _written(self, head: str, members: str, context: Context | None) -> str:
        """Take an event of now whose own members are written; `head` ends before its id. Return its id."""

    @abstractmethod
    def _made(
        self,
        kind: type[Event],
        context: Context | None,
        event_id: UUID | None,
        occurred_at: datetime | None,
        **members: Any,
    ) -> str:
        """Take an event whose members are for its model to judge. Return the id."""

    def install(
        self,
        *,
        install_kind: Literal["first_open", "reinstall"],
        store: Store,
        attribution_status: Literal["organic", "attributed", "unknown"],
        attribution_source: str | None = None,
        campaign: str | None = None,
        ad_group: str | None = None,
        creative: str | None = None,
        clicked_at: datetime | None = None,
        install_referrer: str | None = None,
        tracking_consent: Literal["authorized", "denied", "restricted", "not_determined"] | None = None,
        context: Context | None = None,
        event_id: UUID | None = None,
        occurred_at: datetime | None = None,
    ) -> str:
        """The first time a game runs after it was installed, with what is known of how the player came.

        Args:
            install_kind: Whether this player is new to the game (first_open) or had it before on this
                device or account (reinstall).
            store: Store that distributed the app and, for purchases, charged the player.
            attribution_status: Whether a paid or owned channel is credited with this install: organic,
                attributed, or unknown while the answer is outstanding.
            attribution_source: Network or channel credited, as the attribution provider names it, e.g.
                unity_ads. Absent when organic.
            campaign: Campaign name or id as the network reports it.
            ad_group: Ad group or ad set within the campaign.
            creative: Creative shown: video, playable or image name or id.
            clicked_at: When the credited ad was tapped, by the attribution provider's clock: RFC 3339 with
                an offset.
            install_referrer: Google Play install referrer, as the store returned it (at most 512
                characters).
            tracking_consent: Answer to the platform's tracking prompt (App Tracking Transparency on iOS).
            context: Who and where, in place of the client's own.
            event_id: Identity of the event; None makes a new one.
            occurred_at: When it happened, with a time zone; None is now.

        Returns:
            The event's id.

        Raises:
            InvalidEvent: when a value breaks the contract; it names the field and the rule.
        """
        members_ = _writers.write_install(
            install_kind,
            store,
            attribution_status,
            attribution_source,
            campaign,
            ad_group,
            creative,
            clicked_at,
            install_referrer,
            tracking_consent,
        )
        if members_ is not None and event_id is None and occurred_at is None:
            return self._written('{"event":"install","schema_version":"1.0","event_id":"', members_, context)
        return self._made(
            Install,
            context,
            event_id,
            occurred_at,
            install_kind=install_kind,
            store=store,
            attribution_status=attribution_status,
            attribution_source=attribution_source,
            campaign=campaign,
            ad_group=ad_group,
            creative=creative,
            clicked_at=clicked_at,
            install_referrer=install_referrer,
            tracking_consent=tracking_consent,
        )

    def purchase(
        self,
        *,
        product_id: str,
        product_type: Literal["consumable", "non_consumable", "subscription"],
        quantity: int,
        price: Money,
        store: Store,
        store_transaction_id: str,
        sandbox: bool,
        tax_micros: int | None = None,
        store_fee_micros: int | None = None,
        original_transaction_id: str | None = None,
        receipt_sha256: str | None = None,
        placement: str | None = None,
        player_level: int | None = None,
        context: Context | None = None,
        event_id: UUID | None = None,
        occurred_at: datetime | None = None,
    ) -> str:
        """A completed real-money purchase, as the store confirmed it to the game.

        Args:
            product_id: Product id (SKU) in the store's catalogue.
            product_type: How the product is consumed.
            quantity: Units bought in this transaction, in pieces.
            price: Total charged for this transaction: all units, tax included.
            store: Store that distributed the app and, for purchases, charged the player.
            store_transaction_id: Transaction id the store gave, unique within the store: StoreKit
                transactionID, Play orderId.
            sandbox: True when the store's test environment was used: such purchases are no revenue.
            tax_micros: Tax contained in the price, in micros of the price's currency. Absent when the store
                does not tell.
            store_fee_micros: Commission the store keeps, in micros of the price's currency. Absent when
                unknown.
            original_transaction_id: Transaction that started the subscription, or that this one restores.
                Absent for a first purchase.
            receipt_sha256: SHA-256 of the store receipt, 64 hexadecimal digits in lower case. Never the
                receipt itself: it is personal data.
            placement: Where in the game the offer was shown, e.g. shop or out_of_lives.
            player_level: Level the player had reached, counted from 0.
            context: Who and where, in place of the client's own.
            event_id: Identity of the event; None makes a new one.
            occurred_at: When it happened, with a time zone; None is now.

        Returns:
            The event's id.

        Raises:
            InvalidEvent: when a value breaks the contract; it names the field and the rule.
        """
        members_ = _writers.write_purchase(
            product_id,
            product_type,
            quantity,
            price,
            store,
            store_transaction_id,
            sandbox,
            tax_micros,
            store_fee_micros,
            original_transaction_id,
            receipt_sha256,
            placement,
            player_level,
        )
        if members_ is not None and event_id is None and occurred_at is None:
            return self._written('{"event":"purchase","schema_version":"1.0","event_id":"', members_, context)
        return self._made(
            Purchase,
            context,
            event_id,
            occurred_at,
            product_id=product_id,
            product_type=product_type,
            quantity=quantity,
            price=price,
            store=store,
            store_transaction_id=store_transaction_id,
            sandbox=sandbox,
            tax_micros=tax_micros,
            store_fee_micros=store_fee_micros,
            original_transaction_id=original_transaction_id,
            receipt_sha256=receipt_sha256,
            placement=placement,
            player_level=player_level,
        )

    def refund(
        self,
        *,
        store: Store,
        store_transaction_id: str,
        amount: Money,
        reason: Literal["customer_request", "accidental", "quality", "fraud", "chargeback", "other"],
        sandbox: bool,
        context: Context | None = None,
        event_id: UUID | None = None,
        occurred_at: datetime | None = None,
    ) -> str:
        """Money given back for an earlier purchase, in full or in part. It names the purchase by store and
        transaction id: stores know no event ids.

        Args:
            store: Store that distributed the app and, for purchases, charged the player.
            store_transaction_id: Transaction id of the purchase that is refunded, as the store gave it.
            amount: Amount given back, tax included, in the currency of the purchase.
            reason: Why the money was given back, as far as the store tells.
            sandbox: True when the store's test environment was used: such refunds are no revenue.
            context: Who and where, in place of the client's own.
            event_id: Identity of the event; None makes a new one.
            occurred_at: When it happened, with a time zone; None is now.

        Returns:
            The event's id.

        Raises:
            InvalidEvent: when a value breaks the contract; it names the field and the rule.
        """
        members_ = _writers.write_refund(
            store,
            store_transaction_id,
            amount,
            reason,
            sandbox,
        )
        if members_ is not None and event_id is None and occurred_at is None:
            return self._written('{"event":"refund","schema_version":"1.0","event_id":"', members_, context)
        return self._made(
            Refund,
            context,
            event_id,
            occurred_at,
            store=store,
            store_transaction_id=store_transaction_id,
            amount=amount,
            reason=reason,
            sandbox=sandbox,
        )
