# ruff: noqa: INP001, T201 - a script beside the templates, in no package; a command line prints
"""What a month of events costs on each way to Snowflake: `python api/deploy/costs.py --events 259200000`.

A month has 30 days. Left out, as it is the same on every way: the warehouse that runs the MERGE, tables,
metrics and logs, data transfer. Events are counted once: refused ones cost the same.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import Field, asdict, dataclass, field, fields, replace
from math import ceil
from typing import Any

LOOKED_UP = "us-east-1, as known in November 2026: check them before you budget"
AWS_GB = 1024**3  # AWS' own examples divide KB by 1,048,576: https://aws.amazon.com/firehose/pricing/
SNOWFLAKE_GB = 1000**3  # the larger bill, as no page says which
MONTH_SECONDS = 30 * 24 * 3600
# Firehose bills each record rounded up to 5 KB: https://aws.amazon.com/firehose/pricing/
INCREMENT_BYTES = 5 * 1024
# As questlog_api packs: https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
RECORD_LINES = 500
RECORD_BYTES = 1000 * 1024

_FIREHOSE = "https://aws.amazon.com/firehose/pricing/"
_S3 = "https://aws.amazon.com/s3/pricing/"
_SNOWFLAKE = "https://www.snowflake.com/legal-files/CreditConsumptionTable.pdf"
_EC2 = "https://aws.amazon.com/ec2/pricing/on-demand/"
_BALANCER = "https://aws.amazon.com/elasticloadbalancing/pricing/"


def _price(value: float, unit: str, source: str) -> Any:
    return field(default=value, metadata={"unit": unit, "source": source})


@dataclass(frozen=True, slots=True)
class Prices:
    """List prices without free tiers and discounts, each of which may be replaced."""

    firehose_gb: float = _price(0.029, "USD a GB from Direct PUT, the first 500 TB a month", _FIREHOSE)
    firehose_snowflake_gb: float = _price(0.071, "USD a GB to Snowflake; unconfirmed", _FIREHOSE)
    s3_gb_month: float = _price(0.023, "USD a GB and month, Standard", _S3)
    s3_1000_puts: float = _price(0.005, "USD for 1,000 PUT requests", _S3)
    s3_1000_gets: float = _price(0.0004, "USD for 1,000 GET requests", _S3)
    snowpipe_credits_gb: float = _price(0.0037, "credits a GB of text, uncompressed", _SNOWFLAKE)
    streaming_credits_gb: float = _price(
        0.0037, "credits a GB, uncompressed (Snowpipe Streaming)", _SNOWFLAKE
    )
    credit: float = _price(3.0, "USD a credit, Enterprise edition on demand", _SNOWFLAKE)
    api_machine_hour: float = _price(0.0168, "USD an hour, t4g.small", _EC2)
    balancer_hour: float = _price(0.0225, "USD an hour, Application Load Balancer", _BALANCER)
    balancer_unit_hour: float = _price(0.008, "USD an hour and capacity unit of it", _BALANCER)


def _number(value: float, text: str) -> Any:
    return field(default=value, metadata={"help": text})


@dataclass(frozen=True, slots=True)
class Load:
    """A month of events, and how they are sent and kept."""

    events: int = _number(259_200_000, "events a month")
    event_bytes: int = _number(558, "bytes of a line, as the API sends it")
    lines_per_record: int = _number(100, "lines in a record, where they are packed")
    gzip_ratio: float = _number(7.0, "how much smaller gzip makes them")
    buffer_seconds: int = _number(60, "seconds after which Firehose writes an object")
    buffer_mib: int = _number(64, "MiB after which it does so earlier")
    kept_days: int = _number(395, "days S3 keeps objects")
    api_machines: int = _number(2, "machines that run the API")


@dataclass(frozen=True, slots=True)
class Way:
    """A way to Snowflake: how lines are packed, who loads them, to what a record's bytes are rounded up."""

    name: str
    packing: str
    through_s3: bool = True
    increment_bytes: int = INCREMENT_BYTES


WAYS = (
    Way("`single`, S3, Snowpipe", "single"),
    Way("`ndjson`, S3, Snowpipe", "ndjson"),
    Way("`ndjson+gzip`, S3, Snowpipe", "ndjson+gzip"),
    Way("`single`, Firehose to Snowflake, billed by the byte", "single", through_s3=False, increment_bytes=1),
    Way("`single`, Firehose to Snowflake, if it rounds up as well", "single", through_s3=False),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """USD a month, by who sends the bill."""

    name: str
    http: float
    firehose: float
    compute: float
    s3: float
    snowflake: float

    @property
    def total(self) -> float:
        """USD a month, all together."""
        return self.http + self.firehose + self.compute + self.s3 + self.snowflake


# Its own estimate, for 259.2 M events of 1 kB a month in batches of 100: API Gateway 9.07, authorizer 2.25,
# DynamoDB 0.41; Firehose with conversion to Parquet; a Lambda that validates; S3.
# https://github.com/aws-solutions-library-samples/guidance-for-game-analytics-pipeline-on-aws
GUIDANCE_EVENTS = 259_200_000
GUIDANCE = Cost(
    "AWS game analytics guidance, S3 only",
    9.07 + 2.25 + 0.41,
    firehose=58.90,
    compute=1.56,
    s3=7.27,
    snowflake=0,
)
GUIDANCE_STREAM = replace(GUIDANCE, name="… with its Kinesis stream, from", compute=1.56 + 25.58)


def billed_bytes(record_bytes: int, increment_bytes: int = INCREMENT_BYTES) -> int:
    """Return the bytes Firehose bills for a record: rounded up to the next increment."""
    return ceil(record_bytes / increment_bytes) * increment_bytes


def record_sizes(load: Load, packing: str) -> tuple[float, int]:
    """Return how many records a month has, and the bytes of each."""
    if packing == "single":
        return load.events, load.event_bytes
    lines = max(1, min(load.lines_per_record, RECORD_LINES, RECORD_BYTES // load.event_bytes))
    size = lines * load.event_bytes
    return load.events / lines, ceil(size / load.gzip_ratio) if packing == "ndjson+gzip" else size


def cost(load: Load, way: Way, prices: Prices) -> Cost:
    """Return what a month of `load` costs on `way`."""
    records, size = record_sizes(load, way.packing)
    per_gb = prices.firehose_gb if way.through_s3 else prices.firehose_snowflake_gb
    return Cost(
        way.name,
        http=_http(load, prices),
        firehose=records * billed_bytes(size, way.increment_bytes) / AWS_GB * per_gb,
        compute=0.0,
        s3=_s3(load, records * size, prices),
        snowflake=_snowflake(load, way, prices),
    )


def _http(load: Load, prices: Prices) -> float:
    machines = load.api_machines * prices.api_machine_hour
    return (machines + prices.balancer_hour + prices.balancer_unit_hour) * MONTH_SECONDS / 3600


def _s3(load: Load, sent_bytes: float, prices: Prices) -> float:
    # Objects are compressed on every way, by the API or by Firehose; its backup for Snowflake is too.
    kept_gb = load.events * load.event_bytes / load.gzip_ratio / AWS_GB * load.kept_days / 30
    objects = max(MONTH_SECONDS / max(load.buffer_seconds, 1), sent_bytes / (load.buffer_mib * 1024**2))
    requests = objects / 1000 * (prices.s3_1000_puts + prices.s3_1000_gets)
    return kept_gb * prices.s3_gb_month + requests


def _snowflake(load: Load, way: Way, prices: Prices) -> float:
    credits_gb = prices.snowpipe_credits_gb if way.through_s3 else prices.streaming_credits_gb
    return load.events * load.event_bytes / SNOWFLAKE_GB * credits_gb * prices.credit


def table(costs: Iterable[Cost], events: int) -> str:
    """Return a Markdown table of `costs`, all of `events` a month."""
    rows = [
        "| USD a month | HTTP | Firehose | compute | S3 | Snowflake | all | a million events |",
        "|---|" + "--:|" * 7,
    ]
    for each in costs:
        money = (each.http, each.firehose, each.compute, each.s3, each.snowflake, each.total)
        cells = [f"{value:,.2f}" for value in money] + [f"{each.total / events * 1e6:.3f}"]
        rows.append(f"| {' | '.join([each.name, *cells])} |")
    return "\n".join(rows)


def price_table(prices: Prices) -> str:
    """Return a Markdown table of `prices` with their sources."""
    rows = ["| price | | unit | source |", "|---|--:|---|---|"]
    for each in fields(prices):
        value = getattr(prices, each.name)
        rows.append(f"| `{each.name}` | {value:g} | {each.metadata['unit']} | <{each.metadata['source']}> |")
    return "\n".join(rows)


def report(load: Load, prices: Prices, ways: Sequence[Way] = WAYS) -> str:
    """Return the table of a load; AWS' guidance stands below where the load is the one it is for."""
    costs = [cost(load, way, prices) for way in ways]
    if load.events == GUIDANCE_EVENTS:
        costs += [GUIDANCE, GUIDANCE_STREAM]
    title = f"{load.events / 1e6:,.1f} million events of {load.event_bytes} bytes a month:"
    return f"{title}\n\n{table(costs, load.events)}"


def document(prices: Prices) -> str:
    """Return the section of README.md: the loads it shows, and the prices."""
    loads = (Load(), Load(event_bytes=1000))
    return "\n\n".join(
        [*(report(load, prices) for load in loads), f"Prices ({LOOKED_UP}):", price_table(prices)]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the costs; return the exit status."""
    options = _parser().parse_args(arguments)
    prices = replace(Prices(), **dict(options.price))
    if options.markdown:
        print(document(prices))
        return 0
    load = Load(**{each.name: getattr(options, each.name) for each in fields(Load)})
    ways = [way for way in WAYS if options.packing in (None, way.packing)]
    if options.json:
        costs = [asdict(each) | {"total": each.total} for each in (cost(load, way, prices) for way in ways)]
        print(json.dumps({"load": asdict(load), "prices": asdict(prices), "costs": costs}, indent=2))
    else:
        print(report(load, prices, ways))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    for each in fields(Load):
        _add_load(parser, each)
    parser.add_argument("--packing", choices=sorted({way.packing for way in WAYS}), help="only this one")
    parser.add_argument(
        "--price", action="append", default=[], type=_override, metavar="NAME=VALUE", help="another price"
    )
    parser.add_argument("--json", action="store_true", help="numbers for a program")
    parser.add_argument("--markdown", action="store_true", help="the section of README.md")
    return parser


def _add_load(parser: argparse.ArgumentParser, each: "Field[Any]") -> None:
    name = f"--{each.name.replace('_', '-')}"
    parser.add_argument(
        name, type=_positive(type(each.default)), default=each.default, help=each.metadata["help"]
    )


def _positive(kind: type) -> Any:
    def number(text: str) -> Any:
        value = float(text)  # also 1e9
        if not 0 < value < float("inf"):
            raise argparse.ArgumentTypeError("must be more than 0")
        if kind is int and not value.is_integer():
            raise argparse.ArgumentTypeError("must be a whole number")
        return kind(value)

    return number


def _override(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    known = [each.name for each in fields(Prices)]
    if name not in known:
        raise argparse.ArgumentTypeError(f"no price is called so; there are {', '.join(known)}")
    return name, float(value)


if __name__ == "__main__":
    sys.exit(main())
