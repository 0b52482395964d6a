"""What leaves for Firehose, as a server sees it."""

import json
import threading
from base64 import b64decode
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from questlog_api import Settings
from questlog_api.sinks.client import Client
from tests.api.sinks.conftest import REGION

STREAM = "questlog-events"
KEY = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")  # those of AWS' own examples
RECORDS = {
    "one": [b'{"event":"purchase"}\n'],
    "several": [b"%d\n" % number for number in range(500)],
    "every byte": [bytes(range(256))],
    "lengths that base64 fills up": [b"", b"a", b"ab", b"abc"],
    "a large one": [b"x" * 1_000_000],
}


class Received(NamedTuple):
    """A request as it arrived."""

    url: str
    headers: dict[str, str]
    body: bytes


class Recorder(BaseHTTPRequestHandler):
    """Answers as Firehose does, and keeps each request."""

    requests: list[Received]
    status = 200
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.requests.append(Received(f"http://{headers['host']}{self.path}", headers, body))
        results = [{"RecordId": str(number)} for number in range(len(json.loads(body)["Records"]))]
        answer = json.dumps({"FailedPutCount": 0, "RequestResponses": results}).encode()
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has there
        """Say nothing."""


class Server(NamedTuple):
    """Where Firehose is, and what it was sent."""

    url: str
    requests: list[Received]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEY.secret_key)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    requests: list[Received] = []
    kind = type("Recorder", (Recorder,), {"requests": requests})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield Server(f"http://127.0.0.1:{http.server_port}", requests)
        http.shutdown()
        thread.join()


@pytest.fixture
def client(server: Server, settings: Settings) -> Iterator[Client]:
    where = {"aws_region": REGION, "firehose_endpoint_url": server.url}
    client = Client.from_settings(settings.model_copy(update=where), 1)
    yield client
    client.close()


def by_boto3_alone(server: Server, records: Sequence[bytes]) -> Received:
    boto = boto3.session.Session().client("firehose", region_name=REGION, endpoint_url=server.url)
    boto.put_record_batch(DeliveryStreamName=STREAM, Records=[{"Data": record} for record in records])
    boto.close()
    return server.requests.pop()


def sent(server: Server, client: Client, records: Sequence[bytes]) -> Received:
    assert client.put(STREAM, records) == [None] * len(records)
    return server.requests.pop()


def signature_of(request: Received) -> str:
    """The signature that a request must have, by the rules and not by what the client did."""
    signed = _signed_headers(request)
    made = AWSRequest("POST", request.url, data=request.body, headers=signed)
    made.context["timestamp"] = request.headers["x-amz-date"]
    auth = SigV4Auth(KEY, "firehose", REGION)
    return str(auth.signature(auth.string_to_sign(made, auth.canonical_request(made)), made))


def _signed_headers(request: Received) -> dict[str, str]:
    names = _authorization(request)["SignedHeaders"].split(";")
    return {name: request.headers[name] for name in names}


def _authorization(request: Received) -> dict[str, str]:
    _, _, members = request.headers["authorization"].partition(" ")
    return dict(member.split("=", 1) for member in members.split(", "))


@pytest.mark.parametrize("records", RECORDS.values(), ids=RECORDS)
def test_what_is_sent_is_the_json_that_boto3_sends_by_itself(
    server: Server, client: Client, records: Sequence[bytes]
) -> None:
    ours, theirs = sent(server, client, records), by_boto3_alone(server, records)
    assert json.loads(ours.body) == json.loads(theirs.body)
    assert json.loads(ours.body)["DeliveryStreamName"] == STREAM
    assert (ours.url, ours.headers.keys()) == (theirs.url, theirs.headers.keys())
    for name in ("x-amz-target", "content-type", "host"):
        assert ours.headers[name] == theirs.headers[name]


@pytest.mark.parametrize("records", RECORDS.values(), ids=RECORDS)
def test_what_is_sent_is_signed_as_it_is_sent(
    server: Server, client: Client, records: Sequence[bytes]
) -> None:
    request = sent(server, client, records)
    assert int(request.headers["content-length"]) == len(request.body)
    assert _authorization(request)["Signature"] == signature_of(request)
    assert {"host", "x-amz-date", "x-amz-target", "content-type"} >= _signed_headers(request).keys()


def test_the_signature_is_checked_over_the_body(server: Server, client: Client) -> None:
    request = sent(server, client, [b"1\n"])
    forged = request._replace(body=request.body.replace(b"MQo=", b"Mgo="))
    assert forged.body != request.body
    assert _authorization(request)["Signature"] != signature_of(forged)


def test_calls_at_the_same_time_keep_their_records_apart(server: Server, settings: Settings) -> None:
    where = {"aws_region": REGION, "firehose_endpoint_url": server.url}
    client = Client.from_settings(settings.model_copy(update=where), 8)

    def put(number: int) -> None:
        for _ in range(10):
            client.put(f"stream-{number}", [b"%d" % number] * (number + 1))

    threads = [threading.Thread(target=put, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client.close()
    assert len(server.requests) == 80
    assert all(_is_of_one_call(json.loads(request.body)) for request in server.requests)


def _is_of_one_call(body: dict[str, Any]) -> bool:
    number = int(body["DeliveryStreamName"].removeprefix("stream-"))
    return [b64decode(record["Data"]) for record in body["Records"]] == [b"%d" % number] * (number + 1)


def test_a_put_is_one_call_however_it_is_answered(
    server: Server, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Recorder, "status", 500)
    assert None not in client.put(STREAM, RECORDS["one"])
    assert len(server.requests) == 1
