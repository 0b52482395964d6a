"""What the service counts, for Prometheus.

Everything is counted in the thread of the event loop, and shown by it: nothing here takes a lock.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version as installed_version
from itertools import product

from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    Metric,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.registry import Collector

from questlog_api._generated.keywords import DETAILS
from questlog_api.telemetry.series import Counter, Gauge, Histogram

UNKNOWN = "unknown"
"""Label of an event or version that no contract has: what clients send must not become labels."""

_STREAMS = ("events", "rejects")
_OUTCOMES = ("ok", "partial", "failed")
_LIMITS = ("events", "rejects")
_CONNECTIONS = ("too-many", "headers-late", "headers-large", "malformed", "stalled")
_STATUSES = ("200", "202", "207", "401", "408", "413", "422", "429", "500", "503")
# Looked up, as an int takes three times as long to write out.
_STATUS_LABELS = {int(status): status for status in _STATUSES}

_REQUEST_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.06, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 25)
_PUT_SECONDS = (0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1.25, 2.5, 5, 10)
_PUT_LINES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)


@dataclass(frozen=True, slots=True)
class SpoolState:
    """What the spool holds: lines by stream, bytes of them all, how many fit, and the age of the oldest.

    When it is not open, that is what it held when it was, as far as that is known.
    """

    lines: Mapping[str, int] = field(default_factory=dict)
    bytes: int = 0
    capacity_bytes: int = 0
    oldest_seconds: float = 0
    is_open: bool = True


class Metrics:
    """The counts of one service, made by `create_app` and handed on.

    `events` are the events there are and their versions, which a catalog is as well, and `routes` what
    `request` will be told: their counts exist at zero from the beginning, so that alerts see the first one.
    """

    def __init__(self, events: Mapping[str, Iterable[str]] | None = None, routes: Iterable[str] = ()) -> None:
        self._versions = {event: frozenset(versions) for event, versions in (events or {}).items()}
        known = [(event, number) for event, numbers in self._versions.items() for number in numbers]
        routes = tuple(routes)
        self._count_requests(known, routes)
        self._count_deliveries()
        self._show_state()
        self.registry = CollectorRegistry()
        """All of it, with the process' own: memory, processor seconds, open files."""
        self.registry.register(_Collected(self._families))
        for of_process in (ProcessCollector, PlatformCollector, GCCollector):
            of_process(registry=self.registry)

    def _count_requests(self, known: list[tuple[str, str]], routes: tuple[str, ...]) -> None:
        self._requests = Counter(
            "questlog_requests_total", "Answers sent.", ("route", "status"), product(routes, _STATUSES)
        )
        self._request_seconds = Histogram(
            "questlog_request_seconds",
            "Seconds from the headers of a request to its answer.",
            ("route",),
            _REQUEST_SECONDS,
            routes,
        )
        self._accepted = Counter(
            "questlog_events_accepted_total", "Events acknowledged.", ("event", "version"), known
        )
        self._rejected = Counter(
            "questlog_events_rejected_total",
            "Events refused and kept in the rejects stream, by reason and the first keyword they break.",
            ("event", "version", "reason", "keyword"),
            [(*contract, "invalid_event", keyword) for contract in known for keyword in DETAILS],
        )
        self._limited = Counter(
            "questlog_limited_total", "Requests refused as over a limit of their key.", ("limit",), _LIMITS
        )
        self._refused = Counter(
            "questlog_connections_refused_total",
            "Connections closed by a limit of the server.",
            ("reason",),
            _CONNECTIONS,
        )

    def _count_deliveries(self) -> None:
        self._put_seconds = Histogram(
            "questlog_put_seconds",
            "Seconds of a call to Firehose.",
            ("stream", "outcome"),
            _PUT_SECONDS,
            product(_STREAMS, _OUTCOMES),
        )
        self._put_lines = Histogram(
            "questlog_put_lines", "Lines in a call to Firehose.", ("stream",), _PUT_LINES, _STREAMS
        )
        self._put_bytes = Counter("questlog_put_bytes_total", "Bytes put to Firehose.", ("stream",), _STREAMS)
        self._retries = Counter(
            "questlog_put_retries_total", "Records put again, by what was wrong.", ("stream", "reason")
        )
        self._spooled = Counter(
            "questlog_spooled_lines_total", "Lines written to the spool.", ("stream",), _STREAMS
        )
        self._replayed = Counter(
            "questlog_replayed_lines_total", "Lines sent from the spool.", ("stream",), _STREAMS
        )

    def _show_state(self) -> None:
        stream = ("stream",)
        self._inflight = Gauge("questlog_inflight_bytes", "Bytes that requests under way hold.")
        self._inflight_capacity = Gauge("questlog_inflight_capacity_bytes", "Bytes that requests may hold.")
        self._waiting = Gauge("questlog_waiting_bytes", "Bytes of lines that wait for a put.", stream)
        self._spool_lines = Gauge("questlog_spool_lines", "Lines in the spool.", stream)
        self._spool_bytes = Gauge("questlog_spool_bytes", "Bytes of lines in the spool.")
        self._spool_capacity = Gauge("questlog_spool_capacity_bytes", "Bytes the spool may hold.")
        self._spool_oldest = Gauge("questlog_spool_oldest_seconds", "Age of the oldest line in the spool.")
        self._spool_open = Gauge("questlog_spool_open", "1 while the file of the spool can be used.")
        self._breaker = Gauge("questlog_breaker_open", "1 while Firehose is left alone.", stream)
        self._connections = Gauge("questlog_connections", "Connections that are open.")
        self._keys_stale = Gauge("questlog_write_keys_stale", "1 while the file of write keys is broken.")
        self._quota_store_down = Gauge("questlog_quota_store_down", "1 while the quotas' Redis is away.")
        build = Gauge("questlog_build_info", "Always 1; which version runs.", ("version",))
        build.watch(lambda: 1, installed_version("questlog-api"))
        self._build = build

    def request(self, route: str, status: int, seconds: float) -> None:
        """Count an answer. `route` is an address as it is registered, never one that a client sent."""
        self._requests.counts[route, _STATUS_LABELS.get(status) or str(status)] += 1
        self._request_seconds.observe(route, seconds)

    def accepted(self, contracts: Iterable[tuple[str, str]]) -> None:
        """Count acknowledged events, each by its name and version."""
        counts = self._accepted.counts
        for contract in contracts:
            counts[contract] += 1

    def rejected(self, event: object, version: object, keyword: str, reason: str) -> None:
        """Count a refused event; `event` and `version` may be anything that was submitted."""
        versions = self._versions.get(event) if isinstance(event, str) else None
        known = versions is not None and isinstance(version, str) and version in versions
        labels = UNKNOWN if versions is None else str(event), str(version) if known else UNKNOWN
        self._rejected.counts[(*labels, str(reason), keyword)] += 1

    def put(self, stream: str, outcome: str, seconds: float, lines: int, size: int) -> None:
        """Count a call to Firehose: `ok`, `partial` or `failed`, its lines and their bytes as sent."""
        self._put_seconds.observe((stream, outcome), seconds)
        self._put_lines.observe(stream, lines)
        self._put_bytes.counts[stream] += size

    def retried(self, stream: str, reason: str, records: int) -> None:
        """Count records that are put again; `reason` is an error code of AWS or the name of an exception."""
        self._retries.counts[stream, reason] += records

    def spooled(self, stream: str, lines: int) -> None:
        """Count lines that went to the spool."""
        self._spooled.counts[stream] += lines

    def replayed(self, stream: str, lines: int) -> None:
        """Count lines that left the spool."""
        self._replayed.counts[stream] += lines

    def limited(self, limit: str) -> None:
        """Count a request over a limit of its key: `events` or `rejects`."""
        self._limited.counts[limit] += 1

    def refused(self, reason: str) -> None:
        """Count a connection that the server closed: `reason` is one of those of `server`."""
        self._refused.counts[reason] += 1

    def watch_budget(self, held: Callable[[], int], capacity: int) -> None:
        """Show the bytes that requests hold, of at most `capacity`."""
        self._inflight.watch(held)
        self._inflight_capacity.watch(lambda: capacity)

    def watch_spool(self, state: Callable[[], SpoolState]) -> None:
        """Show what the spool holds; `state` is asked several times each time somebody looks."""
        for stream in _STREAMS:
            self._spool_lines.watch(partial(_lines_of, state, stream), stream)
        self._spool_bytes.watch(lambda: state().bytes)
        self._spool_capacity.watch(lambda: state().capacity_bytes)
        self._spool_oldest.watch(lambda: state().oldest_seconds)
        self._spool_open.watch(lambda: state().is_open)

    def watch_breaker(self, stream: str, is_open: Callable[[], bool]) -> None:
        """Show whether `stream` is left alone because it failed."""
        self._breaker.watch(is_open, stream)

    def watch_waiting(self, stream: str, size: Callable[[], int]) -> None:
        """Show the bytes of lines that wait for the next put to `stream`."""
        self._waiting.watch(size, stream)

    def watch_connections(self, count: Callable[[], int]) -> None:
        """Show how many connections are open."""
        self._connections.watch(count)

    def watch_keys(self, is_stale: Callable[[], bool]) -> None:
        """Show whether the file of write keys is broken, so that older keys are in use."""
        self._keys_stale.watch(is_stale)

    def watch_quotas(self, is_away: Callable[[], bool]) -> None:
        """Show whether the Redis of the quotas is away, so that this process counts alone."""
        self._quota_store_down.watch(is_away)

    def exposition(self) -> bytes:
        """Return everything in the Prometheus text format."""
        return generate_latest(self.registry)

    def _families(self) -> Iterator[Metric]:
        for series in vars(self).values():
            if isinstance(series, Counter | Histogram | Gauge):
                yield series.family()


class _Collected(Collector):
    """Hands families to the registry."""

    def __init__(self, families: Callable[[], Iterator[Metric]]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        return self._families()


def _lines_of(state: Callable[[], SpoolState], stream: str) -> int:
    return state().lines.get(stream, 0)
