import json
import subprocess
import sys
from dataclasses import replace

import pytest
from api.deploy import costs
from api.deploy.costs import (
    GUIDANCE,
    INCREMENT_BYTES,
    WAYS,
    Load,
    Prices,
    Way,
    billed_bytes,
    cost,
    record_sizes,
)
from hypothesis import given
from hypothesis import strategies as st

from questlog_api.sinks import packing
from questlog_api.sinks.packing import PACKINGS
from tests.api.deploy.templates import DEPLOY, TEMPLATE, tree

SINGLE, NDJSON, GZIP, DIRECT, DIRECT_ROUNDED = WAYS
PRICES = Prices()
sizes = st.integers(1, 1_024_000)
loads = st.builds(
    Load,
    events=st.integers(1, 10**10),
    event_bytes=st.integers(1, 64 * 1024),
    lines_per_record=st.integers(1, 500),
    gzip_ratio=st.floats(1, 20),
)


@given(sizes)
def test_a_record_is_billed_in_whole_increments_of_5_kb_never_less_than_its_size(size: int) -> None:
    billed = billed_bytes(size)
    assert billed % INCREMENT_BYTES == 0
    assert size <= billed < size + INCREMENT_BYTES


@given(sizes, sizes)
def test_a_larger_record_is_never_billed_less(one: int, other: int) -> None:
    assert billed_bytes(min(one, other)) <= billed_bytes(max(one, other))


@given(loads)
def test_packing_changes_the_number_of_records_but_no_byte(load: Load) -> None:
    one, size = record_sizes(load, "single")
    packed, packed_size = record_sizes(load, "ndjson")
    assert packed <= one
    assert packed * packed_size == pytest.approx(one * size)


@given(loads)
def test_no_record_is_larger_than_the_api_packs(load: Load) -> None:
    records, size = record_sizes(load, "ndjson")
    assert size <= packing.RECORD_BYTES
    assert load.events / records <= packing.RECORD_LINES


@given(loads)
def test_packing_never_costs_more_than_single_records(load: Load) -> None:
    single, ndjson, gzip = (cost(load, way, PRICES).firehose for way in (SINGLE, NDJSON, GZIP))
    assert gzip <= ndjson * (1 + 1e-9)
    assert ndjson <= single * (1 + 1e-9)


@given(loads, st.sampled_from(WAYS))
def test_more_events_or_larger_ones_never_cost_less(load: Load, way: Way) -> None:
    total = cost(load, way, PRICES).total
    assert cost(replace(load, events=load.events * 2), way, PRICES).total >= total
    assert cost(replace(load, kept_days=load.kept_days * 2), way, PRICES).total >= total


def test_the_example_on_awss_price_page_comes_out() -> None:
    # 100 records a second of 3 KB are 1,235.96 GB a month at 5 KB each, for 35.84 USD.
    load = Load(events=100 * 30 * 24 * 3600, event_bytes=3 * 1024)
    assert cost(load, SINGLE, PRICES).firehose == pytest.approx(35.84, abs=0.005)


def test_a_month_of_packed_purchases_by_hand() -> None:
    load = Load(events=1_000_000, event_bytes=558, lines_per_record=100, gzip_ratio=7.0, kept_days=30)
    packed = cost(load, NDJSON, PRICES)
    # 10,000 records of 55,800 bytes, each billed as 11 x 5,120 = 56,320: 563,200,000 bytes.
    assert packed.firehose == pytest.approx(563_200_000 / 1024**3 * 0.029)
    # 0.558 GB x 0.0037 credits x 3 USD.
    assert packed.snowflake == pytest.approx(0.0061938)
    # 79,714,286 bytes kept for a month, and an object a minute: 43,200 written and read.
    assert packed.s3 == pytest.approx(79_714_286 / 1024**3 * 0.023 + 43.2 * 0.0054)
    # Two machines, a balancer and one unit of it, for 720 hours.
    assert packed.http == pytest.approx(720 * (2 * 0.0168 + 0.0225 + 0.008))


def test_objects_are_counted_by_size_once_they_fill_before_their_time() -> None:
    load = Load(events=10**9, event_bytes=1024, buffer_mib=1, gzip_ratio=1.0, kept_days=30)
    kept = 10**9 * 1024 / 1024**3 * 0.023
    assert cost(load, NDJSON, PRICES).s3 - kept == pytest.approx(10**9 * 1024 / 1024**2 / 1000 * 0.0054)


def test_billed_by_the_byte_a_direct_record_is_not_rounded() -> None:
    load = Load(events=1_000_000, event_bytes=558)
    assert cost(load, DIRECT, PRICES).firehose == pytest.approx(558_000_000 / 1024**3 * 0.071)
    assert cost(load, DIRECT_ROUNDED, PRICES).firehose == pytest.approx(5_120_000_000 / 1024**3 * 0.071)


def test_the_guidance_is_summed_as_its_own_table() -> None:
    assert GUIDANCE.total == pytest.approx(9.07 + 2.25 + 0.41 + 58.90 + 1.56 + 7.27)


def test_the_ways_are_the_packings_the_api_has() -> None:
    assert {way.packing for way in WAYS} == set(PACKINGS)


def test_limits_and_buffers_are_those_of_api_and_template() -> None:
    assert (costs.RECORD_LINES, costs.RECORD_BYTES) == (packing.RECORD_LINES, packing.RECORD_BYTES)
    parameters = tree(TEMPLATE.read_text(encoding="utf-8"))["Parameters"]
    assert Load().buffer_seconds == parameters["BufferSeconds"]["Default"]
    assert Load().buffer_mib == parameters["BufferMiB"]["Default"]
    assert Load().kept_days == parameters["EventsDays"]["Default"]


def test_every_price_has_a_unit_and_a_source() -> None:
    table = costs.price_table(PRICES)
    assert table.count("<https://") == len(Prices.__dataclass_fields__)


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(DEPLOY / "costs.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_line_prints_one_packing_for_a_program() -> None:
    done = run("--events", "1000000", "--event-bytes", "558", "--packing", "ndjson", "--json")
    answer = json.loads(done.stdout)
    assert [each["name"] for each in answer["costs"]] == [NDJSON.name]
    assert answer["costs"][0]["total"] == pytest.approx(
        cost(Load(events=1_000_000, event_bytes=558), NDJSON, PRICES).total
    )


def test_a_large_number_may_be_written_short() -> None:
    assert run("--events", "1e9").stdout == run("--events", "1000000000").stdout != ""


def test_a_price_can_be_replaced() -> None:
    done = run("--price", "firehose_gb=0", "--packing", "ndjson", "--json")
    assert json.loads(done.stdout)["costs"][0]["firehose"] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--price", "beer=3"], "no price is called so"),
        (["--price", "credit=cheap"], "--price"),
        (["--events", "0"], "must be more than 0"),
        (["--gzip-ratio", "nan"], "must be more than 0"),
        (["--events", "1.5"], "must be a whole number"),
    ],
    ids=["unknown price", "no number", "no events", "not a number", "half an event"],
)
def test_wrong_arguments_are_explained(arguments: list[str], words: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert words in done.stderr


def test_the_guidance_stands_only_below_the_load_it_is_for() -> None:
    assert GUIDANCE.name in run().stdout
    assert GUIDANCE.name not in run("--events", "1000").stdout


def test_the_tables_in_the_readme_are_what_the_model_says() -> None:
    readme = (DEPLOY / "README.md").read_text(encoding="utf-8")
    assert costs.document(PRICES) in readme, "run `python api/deploy/costs.py --markdown` and paste it"
