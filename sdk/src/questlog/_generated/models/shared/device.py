# Generated from schemas/shared/device.json. Do not edit; run `nox -s codegen`.

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from questlog._model import Model


@dataclass(frozen=True, kw_only=True, slots=True)
class Device(Model):
    """The device the game runs on, as the platform reports it."""

    platform: Literal["ios", "android", "windows", "macos", "linux", "web", "console"]
    """Operating system family."""
    os_version: str
    """Version of the operating system, e.g. 26.1."""
    model: str
    """Hardware model as the platform names it, e.g. iPhone17,2 or Pixel 9."""
    locale: str
    """Language and region the player chose, as a BCP 47 tag: de-DE, pt-BR, zh-Hant-TW."""
