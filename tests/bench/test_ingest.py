"""The tables of the bench, from measurements that are made up, or as short as they can be."""

from itertools import product

import jsonschema
import orjson
import pytest

from tests.bench import ingest_growth, ingest_latency, ingest_parts, ingest_rates
from tests.bench.ingest_growth import SIZES
from tests.bench.ingest_rates import BARE, BATCHES, BY_HAND, QUESTLOG, RAW, SINGLE, ZIPPED, Rates
from tests.bench.ingest_servers import Cost
from tests.load.outcome import Outcome


def outcome(p99: float) -> Outcome:
    latency = {"p50": 21.0, "p90": 30.0, "p99": p99, "max": 90.0}
    return Outcome(1000, {"202": 1000}, 1000, 0, 0, 0, 1.0, latency, 0.1)


def rates(*rounds: float, others: float = 1000) -> Rates:
    """Return rates of the service, one for each round, and of the others, the same each time."""
    names = (BARE, RAW, BY_HAND, QUESTLOG, ZIPPED)
    return Rates(
        [
            {
                (name, load): Cost(1000, 1000 / (rate if name == QUESTLOG else others), outcome(30))
                for name, load in product(names, (SINGLE, BATCHES))
            }
            for rate in rounds
        ]
    )


def test_of_several_rounds_the_best_and_the_median_are_told() -> None:
    measured = rates(20_000, 40_000, 25_000)

    assert measured.best(QUESTLOG, SINGLE).per_cpu_second == pytest.approx(40_000)
    assert measured.median(QUESTLOG, SINGLE) == pytest.approx(25_000)
    assert measured.ratio(SINGLE, BY_HAND) == pytest.approx(25)


@pytest.mark.parametrize(("rate", "verdict"), [(100_000, "reached"), (300, "MISSED")])
def test_each_target_stands_beside_what_was_reached(rate: float, verdict: str) -> None:
    targets = [line for line in ingest_rates.table(rates(rate)) if "target" in line]

    assert len(targets) == len(ingest_rates.TARGETS)
    assert all(line.endswith(verdict) for line in targets)


@pytest.mark.parametrize(("p99", "verdict"), [(59.9, "reached"), (60.1, "MISSED")])
def test_the_latency_stands_beside_its_target(p99: float, verdict: str) -> None:
    assert ingest_latency._row("single events", 8000, outcome(p99)).endswith(verdict)


def test_memory_is_told_over_time() -> None:
    sizes = [mib * 1024**2 for mib in (100, 110, 120, 130, 120, 121, 122, 123)]

    assert ingest_latency._summary(sizes) == (
        "first 100.0 MiB, after each quarter 110.0, 130.0, 121.0, 123.0, max 130.0, last 123.0"
    )


@pytest.mark.parametrize(("size", "nearly"), [("0.5 kB", 590), ("2 kB", 2000), ("10 kB", 10_000)])
def test_larger_events_are_as_large_as_they_are_called_and_valid(size: str, nearly: int) -> None:
    [contract] = [c for c in ingest_growth._catalog().contracts if c.event == "purchase"]
    event = ingest_growth._event(size)

    jsonschema.validate(event, dict(contract.newest.schema))
    assert len(orjson.dumps(event)) == pytest.approx(nearly, rel=0.05)


def test_the_table_of_growth_has_a_row_for_each_size_and_a_column_for_each_batch() -> None:
    cells = {(size, batch): 10.0 for size in SIZES for batch in ingest_growth.BATCHES}

    heading, *rows = ingest_growth.table(cells)

    assert heading.split()[-4:] == ["1", "10", "100", "500"]
    assert [row.split()[-4:] for row in rows] == [["10.0"] * 4] * len(SIZES)


def test_the_parts_and_the_rest_are_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest_parts, "_SECONDS", 0.01)
    monkeypatch.setattr(ingest_parts, "_REPEATS", 1)

    lines = {line[:36].strip(): line[36:].split() for line in ingest_parts.table(rates(10_000))}

    served = [
        name for name in lines if "whole" not in name and "ndjson+gzip" not in name and "CPU" not in name
    ]
    assert sum(float(lines[name][0]) for name in served) == pytest.approx(100, abs=0.1)
