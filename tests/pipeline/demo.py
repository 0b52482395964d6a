"""`nox -s demo`: a simulated studio through the whole pipeline, and a check of the books."""

import argparse
import json
import os
import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import httpx
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress

import questlog
from questlog_warehouse.commands.target import LAST_DEMO
from tests.pipeline.aws import EVENTS_STREAM
from tests.pipeline.books import Books, balance
from tests.pipeline.report import print_report
from tests.pipeline.service import Service
from tests.pipeline.setup import Pipeline, running_pipeline
from tests.pipeline.studio import Studio

FLUSH_SECONDS = 120.0
BROKEN_BATCH = 20
INTERRUPTED = 130  # as a shell says of a program that SIGINT ended
WIDTH = 110  # of the tables, where there is no terminal
WAITING_EVENTS = 4000
"""Events the SDK may hold before the studio waits: it plays faster than any network."""
THROTTLED_CALLS = 3
"""Of so many calls, Firehose throttles every second record of the first, as it does at its quota."""


@dataclass(frozen=True)
class Outcome:
    """What the demo found: the books, what SDK and Firehose counted, the marts, and seconds by step."""

    books: Books
    sdk: dict[str, Any]
    firehose: dict[str, int]
    rejects: list[dict[str, Any]]
    revenue: list[dict[str, Any]]
    seconds: dict[str, float]

    @property
    def good(self) -> bool:
        """True when the books balance and the SDK has nothing left, dropped or refused."""
        clean = self.sdk["pending"] == self.sdk["dropped"] == self.sdk["rejected"] == 0
        return self.books.balanced and clean


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo and return 0 when its books balance, 1 when they do not, 130 when it was interrupted."""
    options = _parser().parse_args(arguments)
    console = Console(stderr=options.json, width=None if sys.stdout.isatty() else WIDTH)
    try:
        outcome = run(options.events, options.seed, console, options.keep)
    except (KeyboardInterrupt, RuntimeError) as error:
        # DuckDB answers Ctrl-C within a query with a RuntimeError of its own.
        if isinstance(error, RuntimeError) and "interrupted" not in str(error):
            raise
        console.print("interrupted")
        return INTERRUPTED
    if options.json:
        print(json.dumps({"balanced": outcome.books.balanced, **asdict(outcome)}, indent=2, default=str))
    else:
        print_report(console, outcome)
        console.print(_invitation(options.keep), highlight=False, soft_wrap=True)
    return 0 if outcome.good else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nox -s demo --", description=__doc__)
    parser.add_argument(
        "--events", type=_positive, default=2000, help="events to send (default: %(default)s)"
    )
    parser.add_argument(
        "--seed", type=int, default=1, help="another number is another studio (default: %(default)s)"
    )
    parser.add_argument(
        "--keep",
        type=Path,
        default=LAST_DEMO,
        metavar="FOLDER",
        help="where its warehouse stays, in place of one of before (default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON on standard output")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _invitation(kept: Path) -> str:
    """A line that works as it stands, in a shell of this folder."""
    python = os.path.relpath(sys.executable)
    folder = "" if kept == LAST_DEMO else f"--warehouse {shlex.quote(str(kept))} "
    question = "SELECT * FROM MART.REVENUE_DAILY ORDER BY DAY, CURRENCY"
    return f'\nAsk it yourself:\n  {python} -m questlog_warehouse query {folder}"{question}"'


def run(events: int, seed: int, console: Console, keep: Path) -> Outcome:
    """Send, load and balance; progress goes to `console`, the warehouse stays in the folder `keep`."""
    clock = _Clock(console)
    with clock.started(keep) as pipeline:
        pipeline.aws.firehose.fault = _throttle
        studio = Studio(events, last_day=_last_rate(pipeline), seed=seed)
        with clock.step("send"):
            stats = _send(studio, pipeline, console)
        with clock.step("load"):
            pipeline.load()
        with clock.step("report"):
            return Outcome(
                books=balance(studio.ledger, pipeline.warehouse),
                sdk=asdict(stats),
                firehose=pipeline.aws.firehose.counts,
                rejects=pipeline.warehouse.query(_REJECTS),
                revenue=pipeline.warehouse.query(_REVENUE),
                seconds=clock.seconds,
            )


_REJECTS = """
SELECT STAGE, REASON, POINTER, KEYWORD, COUNT(*) AS EVENTS FROM CORE.REJECTED
GROUP BY STAGE, REASON, POINTER, KEYWORD ORDER BY STAGE, EVENTS DESC, REASON, POINTER
"""
_REVENUE = """
SELECT CURRENCY,
  SUM(CAST(SALES AS NUMBER(38,0))) AS SALES, SUM(CAST(SOLD_MICROS AS NUMBER(38,0))) AS SOLD_MICROS,
  SUM(CAST(REFUNDS AS NUMBER(38,0))) AS REFUNDS,
  SUM(CAST(REFUNDED_MICROS AS NUMBER(38,0))) AS REFUNDED_MICROS,
  SUM(CAST(REPORTED_REVENUE_MICROS AS NUMBER(38,0))) AS USD_MICROS,
  SUM(CAST(UNCONVERTED AS NUMBER(38,0))) AS UNCONVERTED
FROM MART.REVENUE_DAILY WHERE REPORTING_CURRENCY = 'USD' GROUP BY CURRENCY ORDER BY CURRENCY
"""


class _Clock:
    """Says what is going on, and keeps how long each step took, in seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        began = perf_counter()
        yield
        self.seconds[name] = round(perf_counter() - began, 2)
        self._console.print(f"[green]done[/green] {name} [dim]{self.seconds[name]:.1f} s[/dim]")

    @contextmanager
    def started(self, keep: Path) -> Iterator[Pipeline]:
        with ExitStack() as stack:
            with self.step("start"):
                pipeline = stack.enter_context(running_pipeline(self._tell, keep=keep))
            yield pipeline

    def _tell(self, part: str) -> None:
        self._console.print(f"  [dim]{part}[/dim]")


def _throttle(call: int, record: int) -> bool:
    return call % THROTTLED_CALLS == 1 and record % 2 == 0


def _last_rate(pipeline: Pipeline) -> date:
    """The last day with a rate: the studio plays in the week that ends there, so money converts."""
    (row,) = pipeline.warehouse.query("SELECT MAX(RATE_DATE) AS LAST FROM REF.FX_RATE")
    last: date = row["LAST"]
    return last


_COLUMNS = (*Progress.get_default_columns(), MofNCompleteColumn())


def _send(studio: Studio, pipeline: Pipeline, console: Console) -> questlog.Stats:
    service = pipeline.service
    with (
        Progress(*_COLUMNS, console=console, transient=True) as progress,
        TemporaryDirectory(prefix="questlog-outbox-", ignore_cleanup_errors=True) as outbox,
        questlog.Client(service.url, service.write_key, context=studio.context, outbox=outbox) as client,
    ):
        bar = progress.add_task("  sending", total=studio.events)
        for sent in studio.play(client):
            progress.update(bar, completed=sent)
            if client.stats().pending >= WAITING_EVENTS:
                client.flush(FLUSH_SECONDS)
        _post_broken(studio, service)
        _deliver_as_a_newer_api(studio, pipeline)
        client.flush(FLUSH_SECONDS)
        progress.update(bar, completed=studio.events)
        return client.stats()


def _post_broken(studio: Studio, service: Service) -> None:
    """Post what no SDK would build, as a faulty client does: past the SDK, in batches."""
    headers = {"Authorization": f"Bearer {service.write_key}"}
    for events in batched(studio.broken(), BROKEN_BATCH):
        body = {"sent_at": events[0]["occurred_at"].rstrip("Z") + "Z", "events": events}
        answer = httpx.post(f"{service.url}/v1/events", json=body, headers=headers)
        if answer.status_code != httpx.codes.UNPROCESSABLE_ENTITY:
            raise RuntimeError(f"broken events got {answer.status_code}, not 422")


def _deliver_as_a_newer_api(studio: Studio, pipeline: Pipeline) -> None:
    """Deliver a version the warehouse does not know yet, as an API does that was updated first."""
    data = b"".join(studio.from_a_newer_api())
    pipeline.aws.firehose.fault = None  # nobody here would send a throttled record again
    if data:
        record = {"Data": data}
        pipeline.aws.client("firehose").put_record(DeliveryStreamName=EVENTS_STREAM, Record=record)


def batched(items: Iterable[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    """Yield lists of at most `size` items, in order."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


if __name__ == "__main__":
    sys.exit(main())
