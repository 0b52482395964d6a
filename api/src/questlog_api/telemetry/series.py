"""Counters, histograms and gauges for one thread: an increment is one addition in a dict, no lock.

prometheus_client's own take a lock and several calls an increment, which the event routes would feel. Its
families are made from these when somebody asks.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.utils import floatToGoString


class Counter:
    """Counts by label values: `counts[values] += 1`.

    The value of one label stands alone, those of several are a tuple in the order of `labels`. `start` are
    those that exist at zero from the beginning, so that `rate()` sees the first increment:
    https://prometheus.io/docs/practices/instrumentation/#avoid-missing-metrics
    """

    def __init__(
        self, name: str, text: str, labels: Sequence[str], start: Iterable[str | tuple[str, ...]] = ()
    ) -> None:
        self.counts: defaultdict[str | tuple[str, ...], int] = defaultdict(int, dict.fromkeys(start, 0))
        self._describe = name, text, labels

    def family(self) -> Metric:
        """Return the counts as Prometheus wants them."""
        name, text, labels = self._describe
        family = CounterMetricFamily(name, text, labels=labels)
        for values, count in self.counts.items():
            family.add_metric(_several(values), count)
        return family


class Histogram:
    """Counts values by label values, and in buckets of at most each of `bounds`, which rise.

    Label values and `start` are as in `Counter`.
    """

    def __init__(
        self,
        name: str,
        text: str,
        labels: Sequence[str],
        bounds: Sequence[float],
        start: Iterable[str | tuple[str, ...]] = (),
    ) -> None:
        self._describe = name, text, labels
        self._bounds = bounds
        # One list for each label values: a count for each bucket, for what is over all bounds, and the sum.
        self._rows: defaultdict[str | tuple[str, ...], list[float]] = defaultdict(self._row)
        for values in start:
            self._rows[values] = self._row()

    def observe(self, values: str | tuple[str, ...], value: float) -> None:
        """Count `value`."""
        row = self._rows[values]
        row[bisect_left(self._bounds, value)] += 1
        row[-1] += value

    def family(self) -> Metric:
        """Return the buckets as Prometheus wants them."""
        name, text, labels = self._describe
        family = HistogramMetricFamily(name, text, labels=labels)
        bounds = [*map(floatToGoString, self._bounds), "+Inf"]
        for values, (*counts, total) in self._rows.items():
            buckets = list(zip(bounds, accumulate(counts), strict=True))
            family.add_metric(_several(values), buckets, total)
        return family

    def _row(self) -> list[float]:
        return [0] * (len(self._bounds) + 2)


class Gauge:
    """Shows values that are asked for when somebody looks."""

    def __init__(self, name: str, text: str, labels: Sequence[str] = ()) -> None:
        self._describe = name, text, labels
        self._watched: dict[tuple[str, ...], Callable[[], float]] = {}

    def watch(self, value: Callable[[], float], *values: str) -> None:
        """Show `value` under these label values from now on."""
        self._watched[values] = value

    def family(self) -> Metric:
        """Return the values as Prometheus wants them."""
        name, text, labels = self._describe
        family = GaugeMetricFamily(name, text, labels=labels)
        for values, value in self._watched.items():
            family.add_metric(values, value())
        return family


def _several(values: str | tuple[str, ...]) -> tuple[str, ...]:
    return (values,) if isinstance(values, str) else values
