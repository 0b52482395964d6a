# Generated from schemas/. Do not edit; run `nox -s codegen`.
"""Refuses to build this package while a contract in it may still change; hatchling runs it."""

import os
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DRAFTS: tuple[str, ...] = ()
"""Contracts in this package that are not released."""

_YES = ("1", "on", "t", "true", "y", "yes")  # as the API's settings spell it


class DraftGuard(BuildHookInterface[BuilderConfig]):
    """Stops wheels and sdists with drafts; an editable installation follows them as they change."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """End the build with a message unless all contracts are released, or drafts are allowed."""
        allowed = os.environ.get("QUESTLOG_ALLOW_DRAFTS", "").lower() in _YES
        if DRAFTS and version != "editable" and not allowed:
            self.app.abort(
                f"{self.metadata.name} carries drafts, contracts that may still change: {', '.join(DRAFTS)}. "
                "Release them with `nox -s release`, "
                "or set QUESTLOG_ALLOW_DRAFTS=1 in the environment to build all the same."
            )
