# Generated from schemas/shared/store.json. Do not edit; run `nox -s codegen`.

from __future__ import annotations

from typing import Literal, TypeAlias

from questlog._model import Model

Store: TypeAlias = Literal["app_store", "google_play", "amazon", "galaxy_store", "huawei", "steam", "epic", "web", "other"]
"""Store that distributed the app and, for purchases, charged the player."""
