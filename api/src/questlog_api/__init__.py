"""The Questlog ingest service: game events in over HTTP, validated, out to Kinesis Firehose."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from questlog_api.app import create_app
    from questlog_api.settings import Settings

__all__ = ["Settings", "create_app"]

_PLACES = {"Settings": "questlog_api.settings", "create_app": "questlog_api.app"}


def __getattr__(name: str) -> object:
    # Imported when they are asked for: it takes a second, in which the command line can be interrupted.
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
