"""Where the time of an event goes: the parts of the service alone, in this process, each beside its floor.

Batches of 100 as they are read and answered; Firehose is called with 500 lines in a record.
"""

import http.client
import os
import random
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias
from unittest import mock
from urllib.parse import urlsplit

import jsonschema_rs
import orjson
from isal import igzip
from starlette.responses import Response

from questlog_api import Settings, batch
from questlog_api.body import from_json, to_json
from questlog_api.contracts import load_catalog
from questlog_api.gate.keys import key_hash
from questlog_api.lines import Arrival, Lines
from questlog_api.refusals import Judge
from questlog_api.settings import WriteKeys
from questlog_api.sinks import packing
from questlog_api.sinks.client import Client
from tests.bench import ingest_servers as servers
from tests.bench.ingest_rates import BARE, BATCHES, QUESTLOG, RAW, Rates
from tests.bench.keys import KEY
from tests.load import processes
from tests.load.requests import EventIds, purchase, varied
from tests.load.service import STAND_IN_CREDENTIALS

_Work: TypeAlias = Callable[[], Any]

_BATCH, _RECORD = 100, 500
_BOTO3 = "boto3 call"
_COMPRESS, _BOTO3_ZIPPED = _ONLY_ZIPPED = "compress (ndjson+gzip)", "boto3 call (ndjson+gzip)"
_SECONDS = 0.3
_REPEATS = 5


@dataclass(frozen=True, slots=True)
class Part:
    """Microseconds of CPU an event, and those of the least that could do the same."""

    name: str
    micros: float
    floor: float
    floor_name: str


def table(rates: Rates) -> Iterator[str]:
    """Yield the lines of the table; the whole and HTTP are as served, the rest is what no part explains."""
    whole = rates.best(QUESTLOG, BATCHES).micros
    served = Part("HTTP", rates.best(RAW, BATCHES).micros, rates.best(BARE, BATCHES).micros, BARE)
    with servers.stand_in() as endpoint, processes.on(servers.SERVER_CPU):
        parts = [served, *_intake(), *_packing(), *_calls(endpoint)]
    yield f"{'CPU µs an event, batches of 100':<36} {'µs':>7} {'floor':>7}"
    for part in parts:
        yield f"{part.name:<36} {part.micros:>7.2f} {part.floor:>7.2f}   {part.floor_name}"
    rest = whole - sum(part.micros for part in parts if part.name not in _ONLY_ZIPPED)
    yield f"{'routing, waiting, threads, counting':<36} {rest:>7.2f}       -   what the parts do not explain"
    yield f"{'whole, as served with ndjson':<36} {whole:>7.2f}"


def _intake() -> Iterator[Part]:
    events = _events(_BATCH)
    event = events[0]
    body = orjson.dumps({"sent_at": "2026-11-02T18:04:06.000Z", "events": events})
    contract = load_catalog()["purchase"]["1.0"]
    judge, rust = Judge(load_catalog()), jsonschema_rs.validator_for(dict(contract.schema))
    told = orjson.loads(_answer(event).body)
    dumps = partial(orjson.dumps, event)
    yield _part("parse", partial(from_json, body), partial(orjson.loads, body), "orjson.loads", _BATCH)
    yield _part("validate", partial(judge.refusal, event), partial(rust.is_valid, event), "jsonschema-rs", 1)
    yield Part("serialise", _micros(partial(_lines, events), _BATCH), _micros(dumps), "orjson.dumps")
    yield _part("answer", partial(_answer, event), partial(orjson.dumps, told), "orjson.dumps", _BATCH)


def _packing() -> Iterator[Part]:
    lines = _lines(_events(_RECORD))
    joined = b"".join(lines)
    pack = _part("pack", partial(_packed, lines), partial(b"".join, lines), "bytes.join", _RECORD)
    yield pack
    zipped = _micros(lambda: list(packing.ndjson_gzip(lines)), _RECORD)
    floor = _micros(partial(igzip.compress, joined, 0), _RECORD)
    yield Part(_COMPRESS, zipped - pack.micros, floor, "ISA-L at its fastest")


def _calls(endpoint: str) -> Iterator[Part]:
    lines = _lines(_events(_RECORD))
    [record], [zipped] = _packed(lines), list(packing.ndjson_gzip(lines))
    with mock.patch.dict(os.environ, STAND_IN_CREDENTIALS):
        client = Client.from_settings(_settings(endpoint), 1)
        for name, content in ((_BOTO3, record.content), (_BOTO3_ZIPPED, zipped.content)):
            with _posting(endpoint, content) as post:
                call = partial(client.put, servers.EVENTS_STREAM, [content])
                yield _part(name, call, post, "http.client, prepared body, unsigned", _RECORD)
        client.close()


def _part(name: str, work: _Work, floor: _Work, floor_name: str, events: int) -> Part:
    return Part(name, _micros(work, events), _micros(floor, events), floor_name)


def _answer(event: dict[str, Any]) -> Response:
    return batch.answer([batch.result(index, event, None) for index in range(_BATCH)])


def _events(count: int) -> list[dict[str, Any]]:
    chance = random.Random()
    ids = EventIds(chance)
    return [{**varied(purchase(), chance), "event_id": ids.text(number).decode()} for number in range(count)]


def _lines(events: Sequence[dict[str, Any]]) -> list[bytes]:
    lines = Lines(Arrival("2026-11-02T18:04:06.000Z", None, "orion", "01930f3a-7c00-7001-8000-000000000001"))
    for event in events:
        lines.accept(event, to_json(event) or b"")
    return lines.accepted


def _packed(lines: list[bytes]) -> list[packing.Record]:
    return list(packing.ndjson(lines))


def _settings(endpoint: str) -> Settings:
    keys: WriteKeys = {"orion": (key_hash(KEY.encode()),)}
    return Settings(write_keys=keys, firehose_endpoint_url=endpoint, aws_region="eu-west-1")


@contextmanager
def _posting(endpoint: str, record: bytes) -> Iterator[_Work]:
    """Give what sends a prepared call as simply as the standard library can."""
    url = urlsplit(endpoint)
    connection = http.client.HTTPConnection(str(url.hostname), url.port)
    call = {"DeliveryStreamName": servers.EVENTS_STREAM, "Records": [{"Data": b64encode(record).decode()}]}
    body = orjson.dumps(call)
    headers = {"X-Amz-Target": "Firehose_20150804.PutRecordBatch"}

    def post() -> bytes:
        connection.request("POST", "/", body, headers)
        return connection.getresponse().read()

    yield post
    connection.close()


def _micros(work: _Work, events: int = 1) -> float:
    """Return microseconds of CPU that `work` takes for each of its `events`: the best of some repeats."""
    return min(_micros_once(work) for _ in range(_REPEATS)) / events


def _micros_once(work: _Work) -> float:
    count, started = 0, time.process_time()
    end = time.perf_counter() + _SECONDS
    while time.perf_counter() < end:
        for _ in range(10):
            work()
        count += 10
    return 1e6 * (time.process_time() - started) / count
