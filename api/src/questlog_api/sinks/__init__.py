"""Where lines go. A sink's `put` returns when the lines are durable, and only then."""

import logging

from questlog_api.settings import Settings
from questlog_api.sinks.base import Cause, Health, Sink, SinkUnavailable, Stream
from questlog_api.sinks.breaker import BreakerSink
from questlog_api.sinks.firehose import FirehoseSink
from questlog_api.sinks.memory import MemorySink
from questlog_api.sinks.spool import SpoolSink
from questlog_api.telemetry.metrics import Metrics

__all__ = [
    "BreakerSink",
    "Cause",
    "FirehoseSink",
    "Health",
    "MemorySink",
    "Sink",
    "SinkUnavailable",
    "SpoolSink",
    "Stream",
    "open_sink",
]

_log = logging.getLogger(__name__)


def open_sink(settings: Settings, metrics: Metrics) -> Sink:
    """Return the sink the settings choose.

    Raises:
        ValueError: when they do not say where the streams are.
    """
    if settings.sink == "memory":
        _log.warning("the sink is memory: accepted events are gone when this process ends")
        return MemorySink()
    firehose = FirehoseSink.from_settings(settings, metrics)
    sink = BreakerSink(firehose, settings.breaker_failures, settings.breaker_seconds, metrics)
    return sink if settings.spool_path is None else SpoolSink(sink, settings, metrics)
