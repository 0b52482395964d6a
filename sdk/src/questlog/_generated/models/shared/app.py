# Generated from schemas/shared/app.json. Do not edit; run `nox -s codegen`.

from __future__ import annotations

from dataclasses import dataclass

from questlog._model import Model


@dataclass(frozen=True, kw_only=True, slots=True)
class App(Model):
    """The build of the game that sent the event."""

    version: str
    """Version a player sees in the store, e.g. 2.14.0."""
    build: str
    """Build number, unique for every binary of the game, e.g. 21400417."""
