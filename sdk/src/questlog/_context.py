"""Who plays and where: what every event of a client has in common."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from questlog._generated.models.shared.app import App
from questlog._generated.models.shared.device import Device


@dataclass(frozen=True, kw_only=True, slots=True)
class Stamp:
    """The envelope of one event."""

    event_id: UUID
    occurred_at: datetime
    install_id: UUID
    player_id: str | None
    session_id: UUID
    app: App
    device: Device


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """The installation, session, app and device that events come from.

    Attributes:
        install_id: Identity of this installation; keep it, and make a new one with `uuid7()` on reinstall.
        session_id: Identity of the play session; a new one after 30 minutes in the background.
        app: The build of the game.
        device: The device it runs on.
        player_id: The studio's own account id; None before login.
    """

    install_id: UUID
    session_id: UUID
    app: App
    device: Device
    player_id: str | None = None

    def stamp(self, event_id: UUID, occurred_at: datetime) -> Stamp:
        """Return the envelope of an event that happened at `occurred_at`, in this context."""
        return Stamp(
            event_id=event_id,
            occurred_at=occurred_at,
            install_id=self.install_id,
            player_id=self.player_id,
            session_id=self.session_id,
            app=self.app,
            device=self.device,
        )
