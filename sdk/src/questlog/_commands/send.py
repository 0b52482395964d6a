"""Send events from a file."""

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from questlog._client import Client
from questlog._commands import UsageError, read_key, seconds
from questlog._commands.event_file import read_events, read_object
from questlog._commands.from_json import checked_model
from questlog._commands.known_versions import sent_version
from questlog._context import Context
from questlog._generated.events import EVENTS
from questlog._model import Event, rfc3339
from questlog._results import Drop, Rejection, Stats
from questlog._uuid7 import uuid7_text
from questlog.exceptions import InvalidEvent

_CONTEXT = """\
{"install_id": "01930f3a-7c00-7999-8000-000000000001", "session_id": "01930f3a-7c00-7999-8000-000000000002",
 "app": {"version": "2.14.0", "build": "21400417"},
 "device": {"platform": "web", "os_version": "1", "model": "server", "locale": "en-US"}}"""
_DESCRIPTION = """\
Check events of one kind and send them: one JSON object, a list of them, or one a line. What all events share
may be left out: the event's name and version, `event_id`, `occurred_at` (now), and what --context has.

Nothing is sent unless all events are valid. An event that is sent again with the same `event_id` counts once.

exit status: 0 all accepted, 1 some refused or not delivered, 2 wrong usage

example:
  python -m questlog send purchase --json sales.jsonl --context context.json \\
      --url https://events.example.com --key-file write-key.txt

context.json, with values of your own:
"""

_QUEUE_BYTES = 1024**3
_NO_CONTEXT = (
    f"--context FILE gives what all events share; with values of your own, such a file is\n{_CONTEXT}"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description = _DESCRIPTION + _CONTEXT
    parser.add_argument("event", metavar="EVENT", choices=sorted(EVENTS), help=f"one of {', '.join(EVENTS)}")
    parser.add_argument("--json", metavar="FILE", required=True, help="the events; - is the standard input")
    parser.add_argument(
        "--context",
        metavar="FILE",
        type=Path,
        help="JSON object with install_id, session_id, app, device and player_id, for events that lack them",
    )
    parser.add_argument("--url", help="where the API is, without /v1/events")
    parser.add_argument("--key-file", metavar="FILE", type=Path, help="file with the write key")
    parser.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=seconds,
        default=30.0,
        help="to wait for answers at most; default 30",
    )
    parser.add_argument("--dry-run", action="store_true", help="only check the events")


def run(options: argparse.Namespace, out: TextIO) -> int:
    """Check events, send them, and print what became of them: 0, or 1 when one was not accepted.

    Raises:
        UsageError: when a file or an option cannot be used.
    """
    shared = _context(options.context)
    forms = [_completed(options.event, form, shared) for form in read_events(options.json)]
    events = list(_valid(EVENTS[options.event], forms, out))
    if len(events) < len(forms):
        print(f"{len(forms) - len(events)} of {len(forms)} event(s) refused, nothing was sent", file=out)
        if options.context is None:
            print(_NO_CONTEXT, file=out)
        return 1
    if options.dry_run:
        print(f"{len(events)} event(s) valid, nothing was sent", file=out)
        return 0
    return _send(events, options, out)


def _context(path: Path | None) -> Mapping[str, Any]:
    """Return the members of events that a file has; they are right."""
    if path is None:
        return {}
    form = read_object(path, "--context")
    try:
        return checked_model(Context, form).to_json()
    except InvalidEvent as error:
        raise UsageError(f"--context: {error}") from None


def _completed(name: str, form: object, shared: Mapping[str, Any]) -> object:
    if not isinstance(form, dict):
        return form
    own = {"event": name, "schema_version": sent_version(name), "event_id": uuid7_text()}
    return {**own, "occurred_at": rfc3339(datetime.now(UTC)), **shared, **form}


def _valid(kind: type[Event], forms: Sequence[object], out: TextIO) -> Iterator[Event]:
    for number, form in enumerate(forms, 1):
        try:
            yield checked_model(kind, form)
        except InvalidEvent as error:
            print(f"refused   event {number}: {error}", file=out)


def _send(events: Sequence[Any], options: argparse.Namespace, out: TextIO) -> int:
    told = _Told([], Counter())
    client = _client(events, options, on_rejected=told.rejections.append, on_dropped=told.drop)
    try:
        for event in events:
            client.track(event)
        client.flush(options.timeout)
    finally:
        stats = client.stats()
        client.close(0)
    for line in told.lines(events, stats):
        print(line, file=out)
    return 0 if stats.accepted == len(events) else 1


def _client(events: Sequence[Any], options: argparse.Namespace, **hooks: Any) -> Client:
    if options.url is None or options.key_file is None:
        raise UsageError("--url and --key-file are needed, unless --dry-run")
    first = events[0]
    context = Context(
        install_id=first.install_id, session_id=first.session_id, app=first.app, device=first.device
    )
    try:
        return Client(
            options.url,
            read_key(options.key_file),
            context=context,
            outbox=None,
            flush_interval=0.0,
            queue_events=len(events),
            queue_bytes=_QUEUE_BYTES,
            **hooks,
        )
    except ValueError as error:
        raise UsageError(str(error)) from None


@dataclass(frozen=True, slots=True)
class _Told:
    """What the client told while it sent."""

    rejections: list[Rejection]
    drops: Counter[str]

    def drop(self, drop: Drop) -> None:
        self.drops[drop.reason] += drop.events

    def lines(self, events: Sequence[Any], stats: Stats) -> Iterator[str]:
        yield from map(_rejected, self.rejections)
        left = len(events) - stats.accepted - stats.rejected
        if not left:  # only then it is known what became of each
            yield from self._accepted(events)
        skipped = left - stats.pending - stats.dropped
        if skipped > 0:
            yield f"skipped   {skipped} event(s): an install is sent once for each install_id"
        for reason, number in self.drops.items():
            yield f"dropped   {number} event(s): {reason}"
        yield f"{stats.accepted} accepted, {stats.rejected} rejected, {left} not delivered"

    def _accepted(self, events: Sequence[Any]) -> Iterator[str]:
        rejected = {rejection.event_id for rejection in self.rejections}
        accepted = (event for event in events if str(event.event_id) not in rejected)
        return (f"accepted  {event.event} {event.event_id}" for event in accepted)


def _rejected(rejection: Rejection) -> str:
    reasons = "; ".join(map(str, rejection.errors)) or "the API gave no reason"
    return f"rejected  {rejection.event} {rejection.event_id}: {reasons}"
