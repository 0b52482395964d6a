"""What Firehose answers to its calls: JSON 1.1 as boto3 speaks it."""

import base64
import gzip
import json
import random
import re
import zlib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from tests.load.faults import Fault, Faults
from tests.load.server import Reply, Request, response

# As long as the ids of the service, whose parsing is part of what a call costs.
_RECORD_ID = "Q7v1".ljust(220, "x") + "=="
_STREAM = re.compile(rb'"DeliveryStreamName":\s*"([^"]*)"')
_HEADERS = {
    "Content-Type": "application/x-amz-json-1.1",
    "x-amzn-RequestId": "f5b0a3f2-8f59-4d5c-9d33-7a1a2b3c4d5e",
}
_SERVICE_UNAVAILABLE = "ServiceUnavailableException"


class FirehoseCalls:
    """Takes records and counts them, and keeps their lines in files of `folder`, unless that is None.

    A file is named `<stream>.ndjson` and is written before the answer is sent.
    """

    def __init__(self, latency: float, folder: Path | None, chance: random.Random) -> None:
        self.faults = Faults()
        self._latency = latency
        self._folder = folder
        self._chance = chance
        self._files: dict[str, BinaryIO] = {}
        self._totals: Counter[str] = Counter()
        self._streams: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()

    @property
    def counts(self) -> dict[str, Any]:
        """Calls, the records taken, the bytes of all bodies, records taken by stream, faults by kind."""
        totals = {name: self._totals[name] for name in ("calls", "records", "bytes")}
        return {**totals, "streams": dict(self._streams), "faults": dict(self._failures)}

    def answer(self, request: Request) -> Reply:
        """Answer one call, after the latency."""
        operation = request.headers.get(b"x-amz-target", b"").rpartition(b".")[2]
        if operation == b"DescribeDeliveryStream":
            return self._reply(self._description(request.body))
        if operation not in (b"PutRecordBatch", b"PutRecord"):
            return self._reply(_error(400, "UnknownOperationException"))
        self._totals["calls"] += 1
        self._totals["bytes"] += len(request.body)
        return self._put(request.body, batch=operation == b"PutRecordBatch")

    def _reply(self, content: bytes | None, *, reset: bool = False) -> Reply:
        return Reply(content, self._latency, reset)

    def _put(self, body: bytes, *, batch: bool) -> Reply:
        fault = "outage" if self.faults.outage else self.faults.draw(self._chance)
        if fault is not None:
            self._failures[fault] += 1
            return self._fail(fault, body, batch=batch)
        records = self._take(body)
        return self._reply(_taken(records) if batch else _taken_one())

    def _fail(self, fault: Fault | str, body: bytes, *, batch: bool) -> Reply:
        if fault == "throttle":
            return self._reply(_error(400, "ThrottlingException"))
        if fault == "error":
            return self._reply(_error(500, "InternalFailure"))
        if fault == "outage" or (fault == "partial" and not batch):
            return self._reply(_error(503, _SERVICE_UNAVAILABLE))
        if fault == "partial":
            return self._reply(self._take_some(body))
        # What is left is a client who never learns that its records were taken, or were not.
        if fault == "timeout_after_success" or self._chance.random() < 1 / 2:
            self._take(body)
        return self._reply(None, reset=fault == "reset")

    def _take(self, body: bytes) -> int:
        """Take all records of a call and return how many there are."""
        stream = _stream(body)
        # Base64 has no quotation marks, so this is exact, and needs neither JSON nor base64.
        count = body.count(b'"Data"')
        if self._folder is not None:
            self._keep(stream, _records(body))
        self._count(stream, count)
        return count

    def _take_some(self, body: bytes) -> bytes:
        records = _records(body)
        failing = set(self._chance.sample(range(len(records)), self._chance.randint(1, len(records))))
        taken = [record for index, record in enumerate(records) if index not in failing]
        stream = _stream(body)
        self._keep(stream, taken)
        self._count(stream, len(taken))
        results = [
            {"ErrorCode": _SERVICE_UNAVAILABLE, "ErrorMessage": "Slow down."}
            if index in failing
            else {"RecordId": _RECORD_ID}
            for index in range(len(records))
        ]
        return _ok({"FailedPutCount": len(failing), "Encrypted": False, "RequestResponses": results})

    def _count(self, stream: str, records: int) -> None:
        self._totals["records"] += records
        self._streams[stream] += records

    def _keep(self, stream: str, records: list[bytes]) -> None:
        """Append to the stream's file. It outlives this process; only the machine must not fail."""
        if self._folder is None or not records:
            return
        if stream not in self._files:
            path = self._folder / f"{stream}.ndjson"
            self._files[stream] = path.open("ab", buffering=0)
        self._files[stream].write(b"".join(map(_lines, records)))

    def _description(self, body: bytes) -> bytes:
        name = _stream(body)
        arn = f"arn:aws:firehose:eu-west-1:123456789012:deliverystream/{name}"
        description = {
            "DeliveryStreamName": name,
            "DeliveryStreamARN": arn,
            "DeliveryStreamStatus": "ACTIVE",
            "DeliveryStreamType": "DirectPut",
            "VersionId": "1",
            "Destinations": [],
            "HasMoreDestinations": False,
        }
        return _ok({"DeliveryStreamDescription": description})


def _stream(body: bytes) -> str:
    # Of a long body only its ends are looked at: the name stands before the records or behind them.
    found = _STREAM.search(body[:512]) or _STREAM.search(body[-512:]) or _STREAM.search(body)
    return found.group(1).decode() if found else ""


def _records(body: bytes) -> list[bytes]:
    call = orjson.loads(body)
    records = call["Records"] if "Records" in call else [call["Record"]]
    return [base64.b64decode(record["Data"]) for record in records]


def _lines(record: bytes) -> bytes:
    try:
        return gzip.decompress(record) if record.startswith(b"\x1f\x8b") else record
    except (OSError, EOFError, zlib.error):
        return record


@cache
def _taken(records: int) -> bytes:
    results = [{"RecordId": _RECORD_ID}] * records
    return _ok({"FailedPutCount": 0, "Encrypted": False, "RequestResponses": results})


@cache
def _taken_one() -> bytes:
    return _ok({"RecordId": _RECORD_ID, "Encrypted": False})


def _ok(answer: dict[str, Any]) -> bytes:
    return response(200, json.dumps(answer).encode(), _HEADERS)


@cache
def _error(status: int, code: str) -> bytes:
    body = json.dumps({"__type": code, "message": "The stand-in was asked to fail."}).encode()
    return response(status, body, {**_HEADERS, "x-amzn-ErrorType": code})
