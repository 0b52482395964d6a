"""Who plays and where: what every event of a client has in common."""

import json
from dataclasses import dataclass, field, fields
from typing import Any
from uuid import UUID

from questlog._generated.models.shared.app import App
from questlog._generated.models.shared.device import Device
from questlog._model import Model


@dataclass(frozen=True, kw_only=True, slots=True)
class Context(Model):
    """The installation, session, app and device that events come from; checked once, not for each of them.

    Attributes:
        install_id: Identity of this installation; keep it, and make a new one with `uuid7()` on reinstall.
        session_id: Identity of the play session; a new one after 30 minutes in the background.
        app: The build of the game.
        device: The device it runs on.
        player_id: The studio's own account id; None before login.

    Raises:
        InvalidEvent: when a value breaks the contracts; it names the field and the rule.
    """

    install_id: UUID
    session_id: UUID
    app: App
    device: Device
    player_id: str | None = None
    members: str = field(init=False, repr=False, compare=False, default="")
    """Its fields as members of an event's JSON."""

    def __post_init__(self) -> None:
        Model.__post_init__(self)  # not by `super()`: a dataclass with slots is another class
        text = json.dumps(self.to_json(), ensure_ascii=False, separators=(",", ":"))
        object.__setattr__(self, "members", text[1:-1])

    def as_arguments(self) -> dict[str, Any]:
        """Return what the models of events take of it."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.init}
