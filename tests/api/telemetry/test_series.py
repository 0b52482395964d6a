from prometheus_client import Metric

from questlog_api.telemetry.series import Counter, Gauge, Histogram


def samples(family: Metric) -> list[tuple[str, dict[str, str], float]]:
    return [(sample.name, sample.labels, sample.value) for sample in family.samples]


def test_a_counter_shows_what_it_starts_with_and_what_was_counted() -> None:
    counter = Counter("seen_total", "Seen.", ("stream",), ["events"])
    counter.counts["rejects"] += 2
    assert samples(counter.family()) == [
        ("seen_total", {"stream": "events"}, 0),
        ("seen_total", {"stream": "rejects"}, 2),
    ]


def test_labels_have_their_values_in_order() -> None:
    counter = Counter("seen_total", "Seen.", ("event", "version"))
    counter.counts["purchase", "1.0"] += 1
    assert samples(counter.family()) == [("seen_total", {"event": "purchase", "version": "1.0"}, 1)]


def test_a_histogram_counts_up_to_and_including_each_bound_and_beyond_all() -> None:
    histogram = Histogram("size", "Size.", ("stream",), (1, 10))
    for value in (1, 2, 10, 11):
        histogram.observe("events", value)
    found = {labels.get("le", name): value for name, labels, value in samples(histogram.family())}
    assert found == {"1.0": 1, "10.0": 3, "+Inf": 4, "size_count": 4, "size_sum": 24}


def test_a_histogram_starts_at_zero() -> None:
    histogram = Histogram("size", "Size.", ("stream",), (1,), ["events"])
    assert ("size_count", {"stream": "events"}, 0) in samples(histogram.family())


def test_a_gauge_is_asked_each_time() -> None:
    gauge, held = Gauge("held", "Held."), [1]
    gauge.watch(lambda: held[0])
    held[0] = 2
    assert samples(gauge.family()) == [("held", {}, 2)]


def test_a_gauge_nobody_watches_shows_nothing() -> None:
    assert samples(Gauge("held", "Held.").family()) == []
