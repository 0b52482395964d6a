"""A context for tests that do not care who plays."""

from uuid import UUID

from questlog._context import Context
from questlog._generated.models.shared.app import App
from questlog._generated.models.shared.device import Device

CONTEXT = Context(
    install_id=UUID("01930f3a-7c00-7011-8000-0000000000aa"),
    session_id=UUID("01930f3a-7c00-7021-8000-0000000000bb"),
    app=App(version="1.0.0", build="1"),
    device=Device(platform="linux", os_version="6.12", model="test", locale="en-US"),
)
"""An installation that does not exist; `dataclasses.replace(CONTEXT, player_id="…")` for another one."""
