from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from questlog_api.telemetry.metrics import Metrics, SpoolState

EVENTS = {"purchase": ("1.0", "1.1"), "refund": ("1.0",)}


def shown(metrics: Metrics, name: str) -> dict[tuple[str, ...], float]:
    """The samples of that name, by the values of their labels in the order of the labels' names."""
    return dict(_samples(metrics, name))


def _samples(metrics: Metrics, name: str) -> Iterator[tuple[tuple[str, ...], float]]:
    for family in text_string_to_metric_families(metrics.exposition().decode()):
        for sample in family.samples:
            if sample.name == name:
                yield tuple(value for _, value in sorted(sample.labels.items())), sample.value


def test_every_known_version_is_there_at_zero_before_anyone_sends_it() -> None:
    counts = shown(Metrics(EVENTS), "questlog_events_accepted_total")
    assert counts == {("purchase", "1.0"): 0, ("purchase", "1.1"): 0, ("refund", "1.0"): 0}


def test_refusals_and_answers_that_alerts_look_for_are_there_at_zero() -> None:
    metrics = Metrics(EVENTS, routes=("/v1/events",))
    refused = shown(metrics, "questlog_events_rejected_total")
    assert refused["refund", "required", "invalid_event", "1.0"] == 0
    assert shown(metrics, "questlog_requests_total")["/v1/events", "503"] == 0
    assert shown(metrics, "questlog_limited_total") == {("events",): 0, ("rejects",): 0}


def test_acknowledged_events_are_counted_by_version() -> None:
    metrics = Metrics(EVENTS)
    metrics.accepted([("purchase", "1.0")] * 99)
    metrics.accepted([("purchase", "1.0")])
    assert shown(metrics, "questlog_events_accepted_total")["purchase", "1.0"] == 100


@pytest.mark.parametrize(
    ("event", "version", "labels"),
    [
        ("purchase", "1.0", ("purchase", "1.0")),
        ("purchase", "9.9", ("purchase", "unknown")),
        ("alice@example.com", "1.0", ("unknown", "unknown")),
        ("purchase", None, ("purchase", "unknown")),
        ({"a": 1}, ["1.0"], ("unknown", "unknown")),
    ],
)
def test_what_no_contract_knows_is_never_a_label(
    event: object, version: object, labels: tuple[str, str]
) -> None:
    metrics = Metrics(EVENTS)
    metrics.rejected(event, version, "type", "invalid_event")
    counts = shown(metrics, "questlog_events_rejected_total")
    assert {labels for labels, count in counts.items() if count} == {
        (labels[0], "type", "invalid_event", labels[1])
    }


def test_an_answer_is_counted_by_route_and_status_and_timed() -> None:
    metrics = Metrics()
    metrics.request("/v1/events", 202, 0.003)
    assert shown(metrics, "questlog_requests_total") == {("/v1/events", "202"): 1}
    assert shown(metrics, "questlog_request_seconds_sum") == {("/v1/events",): 0.003}


def test_a_status_that_is_not_expected_is_counted_as_well() -> None:
    metrics = Metrics()
    metrics.request("/v1/events", 431, 0.003)
    assert shown(metrics, "questlog_requests_total") == {("/v1/events", "431"): 1}


def test_a_bucket_holds_its_bound_and_all_that_is_less() -> None:
    metrics = Metrics()
    for seconds in (0.001, 0.005, 0.0051, 1000):
        metrics.request("/v1/events", 202, seconds)
    buckets = {
        bound: count for (bound, _), count in shown(metrics, "questlog_request_seconds_bucket").items()
    }
    assert (buckets["0.001"], buckets["0.005"], buckets["0.01"]) == (1, 2, 3)
    assert (buckets["25.0"], buckets["+Inf"]) == (3, 4)
    assert shown(metrics, "questlog_request_seconds_count") == {("/v1/events",): 4}


def test_a_put_is_timed_by_outcome_and_its_lines_and_bytes_are_counted() -> None:
    metrics = Metrics()
    metrics.put("events", "partial", 0.02, lines=40, size=23_000)
    metrics.retried("events", "ServiceUnavailableException", 3)
    assert shown(metrics, "questlog_put_seconds_count")["partial", "events"] == 1
    assert shown(metrics, "questlog_put_lines_sum")["events",] == 40
    assert shown(metrics, "questlog_put_bytes_total")["events",] == 23_000
    assert shown(metrics, "questlog_put_retries_total") == {("ServiceUnavailableException", "events"): 3}


def test_lines_in_and_out_of_the_spool_are_counted() -> None:
    metrics = Metrics()
    metrics.spooled("events", 5)
    metrics.replayed("events", 3)
    assert shown(metrics, "questlog_spooled_lines_total") == {("events",): 5, ("rejects",): 0}
    assert shown(metrics, "questlog_replayed_lines_total") == {("events",): 3, ("rejects",): 0}


def test_a_limited_request_and_a_refused_connection_are_counted() -> None:
    metrics = Metrics()
    metrics.limited("rejects")
    metrics.refused("headers-late")
    assert shown(metrics, "questlog_limited_total")["rejects",] == 1
    assert shown(metrics, "questlog_connections_refused_total")["headers-late",] == 1


def test_what_is_watched_is_asked_for_when_somebody_looks() -> None:
    metrics, held, spool = Metrics(), [0], [SpoolState()]
    metrics.watch_budget(lambda: held[0], 64)
    metrics.watch_spool(lambda: spool[0])
    held[0] = 7
    spool[0] = SpoolState({"events": 2}, bytes=900, capacity_bytes=1000, oldest_seconds=1.5, is_open=False)
    assert shown(metrics, "questlog_inflight_bytes") == {(): 7}
    assert shown(metrics, "questlog_inflight_capacity_bytes") == {(): 64}
    assert shown(metrics, "questlog_spool_lines") == {("events",): 2, ("rejects",): 0}
    assert shown(metrics, "questlog_spool_bytes") == {(): 900}
    assert shown(metrics, "questlog_spool_capacity_bytes") == {(): 1000}
    assert shown(metrics, "questlog_spool_oldest_seconds") == {(): 1.5}
    assert shown(metrics, "questlog_spool_open") == {(): 0}


def test_streams_are_watched_one_by_one() -> None:
    metrics = Metrics()
    metrics.watch_breaker("events", lambda: True)
    metrics.watch_breaker("rejects", lambda: False)
    metrics.watch_waiting("events", lambda: 5)
    assert shown(metrics, "questlog_breaker_open") == {("events",): 1, ("rejects",): 0}
    assert shown(metrics, "questlog_waiting_bytes") == {("events",): 5}


def test_the_server_the_keys_and_the_quotas_are_watched() -> None:
    metrics = Metrics()
    metrics.watch_connections(lambda: 12)
    metrics.watch_keys(lambda: True)
    metrics.watch_quotas(lambda: False)
    assert shown(metrics, "questlog_connections") == {(): 12}
    assert shown(metrics, "questlog_write_keys_stale") == {(): 1}
    assert shown(metrics, "questlog_quota_store_down") == {(): 0}


def test_the_version_and_the_memory_of_the_process_are_shown() -> None:
    metrics = Metrics()
    assert list(shown(metrics, "questlog_build_info").values()) == [1]
    assert shown(metrics, "process_resident_memory_bytes")[()] > 1_000_000


def test_two_services_in_a_process_count_apart() -> None:
    one, other = Metrics(EVENTS), Metrics(EVENTS)
    one.accepted([("refund", "1.0")])
    assert shown(other, "questlog_events_accepted_total")["refund", "1.0"] == 0
