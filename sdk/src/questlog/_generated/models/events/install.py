# Generated from schemas/install/schema.json. Do not edit; run `nox -s codegen`.

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from questlog._model import Event

from ..shared.app import App
from ..shared.device import Device
from ..shared.store import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class Install(Event):
    """The first time a game runs after it was installed, with what is known of how the player came."""

    event: Literal["install"] = "install"
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
    install_kind: Literal["first_open", "reinstall"]
    """Whether this player is new to the game (first_open) or had it before on this device or account (reinstall)."""
    store: Store
    attribution_status: Literal["organic", "attributed", "unknown"]
    """Whether a paid or owned channel is credited with this install: organic, attributed, or unknown while the answer is outstanding."""
    player_id: str | None = None
    """The studio's own account id. Absent before login."""
    attribution_source: str | None = None
    """Network or channel credited, as the attribution provider names it, e.g. unity_ads. Absent when organic."""
    campaign: str | None = None
    """Campaign name or id as the network reports it."""
    ad_group: str | None = None
    """Ad group or ad set within the campaign."""
    creative: str | None = None
    """Creative shown: video, playable or image name or id."""
    clicked_at: datetime | None = None
    """When the credited ad was tapped, by the attribution provider's clock: RFC 3339 with an offset."""
    install_referrer: str | None = None
    """Google Play install referrer, as the store returned it (at most 512 characters)."""
    tracking_consent: Literal["authorized", "denied", "restricted", "not_determined"] | None = (
        None
    )
    """Answer to the platform's tracking prompt (App Tracking Transparency on iOS)."""
