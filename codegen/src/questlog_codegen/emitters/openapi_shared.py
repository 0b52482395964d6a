"""What the operations of the OpenAPI document share: answers, problems (RFC 9457) and their headers."""

from typing import Any

from questlog_codegen.contracts import Schema


def reference(name: str) -> Schema:
    """Return a reference to a component schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def problem(name: str) -> Schema:
    """Return a reference to one of `RESPONSES`."""
    return {"$ref": f"#/components/responses/{name}"}


def json_body(description: str, schema: str, *, etag: bool = False) -> dict[str, Any]:
    """Return a response with a JSON body and, where it can be cached, its ETag."""
    headers = {"Questlog-Request-Id": _REQUEST_ID} | ({"ETag": _ETAG} if etag else {})
    return {
        "description": description,
        "headers": headers,
        "content": {"application/json": {"schema": reference(schema)}},
    }


_REQUEST_ID = {"description": "Names the request in the API's logs.", "schema": {"type": "string"}}
_ETAG = {"description": "Version of the answer, for `If-None-Match`.", "schema": {"type": "string"}}
_RETRY_AFTER = {
    "description": "Seconds to wait before the next try, at least.",
    "required": True,
    "schema": {"type": "integer", "minimum": 1},
}
_CHALLENGE = {"description": "RFC 6750 challenge.", "required": True, "schema": {"type": "string"}}
_ALLOW = {"description": "Methods the path knows.", "required": True, "schema": {"type": "string"}}


def _closed(required: list[str], **properties: Schema) -> Schema:
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_VIOLATIONS: Schema = {"type": "array", "items": reference("violation")}
_RESULTS: Schema = {"type": "array", "items": reference("event_result")}
_PROBLEM = {
    "type": {"type": "string", "description": "Stable name of the problem, `urn:questlog:problem:...`."},
    "title": _TEXT,
    "status": {"type": "integer"},
    "detail": {"type": "string", "description": "What to do about it."},
    "request_id": _TEXT,
    "errors": _VIOLATIONS,
}
_BATCH = {"accepted": _COUNT, "rejected": _COUNT, "events": _RESULTS}
_PROBLEM_REQUIRED = ["type", "title", "status", "detail", "request_id"]

ANSWERS: dict[str, Schema] = {
    "violation": _closed(
        ["pointer", "keyword", "detail"],
        pointer={"type": "string", "description": "JSON Pointer (RFC 6901) to the value or missing member."},
        keyword={"type": "string", "description": "The rule that was broken, e.g. `enum`."},
        detail={"type": "string", "description": "What a value must be. Never the submitted value."},
    ),
    "event_result": _closed(
        ["index", "event_id", "status", "errors"],
        index={**_COUNT, "description": "Position in the batch, from 0."},
        event_id={"type": ["string", "null"], "description": "Null when it could not be read."},
        status={"enum": ["accepted", "rejected"]},
        errors=_VIOLATIONS,
    ),
    "accepted": _closed(
        ["request_id", "event_id", "status"], request_id=_TEXT, event_id=_TEXT, status={"const": "accepted"}
    ),
    "batch_answer": _closed(["request_id", *_BATCH], request_id=_TEXT, **_BATCH),
    "problem": _closed(_PROBLEM_REQUIRED, **_PROBLEM),
    "batch_problem": _closed(_PROBLEM_REQUIRED, **_PROBLEM, **_BATCH),
    "contract_entry": _closed(
        ["event", "version", "status", "sha256", "href"],
        event=_TEXT,
        version=_TEXT,
        status={"enum": ["draft", "released"]},
        sha256=_TEXT,
        href=_TEXT,
    ),
    "contract_list": _closed(
        ["contracts"], contracts={"type": "array", "items": reference("contract_entry")}
    ),
    "health": _closed(["status"], status={"enum": ["ok"]}),
    "readiness": _closed(
        ["status"], status={"enum": ["ok"]}, sink={"enum": ["ok", "down"]}, spool={"enum": ["taking", "down"]}
    ),
    "readiness_problem": _closed(
        [*_PROBLEM_REQUIRED, "cause"],
        **_PROBLEM,
        cause={"enum": ["sink-down", "spool-full", "spool-broken", "draining"]},
    ),
}


def _problem(description: str, schema: str = "problem", *, headers: Schema | None = None) -> dict[str, Any]:
    return {
        "description": description,
        "headers": {"Questlog-Request-Id": _REQUEST_ID, **(headers or {})},
        "content": {"application/problem+json": {"schema": reference(schema)}},
    }


RESPONSES: dict[str, Any] = {
    "NotJson": _problem(
        "The body is not JSON, not UTF-8, or not the gzip it claims to be; or a header is malformed."
    ),
    "Unauthorized": _problem(
        "No write key, or one the API does not know.", headers={"WWW-Authenticate": _CHALLENGE}
    ),
    "NotFound": _problem("No such path, event or version."),
    "MethodNotAllowed": _problem("The path does not know the method.", headers={"Allow": _ALLOW}),
    "RequestTimeout": _problem("The body did not arrive in time; send it again."),
    "TooLarge": _problem("The body is over its limit of bytes, or the batch over its limit of events."),
    "UnsupportedMediaType": _problem("The body must be `application/json`, plain or gzipped."),
    "InvalidEvent": _problem(
        "The event breaks its contract, or names a version the API does not know. It is kept as a reject."
    ),
    "InvalidBatch": _problem("No event was accepted; they are kept as rejects.", "batch_problem"),
    "TooManyRequests": _problem(
        "The key is over its events a minute, or over the refused ones kept for it; the type "
        "says which. Nothing was acknowledged; send it again later.",
        headers={"Retry-After": _RETRY_AFTER},
    ),
    "Unavailable": _problem(
        "Firehose did not take it in time, or the API has too much under way. Nothing was acknowledged; "
        "send it again later.",
        headers={"Retry-After": _RETRY_AFTER},
    ),
    "NotReady": _problem(
        "No events can be stored at the moment; `cause` says why.",
        "readiness_problem",
        headers={"Retry-After": _RETRY_AFTER},
    ),
}
