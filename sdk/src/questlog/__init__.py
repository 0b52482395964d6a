"""Questlog: typed game events, checked where they happen and delivered in the background."""

from questlog._async_client import AsyncClient
from questlog._client import Client
from questlog._context import Context
from questlog._emitter import Emitter
from questlog._generated import events
from questlog._generated.events import *  # noqa: F403 - a new event is public without an edit here
from questlog._install_id import install_id
from questlog._model import Event
from questlog._player_client import PlayerClient
from questlog._results import Drop, Rejection, Stats, Violation
from questlog._uuid7 import uuid7
from questlog.exceptions import InvalidEvent, QuestlogError

__all__ = [
    "AsyncClient",
    "Client",
    "Context",
    "Drop",
    "Emitter",
    "Event",
    "InvalidEvent",
    "PlayerClient",
    "QuestlogError",
    "Rejection",
    "Stats",
    "Violation",
    "install_id",
    "uuid7",
]
__all__ += events.__all__
