"""Where lines go. A sink's `put` returns when the lines are durable, and only then."""

import logging

from questlog_api.settings import Settings
from questlog_api.sinks.base import Sink, SinkUnavailable, Stream
from questlog_api.sinks.firehose import FirehoseSink
from questlog_api.sinks.memory import MemorySink

__all__ = ["FirehoseSink", "MemorySink", "Sink", "SinkUnavailable", "Stream", "open_sink"]

_log = logging.getLogger(__name__)


def open_sink(settings: Settings) -> Sink:
    """Return the sink the settings choose."""
    if settings.sink == "memory":
        _log.warning("the sink is memory: accepted events are gone when this process ends")
        return MemorySink()
    return FirehoseSink.from_settings(settings)
