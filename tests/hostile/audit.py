"""Holds answers and streams against what must have come of each request."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from tests.hostile.client import Answer
from tests.hostile.oracle import digest, is_date_time, is_valid
from tests.hostile.requests import Request

_ARRIVAL = ["received_at", "sent_at", "game_id", "request_id"]
_REJECT = [*_ARRIVAL, "reason", "errors", "payload", "payload_bytes"]
_CUT = "cut"
_KEPT_BYTES = 64 * 1024
_MANY_BYTES = _KEPT_BYTES - 4  # what is cut ends with a whole character


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong about the request of that number; -1 is none of them."""

    number: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class _Told:
    """What a client was told; `accepted` and `rejected` are digests, None where only counts are known."""

    number: int
    kind: str
    game: str
    sent_at: str | None
    status: int
    accepted: Sequence[str] | None
    rejected: Sequence[str] | None
    is_unknown_event: bool


@dataclass
class Audit:
    """Takes down what was answered; `findings` is what was wrong so far."""

    findings: list[Finding] = field(default_factory=list)
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    events: int = 0
    _told: dict[str, _Told] = field(default_factory=dict)
    _possible: Counter[tuple[str, str]] = field(default_factory=Counter)

    def hear(self, number: int, request: Request, answers: Sequence[Answer]) -> None:
        """Judge the answers to a request, none of which is that nothing was answered."""
        self.statuses.update((request.kind, answer.status) for answer in answers)
        if not answers:
            self.statuses[request.kind, 0] += 1
        for text in self._defects(request, answers):
            self.findings.append(Finding(number, request.kind, text))
        for answer in answers:
            if answer.request_id is not None:
                self._told[answer.request_id] = _told(number, request, answer)
        if len(answers) < request.answers:
            self._possible.update((request.game, token) for token in self._tokens(request))

    def compare(self, events: Iterable[bytes], rejects: Iterable[bytes]) -> None:
        """Hold both streams against everything that was answered."""
        found: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
        for stream, lines in enumerate((events, rejects)):
            for raw in lines:
                self.events += 1
                line = self._line(raw, is_reject=bool(stream))
                if line is not None:
                    found[line[0]][stream].append(line[1])
        for request_id, told in self._told.items():
            accepted, rejected = found.get(request_id, ((), ()))
            for text in _differences(told, accepted, rejected):
                self.findings.append(Finding(told.number, told.kind, text))

    def _defects(self, request: Request, answers: Sequence[Answer]) -> Iterator[str]:
        expected = request.expected
        if expected is not None and not answers and not request.may_stay_unheard:
            yield "was not answered"
        for answer in answers:
            if answer.status >= 500:
                yield f"was answered {answer.status}"
            elif expected is not None and answer.status != expected.status:
                yield f"was answered {answer.status} instead of {expected.status}"
            elif expected is not None and not _is_problem(answer, expected.problem):
                yield f"the problem is not {expected.problem}"
            elif answer.status in {202, 207}:
                yield from _wrong_results(request, answer)
            if request.secret is not None and request.secret.encode() in answer.body:
                yield "the answer repeats a submitted value"
            if (
                answer.status >= 400
                and not request.is_head
                and "json" not in answer.headers.get("content-type", "")
            ):
                yield f"the answer {answer.status} is no problem document"

    def _tokens(self, request: Request) -> Sequence[str]:
        if request.expected is None:
            return request.possible
        return (*request.expected.accepted, *request.expected.rejected)

    def _line(self, raw: bytes, *, is_reject: bool) -> tuple[str, str] | None:
        """Return request and digest of a line that somebody was told of; note what is wrong with it."""
        line = orjson.loads(raw)
        names = _REJECT if is_reject else [*_ARRIVAL, "event"]
        told = self._told.get(line.get("request_id"))
        number, kind = (-1, "unheard") if told is None else (told.number, told.kind)
        if list(line) != names or not is_date_time(line["received_at"]):
            self.findings.append(Finding(number, kind, "a line has other members than it should"))
            return None
        value = _payload(line) if is_reject else line["event"]
        if is_reject and not (line["reason"] and line["errors"]):
            self.findings.append(Finding(number, kind, "a reject has no reason"))
        if not is_reject and not is_valid(value):
            self.findings.append(Finding(number, kind, "an invalid event is in the events stream"))
        name = _CUT if value is _CUT else digest(value)
        if told is None:
            self._expect_possible(line["game_id"], name, value)
            return None
        if line["game_id"] != told.game or line["sent_at"] != told.sent_at:
            self.findings.append(Finding(number, kind, "a line has another game or time than its request"))
        return str(line["request_id"]), name

    def _expect_possible(self, game: str, name: str, value: Any) -> None:
        identity = value.get("event_id") if isinstance(value, dict) else None
        token = next((token for token in (name, identity) if self._possible[game, str(token)] > 0), None)
        if token is None:
            self.findings.append(
                Finding(-1, "unheard", f"a line that nobody sent, or that nobody was told of: {name}")
            )
        else:
            self._possible[game, str(token)] -= 1


def _told(number: int, request: Request, answer: Answer) -> _Told:
    expected = request.expected
    as_expected = expected is not None and expected.status == answer.status
    return _Told(
        number,
        request.kind,
        request.game,
        expected.sent_at if expected is not None else None,
        answer.status,
        expected.accepted if as_expected and expected is not None else None,
        expected.rejected if as_expected and expected is not None else None,
        b"urn:questlog:problem:unknown-event" in answer.body,
    )


def _is_problem(answer: Answer, name: str | None) -> bool:
    return name is None or json.loads(answer.body)["type"] == f"urn:questlog:problem:{name}"


def _wrong_results(request: Request, answer: Answer) -> Iterator[str]:
    """Yield what is wrong with the results of a batch that was taken."""
    if request.expected is None or request.expected.verdicts is None:
        return
    members = json.loads(answer.body)
    statuses = tuple(result["status"] == "accepted" for result in members["events"])
    if statuses != request.expected.verdicts:
        yield "the results of the events are not those of the reference"
    if members["accepted"] != sum(statuses) or members["rejected"] != len(statuses) - sum(statuses):
        yield "the counts of the answer are not those of its results"
    if any(not result["errors"] for result in members["events"] if result["status"] == "rejected"):
        yield "a refused event has no reason"


def _payload(line: dict[str, Any]) -> Any:
    text, size = line["payload"], line["payload_bytes"]
    kept = len(text.encode())
    if size == kept:
        return orjson.loads(text) if kept < _KEPT_BYTES else json.loads(text)
    return _CUT if (size is None or size > kept) and kept >= _MANY_BYTES else None


def _differences(told: _Told, accepted: Sequence[str], rejected: Sequence[str]) -> Iterator[str]:
    if told.accepted is not None and told.rejected is not None:
        if Counter(told.accepted) != Counter(accepted):
            yield f"{len(accepted)} lines among the events, not the {len(told.accepted)} that were accepted"
        missing, more = Counter(told.rejected) - Counter(rejected), Counter(rejected) - Counter(told.rejected)
        if missing.total() != more.total() or set(more) - {_CUT}:
            yield f"{len(rejected)} lines among the rejects, not the {len(told.rejected)} that were refused"
        return
    wants_events = told.status in {202, 207}
    wants_rejects = told.status in {207, 422} or told.is_unknown_event
    if bool(accepted) != wants_events or bool(rejected) != wants_rejects:
        yield f"after {told.status}, there are {len(accepted)} events and {len(rejected)} rejects"
