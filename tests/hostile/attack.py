"""Sends hostile requests to a service and judges what comes of them."""

import asyncio
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from time import monotonic

import httpx

from tests.hostile import bodies, wire
from tests.hostile.audit import Audit, Finding
from tests.hostile.client import Answer, Client, UnreadableError
from tests.hostile.oracle import expected
from tests.hostile.requests import GAMES, Request
from tests.hostile.service import EVENTS, REJECTS, Service
from tests.hostile.texts import encoded
from tests.hostile.values import valid_event

MEMORY_BYTES = 512 * 1024 * 1024
"""What the service may hold in memory under all of this."""

_CLIENTS = 48
_BODIES = 7  # of ten requests, those about bodies; the others are about HTTP
_SAMPLED = 500  # requests between two looks at the memory
_RECURSION = 20_000  # the oracle reads JSON deeper than Python does by itself
_DEFECT = re.compile(r"\b(ERROR|CRITICAL)\b|Traceback")
_SECRET = re.compile(r"hush[0-9a-f]{10}")


def request(seed: int, number: int) -> Request:
    """Return the request of that number: the same for the same seed, whatever came before."""
    source = random.Random(f"{seed}-{number}")
    kinds = bodies.KINDS if source.randrange(10) < _BODIES else wire.KINDS
    return source.choice(kinds)(source)


@dataclass
class Outcome:
    """What an attack found."""

    audit: Audit = field(default_factory=Audit)
    sent: int = 0
    seconds: float = 0
    peak_bytes: int = 0

    @property
    def findings(self) -> Sequence[Finding]:
        """What was wrong."""
        return self.audit.findings


def attack(service: Service, seed: int, numbers: Sequence[int], tell: Callable[[str], None]) -> Outcome:
    """Send the requests with these numbers, then stop the service, and return what was wrong."""
    sys.setrecursionlimit(_RECURSION)
    outcome, started = Outcome(), monotonic()
    asyncio.run(_send_all(service, seed, numbers, outcome, tell))
    outcome.seconds = monotonic() - started
    for text in _defects(service, outcome):
        outcome.audit.findings.append(Finding(-1, "service", text))
    outcome.audit.compare(service.firehose.lines(EVENTS), service.firehose.lines(REJECTS))
    return outcome


async def _send_all(
    service: Service, seed: int, numbers: Sequence[int], outcome: Outcome, tell: Callable[[str], None]
) -> None:
    left = iter(numbers)
    await asyncio.gather(
        *(_send_some(service, seed, left, outcome, tell) for _ in range(min(_CLIENTS, len(numbers))))
    )


async def _send_some(
    service: Service, seed: int, numbers: Iterator[int], outcome: Outcome, tell: Callable[[str], None]
) -> None:
    client = Client(service.port)
    for number in numbers:
        one = request(seed, number)
        try:
            outcome.audit.hear(number, one, await client.send(one))
        except (UnreadableError, OSError) as error:
            outcome.audit.findings.append(Finding(number, one.kind, f"{type(error).__name__}: {error}"))
        outcome.sent += 1
        if outcome.sent % _SAMPLED == 0:
            _look(service, outcome, tell)
    client.close()


def _look(service: Service, outcome: Outcome, tell: Callable[[str], None]) -> None:
    outcome.peak_bytes = max(outcome.peak_bytes, service.memory())
    if outcome.sent % (20 * _SAMPLED) == 0:
        tell(f"{outcome.sent} sent, {len(outcome.findings)} findings, {outcome.peak_bytes >> 20} MiB at most")


def _defects(service: Service, outcome: Outcome) -> Iterator[str]:
    """Yield what is wrong with a service after an attack; it is stopped then."""
    url = f"http://127.0.0.1:{service.port}"
    for path in ("/healthz", "/readyz"):
        if (status := httpx.get(url + path).status_code) != 200:
            yield f"{path} is {status} after the attack"
    yield from _takes_one_more(service, outcome)
    _look(service, outcome, lambda _: None)
    if outcome.peak_bytes > MEMORY_BYTES:
        yield f"it took {outcome.peak_bytes >> 20} MiB of memory"
    if (status := service.stop()) != 0:
        yield f"it ended with status {status} when it was asked to stop"
    log = service.log.read_text(encoding="utf-8", errors="replace")
    defects = Counter(_short(line) for line in log.splitlines() if _DEFECT.search(line))
    yield from (f"its log has {count} times: {line}" for line, count in defects.most_common(5))
    if _SECRET.search(log):
        yield "its log repeats a submitted value"


def _short(line: str) -> str:
    """Return what a line of the log is about, without what differs from time to time."""
    try:
        entry = json.loads(line)
    except ValueError:
        return line[:300]
    exception = str(entry.get("exception", ""))
    return f"{str(entry['message']).strip()} {exception[:40]!r}...{exception[-240:]!r}"


def _takes_one_more(service: Service, outcome: Outcome) -> Iterator[str]:
    event = valid_event(random.Random("the last"))
    game, key = next(iter(GAMES.items()))
    body = encoded(event)
    last = Request("last", game, b"", expected=expected(event["event"], body))
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    url = f"http://127.0.0.1:{service.port}/v1/events/{event['event']}"
    answer = httpx.post(url, content=body, headers=headers)
    if answer.status_code != 202:
        yield f"a valid event is answered {answer.status_code} after the attack"
    outcome.audit.hear(-1, last, [Answer(answer.status_code, answer.headers, answer.content)])
