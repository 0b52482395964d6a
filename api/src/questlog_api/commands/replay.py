"""Send refused events again after a fix, or what a dead process left in its spool."""

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from time import monotonic
from typing import BinaryIO

from questlog_api.contracts import Catalog, load_catalog, refuse_drafts
from questlog_api.refusals import Judge, Reason
from questlog_api.replay.reject_files import STANDARD_INPUT, reject_files
from questlog_api.replay.replay import Asked, Judgement, Outlet, Replay
from questlog_api.replay.report import Report
from questlog_api.replay.spool_files import is_spool, replay_spool
from questlog_api.setting_errors import told
from questlog_api.settings import Settings, SettingsWithoutKeys
from questlog_api.sinks import Stream, open_sink
from questlog_api.telemetry.metrics import Metrics

_LEFT, _WRONG_USAGE = 1, 2
_PROGRESS_SECONDS = 2
_SIGNALS = (signal.SIGINT, signal.SIGTERM)

GUIDE = """\
Reads lines of the rejects stream, plain or gzip, and judges each payload by the contracts of this
installation. What is accepted now goes to the events stream, as the line it would have been: with the
received_at, sent_at, game_id and request_id it had. What is still refused is counted and, with
--still-refused, written to a file to repair; it never goes to the rejects stream again. Settings are the
service's, from QUESTLOG_* in the environment.

  aws s3 cp --recursive s3://BUCKET/rejects/2026/11/24/ rejects/
  python -m questlog_api replay --dry-run --event purchase rejects/
  python -m questlog_api replay --event purchase --still-refused left.ndjson rejects/

To repair payloads, filter the lines; a payload may stay the text it is, or become the event itself:

  find rejects -type f -exec gzip -cdf {} + |
    jq -c 'select(.payload | fromjson? | .event == "purchase" and .price.currency == "eur")
      | .payload |= (fromjson | .price.currency = "EUR")' |
    python -m questlog_api replay -

A spool file is sent as it is, each line to its stream, and emptied:

  python -m questlog_api replay /var/lib/questlog/spool.sqlite

It is safe to do again, at any time: the warehouse finds the first copy of an event by its game_id, event_id
and received_at, so leave these as they are. A payload of more than 64 KiB was cut and cannot be replayed.
Exit status: 0 when everything asked for was replayed, 1 when some of it was not, 2 for wrong usage."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = GUIDE
    parser.add_argument(
        "sources",
        nargs="+",
        metavar="FILE|FOLDER|-",
        help="reject lines, where a folder is all files in it, or the spool of a process that has ended",
    )
    parser.add_argument("--dry-run", action="store_true", help="deliver nothing; say what would happen")
    parser.add_argument("--event", metavar="NAME", help="only these events")
    parser.add_argument("--reason", choices=[reason.value for reason in Reason], help="only these rejects")
    parser.add_argument("--game", metavar="GAME_ID", help="only this game's")
    parser.add_argument(
        "--still-refused",
        type=Path,
        metavar="FILE",
        help="a new file for what cannot be replayed; a dry run makes none",
    )
    parser.add_argument(
        "--bytes-per-second",
        type=_positive,
        metavar="N",
        help="at most (default: QUESTLOG_SPOOL_REPLAY_BYTES_PER_SECOND)",
    )
    parser.add_argument("--json", action="store_true", help="the summary for scripts")


def run(options: argparse.Namespace) -> int:
    """Replay the sources and print what became of them."""
    try:
        settings = SettingsWithoutKeys()
        catalog = _catalog(settings)
        _check(options, settings, catalog)
        with _left(None if options.dry_run else options.still_refused) as left:
            report = asyncio.run(_replay(options, settings, catalog, left))
    except ValueError as error:
        print(*told(error), sep="\n", file=sys.stderr)
        return _WRONG_USAGE
    except OSError as error:
        print(error, file=sys.stderr)
        return _WRONG_USAGE
    except KeyboardInterrupt:
        print("ended at once; to replay all again is harmless", file=sys.stderr)
        return _LEFT
    print(json.dumps(report.as_data(), indent=2) if options.json else "\n".join(report.as_text()))
    return 0 if report.is_complete else _LEFT


def _catalog(settings: Settings) -> Catalog:
    catalog = load_catalog()
    if not settings.allow_drafts:
        refuse_drafts(catalog)
    return catalog


def _check(options: argparse.Namespace, settings: Settings, catalog: Catalog) -> None:
    if options.event is not None and options.event not in catalog:
        raise ValueError(f"--event: no contract here has this name; there are: {', '.join(catalog)}")
    for name in options.sources:
        if name != STANDARD_INPUT and not Path(name).exists():
            raise ValueError(f"{name}: there is no such file or folder")
    of_rejects = (options.event, options.reason, options.game)
    if any(of_rejects) and _sorted_out(options.sources)[0]:
        raise ValueError("--event, --reason and --game are for reject lines: a spool is sent as it is")
    if settings.sink == "memory" and not options.dry_run:
        raise ValueError("QUESTLOG_SINK is memory, where nothing stays: set it to firehose, or add --dry-run")


@contextmanager
def _left(path: Path | None) -> Iterator[BinaryIO | None]:
    if path is None:
        yield None
        return
    # Payloads may be personal: nobody else reads them. An older file may be the only copy of something.
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ValueError(f"{path} exists already: --still-refused wants a new file") from None
    with os.fdopen(descriptor, "wb") as file:
        yield file


async def _replay(
    options: argparse.Namespace, settings: Settings, catalog: Catalog, left: BinaryIO | None
) -> Report:
    report = Report(dry_run=options.dry_run, asked=_asked(options))
    judgement = Judgement(Judge(catalog), catalog, settings.max_event_bytes)
    asked = Asked(options.game, options.reason, options.event)
    spools, others = _sorted_out(options.sources)
    async with _outlet(options, settings) as outlet:
        with _stopped_by_signals(report), _progress(report):
            for path in spools:
                await replay_spool(path, settings.spool_max_bytes, outlet, report)
            await Replay(judgement, outlet, left, asked, report).run(reject_files(others))
    return report


def _asked(options: argparse.Namespace) -> str:
    filters = {"game": options.game, "reason": options.reason, "event": options.event}
    return ", ".join(f"{name} {value}" for name, value in filters.items() if value is not None)


def _sorted_out(names: Sequence[str]) -> tuple[list[Path], list[str]]:
    spools = [name for name in names if name != STANDARD_INPUT and is_spool(Path(name))]
    return list(map(Path, spools)), [name for name in names if name not in spools]


@asynccontextmanager
async def _outlet(options: argparse.Namespace, settings: Settings) -> AsyncIterator[Outlet]:
    rate = options.bytes_per_second or settings.spool_replay_bytes_per_second
    if options.dry_run:
        yield Outlet(None, rate)
        return
    # A spool belongs to the service that runs; lines wait as safely where they are.
    sink = open_sink(settings.model_copy(update={"spool_path": None}), Metrics())

    async def put(stream: Stream, lines: Sequence[bytes]) -> None:
        await sink.put(stream, lines, monotonic() + settings.delivery_seconds)

    try:
        yield Outlet(put, rate)
    finally:
        await sink.close()


@contextmanager
def _stopped_by_signals(report: Report) -> Iterator[None]:
    """Let the first signal end the replay in good order, and a second one at once."""
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def stop(number: int, _: object) -> None:
        report.stopped = f"{signal.Signals(number).name} came"
        signal.signal(number, before[signal.Signals(number)])

    for number in _SIGNALS:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _progress(report: Report) -> Iterator[None]:
    done = threading.Event()

    def tell() -> None:
        while not done.wait(_PROGRESS_SECONDS):
            replayed = report.replayed.total() + report.sent.total()
            print(f"{report.place}: {report.lines} lines read, {replayed} replayed", file=sys.stderr)

    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _positive(text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError("must be a number of bytes, 1 or more")
    return number
