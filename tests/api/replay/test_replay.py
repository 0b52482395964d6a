import io
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from questlog_api.contracts import load_catalog
from questlog_api.refusals import Judge
from questlog_api.replay.reject_files import RejectFile
from questlog_api.replay.replay import Asked, Judgement, Outlet, Replay
from questlog_api.replay.report import Report
from questlog_api.sinks import MemorySink, SinkUnavailable, Stream

pytestmark = pytest.mark.anyio

SENT_AT = "2026-11-02T18:04:06.000Z"


class Bench:
    """Rejects of the real service, and a replay of them."""

    def __init__(self, client: httpx.AsyncClient, sink: MemorySink, folder: Path) -> None:
        self.client = client
        self.sink = sink
        self.folder = folder
        self.left = io.BytesIO()
        self.put: list[bytes] = []

    async def refused(self, *events: Any) -> list[dict[str, Any]]:
        """Have these events refused by the service; return the lines of that."""
        batch = {"sent_at": SENT_AT, "events": list(events)}
        assert (await self.client.post("/v1/events", json=batch)).status_code == 422
        return [json.loads(line) for line in self.sink.lines[Stream.REJECTS][-len(events) :]]

    async def replay(
        self,
        lines: Any,
        asked: Asked | None = None,
        *,
        max_event_bytes: int = 65536,
        dry: bool = False,
        bytes_per_second: int = 1_000_000_000,
    ) -> Report:
        """Replay lines: values to write as JSON, or bytes as they are."""
        path = self.folder / "rejects.ndjson"
        raw = (line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines)
        path.write_bytes(b"".join(raw))
        catalog = load_catalog()
        report = Report(dry_run=dry)
        replay = Replay(
            Judgement(Judge(catalog), catalog, max_event_bytes),
            Outlet(None if dry else self._put, bytes_per_second),
            self.left,
            asked or Asked(),
            report,
        )
        await replay.run([RejectFile(str(path))])
        return report

    async def _put(self, stream: Stream, lines: Any) -> None:
        assert stream is Stream.EVENTS
        self.put += lines

    @property
    def left_lines(self) -> list[Any]:
        return [json.loads(line) for line in self.left.getvalue().splitlines()]


@pytest.fixture
def bench(client: httpx.AsyncClient, sink: MemorySink, tmp_path: Path) -> Bench:
    return Bench(client, sink, tmp_path)


@pytest.fixture
def broken(purchase: dict[str, Any]) -> dict[str, Any]:
    return {**purchase, "price": {"amount_micros": 1, "currency": "GEM"}}


def repaired(line: dict[str, Any]) -> dict[str, Any]:
    return {**line, "payload": line["payload"].replace("GEM", "EUR")}


async def test_a_repaired_event_goes_on_as_the_line_it_would_have_been(
    bench: Bench, broken: dict[str, Any]
) -> None:
    (line,) = await bench.refused(broken)
    report = await bench.replay([repaired(line)])
    (put,) = map(json.loads, bench.put)
    arrival = {name: line[name] for name in ("received_at", "sent_at", "game_id", "request_id")}
    event = {**broken, "price": {"amount_micros": 1, "currency": "EUR"}}
    assert put == {**arrival, "event": event}
    assert list(put) == [*arrival, "event"]
    assert put["sent_at"] == SENT_AT
    assert (report.is_complete, report.replayed) == (True, {"purchase": 1})
    assert bench.left_lines == []


async def test_an_event_that_was_always_valid_goes_on_with_the_very_bytes_the_service_writes(
    bench: Bench, purchase: dict[str, Any]
) -> None:
    answer = await bench.client.post("/v1/events/purchase", json=purchase)
    assert answer.status_code == 202
    (accepted,) = bench.sink.lines[Stream.EVENTS]
    line = json.loads(accepted)
    payload = json.dumps(line.pop("event"), ensure_ascii=False, separators=(",", ":"))
    refused = {"reason": "unknown_version", "errors": [], "payload": payload, "payload_bytes": len(payload)}
    await bench.replay([{**line, **refused}])
    assert bench.put == [accepted]


async def test_what_is_still_refused_is_counted_and_left_with_the_reasons_of_today(
    bench: Bench, broken: dict[str, Any]
) -> None:
    (line,) = await bench.refused(broken)
    report = await bench.replay([{**line, "reason": "unknown_version", "errors": []}])
    assert bench.put == []
    assert (report.is_complete, report.refused) == (False, {("invalid_event", "purchase"): 1})
    assert bench.left_lines == [line]


async def test_a_reject_is_never_put_again(bench: Bench, broken: dict[str, Any]) -> None:
    lines = await bench.refused(broken, {"event": "nothing"})
    before = list(bench.sink.lines[Stream.REJECTS])
    await bench.replay(lines)
    assert bench.put == []
    assert bench.sink.lines[Stream.REJECTS] == before


async def test_the_name_of_an_event_no_contract_has_is_not_told(bench: Bench) -> None:
    report = await bench.replay(await bench.refused({"event": "jane@example.com"}, 7))
    assert report.refused == {("unknown_event", "unknown"): 1, ("invalid_event", "unknown"): 1}
    assert "jane" not in str(report)


async def test_what_is_left_can_be_repaired_and_replayed_in_turn(
    bench: Bench, broken: dict[str, Any]
) -> None:
    await bench.replay(await bench.refused(broken))
    report = await bench.replay(map(repaired, bench.left_lines))
    assert report.is_complete
    assert len(bench.put) == 1


@pytest.mark.parametrize("grown", [{"note": "a" * 70_000}, {"note": [[[]] * 9] * 4000}], ids=["long", "wide"])
async def test_a_payload_that_was_cut_is_counted_and_left_as_it_was(
    bench: Bench, purchase: dict[str, Any], grown: dict[str, Any]
) -> None:
    (line,) = await bench.refused({**purchase, **grown})
    report = await bench.replay([line])
    assert (report.is_complete, report.cut, report.lines) == (False, 1, 1)
    assert (bench.put, bench.left_lines) == ([], [line])


async def test_a_deep_payload_that_was_kept_whole_is_judged_again(bench: Bench) -> None:
    deep = json.loads("[" * 300 + "]" * 300)
    (line,) = await bench.refused({"event": "purchase", "deep": deep})
    report = await bench.replay([line])
    assert report.refused == {("invalid_event", "purchase"): 1}
    assert bench.left_lines == [line]


async def test_an_event_over_the_limit_of_this_service_is_refused_again(
    bench: Bench, broken: dict[str, Any]
) -> None:
    (line,) = await bench.refused(broken)
    report = await bench.replay([repaired(line)], max_event_bytes=100)
    assert report.refused == {("too_large", "purchase"): 1}


async def test_the_pieces_of_a_batch_of_the_wrong_form_are_replayed_one_by_one(
    bench: Bench, purchase: dict[str, Any], broken: dict[str, Any]
) -> None:
    batch = {"sent_at": "yesterday", "events": [purchase, broken]}
    assert (await bench.client.post("/v1/events", json=batch)).status_code == 422
    lines = list(bench.sink.lines[Stream.REJECTS])
    report = await bench.replay(lines)
    assert [json.loads(line)["event"] for line in bench.put] == [purchase]
    assert (report.replayed.total(), report.refused.total()) == (1, 1)


@pytest.mark.parametrize(
    ("asked", "replayed"),
    [
        (Asked(), 2),
        (Asked(game="orion"), 2),
        (Asked(game="vega"), 0),
        (Asked(reason="invalid_event"), 2),
        (Asked(reason="too_large"), 0),
        (Asked(event="purchase"), 2),
        (Asked(event="install"), 0),
    ],
    ids=str,
)
async def test_only_what_is_asked_for_is_replayed_and_the_rest_left_alone(
    bench: Bench, broken: dict[str, Any], asked: Asked, replayed: int
) -> None:
    lines = map(repaired, await bench.refused(broken, broken))
    report = await bench.replay(lines, asked)
    assert (report.replayed.total(), report.skipped, report.is_complete) == (replayed, 2 - replayed, True)
    assert bench.left_lines == []


async def test_lines_that_are_no_rejects_are_counted_and_left(bench: Bench, broken: dict[str, Any]) -> None:
    (line,) = await bench.refused(broken)
    no_json = {**line, "payload": "{", "payload_bytes": 1}
    report = await bench.replay([b"{}\n", b"\n", no_json, b"[1]"])
    assert (report.lines, report.malformed) == (3, 3)
    assert bench.left_lines == [{}, no_json, [1]]


async def test_a_dry_run_counts_the_same_and_puts_nothing(bench: Bench, broken: dict[str, Any]) -> None:
    first, second = await bench.refused(broken, broken)
    report = await bench.replay([repaired(first), second], dry=True)
    assert (report.replayed.total(), report.refused.total(), report.undelivered) == (1, 1, 0)
    assert bench.put == []


async def test_many_events_go_in_puts_of_bounded_size(
    bench: Bench, broken: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    puts: list[int] = []

    async def put(_: Stream, lines: list[bytes]) -> None:
        puts.append(len(lines))

    monkeypatch.setattr(bench, "_put", put)
    (line,) = await bench.refused(broken)
    report = await bench.replay([repaired(line)] * 1201)
    assert puts == [500, 500, 201]
    assert report.replayed.total() == 1201


async def test_a_sink_that_fails_ends_it_with_what_is_not_delivered(
    bench: Bench, broken: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def put(_: Stream, lines: list[bytes]) -> None:
        if bench.put:
            raise SinkUnavailable("the sink is down")
        bench.put += lines

    monkeypatch.setattr(bench, "_put", put)
    (line,) = await bench.refused(broken)
    report = await bench.replay([repaired(line)] * 1201)
    assert (report.replayed.total(), report.undelivered) == (500, 500)
    assert report.stopped == "the sink is down"
    assert report.place.endswith("rejects.ndjson:1000")
    assert not report.is_complete


async def test_no_more_is_sent_in_a_time_than_it_is_told(
    bench: Bench, broken: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    (line,) = await bench.refused(broken)
    monkeypatch.setattr("questlog_api.replay.replay.asyncio.sleep", sleep)
    monkeypatch.setattr("questlog_api.replay.replay.monotonic", lambda: 100.0)
    await bench.replay([repaired(line)] * 4, bytes_per_second=1000)
    sizes = list(map(len, bench.put))
    assert slept == pytest.approx([0, sum(sizes[:2]) / 1000])


async def test_the_books_of_a_report_balance(bench: Bench, broken: dict[str, Any]) -> None:
    first, second = await bench.refused(broken, broken)
    other = {**first, "game_id": "vega"}
    cut = {**first, "payload": "{", "payload_bytes": 9}
    report = await bench.replay([repaired(first), second, other, cut, b"x\n"], Asked(game="orion"))
    data = report.as_data()
    assert data["still_refused"] == [{"reason": "invalid_event", "event": "purchase", "lines": 1}]
    assert (data["replayed"], data["skipped"], data["cut"], data["malformed"]) == ({"purchase": 1}, 1, 1, 1)
    assert data["lines"] == 5
    assert data["complete"] is False
