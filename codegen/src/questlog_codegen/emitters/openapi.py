"""The OpenAPI 3.1 document of the API: whole, and served byte for byte. Its components are the contracts.

FastAPI would pass the schemas through its own model and change numbers on the way, so it only serves this.
"""

from typing import Any

from questlog_codegen.contracts import Catalog, Contract, Schema, Version
from questlog_codegen.emitters.openapi_shared import ANSWERS, RESPONSES, json_body, problem, reference
from questlog_codegen.writer import render_json

DOCUMENT = "api/src/questlog_api/_generated/openapi.json"
MAX_EVENTS = 500


def emit(catalog: Catalog) -> dict[str, str]:
    """Return the document: one operation an event, the batch, the contracts, and the probes."""
    return {DOCUMENT: render_json(_document(catalog))}


def _document(catalog: Catalog) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": _INFO,
        "security": [{"writeKey": []}],
        "paths": {
            "/v1/events": {"post": _batch(catalog)},
            **{f"/v1/events/{c.event}": {"post": _single(c)} for c in catalog.contracts},
            **_schema_paths(catalog),
            **_probes(),
        },
        "components": {
            "securitySchemes": {"writeKey": {"type": "http", "scheme": "bearer", "description": _KEY}},
            "schemas": {**{v.slug: _component(v) for v in catalog.versions}, **ANSWERS},
            "responses": RESPONSES,
        },
    }


_KEY = "Write key of one game. `python -m questlog_api key` makes one."
_INFO = {
    "title": "Questlog ingest API",
    "version": "1",
    "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "description": (
        "Accepts game events. 202 means durable: Kinesis Firehose has the event. Every error is an RFC 9457 "
        "problem with a stable `type` and all violations; none repeats a submitted value. Bodies may be "
        "gzipped (`Content-Encoding: gzip`). An unknown path is a 404, a wrong method a 405 with `Allow`."
    ),
}
_REFUSALS = {
    "400": problem("NotJson"),
    "401": problem("Unauthorized"),
    "408": problem("RequestTimeout"),
    "413": problem("TooLarge"),
    "415": problem("UnsupportedMediaType"),
    "429": problem("TooManyRequests"),
    "503": problem("Unavailable"),
}


def _component(version: Version) -> Schema:
    """The contract, with the members OpenAPI has another place for taken out."""
    return {key: value for key, value in version.schema.items() if key not in {"$schema", "$id"}} | {
        "x-schema-id": version.schema["$id"]
    }


def _one_of(versions: tuple[Version, ...]) -> Schema:
    references = [reference(version.slug) for version in versions]
    return references[0] if len(references) == 1 else {"oneOf": references}


def _version_of(contract: Contract) -> Schema:
    """Any version of an event; the discriminator tells tools by which one an event is judged."""
    one_of = _one_of(contract.versions)
    if "oneOf" not in one_of:
        return one_of
    mapping = {version.number: reference(version.slug)["$ref"] for version in contract.versions}
    return {**one_of, "discriminator": {"propertyName": "schema_version", "mapping": mapping}}


def _single(contract: Contract) -> Schema:
    return {
        "operationId": f"send_{contract.event}",
        "summary": f"Send one `{contract.event}`",
        "description": contract.source["description"],
        "tags": ["events"],
        **({"deprecated": True} if contract.source.get("deprecated") else {}),
        "parameters": [_SENT_AT],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": _version_of(contract),
                    "examples": {name: {"value": event} for name, event in contract.valid_examples.items()},
                }
            },
        },
        "responses": {
            "202": json_body("The event is durable.", "accepted"),
            **_REFUSALS,
            "422": problem("InvalidEvent"),
        },
    }


_SENT_AT: dict[str, Any] = {
    "name": "Questlog-Sent-At",
    "in": "header",
    "required": False,
    "description": "When the client sent the request, by its clock: RFC 3339 with an offset.",
    "schema": {"type": "string", "format": "date-time"},
}


def _batch(catalog: Catalog) -> Schema:
    items = _one_of(catalog.versions)
    events = {
        "description": "Events of any kind and version, each judged on its own.",
        "type": "array",
        "minItems": 1,
        "maxItems": MAX_EVENTS,
        "items": items,
    }
    sent_at = {"description": _SENT_AT["description"], **_SENT_AT["schema"]}
    body = {
        "type": "object",
        "additionalProperties": False,
        "required": ["sent_at", "events"],
        "properties": {"sent_at": sent_at, "events": events},
    }
    return {
        "operationId": "send_batch",
        "summary": f"Send up to {MAX_EVENTS} events",
        "tags": ["events"],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {
            "202": json_body("All events are durable.", "batch_answer"),
            "207": json_body(
                "Some are durable; the others were refused and kept as rejects.", "batch_answer"
            ),
            **_REFUSALS,
            "422": problem("InvalidBatch"),
        },
    }


def _schema_paths(catalog: Catalog) -> dict[str, Schema]:
    parameters = [
        {"name": "event", "in": "path", "required": True, "schema": {"type": "string", "maxLength": 64}},
        {"name": "version", "in": "path", "required": True, "schema": {"type": "string", "maxLength": 16}},
    ]
    newest = catalog.contracts[0].newest
    for parameter, example in zip(parameters, (newest.event, newest.number), strict=True):
        parameter["example"] = example
    listing = json_body("Every contract the API accepts.", "contract_list", etag=True)
    contract = {
        **json_body("The contract, complete: no `$ref` in it.", "contract", etag=True),
        "content": {"application/schema+json": {"schema": {"type": "object"}}},
    }
    cached = {"304": {"description": "Unchanged since the ETag in `If-None-Match`."}}
    return {
        "/v1/schemas": {"get": _read("list_schemas", "List the contracts", {"200": listing, **cached})},
        "/v1/schemas/{event}/{version}": {
            "get": {
                **_read(
                    "get_schema", "One contract", {"200": contract, **cached, "404": problem("NotFound")}
                ),
                "parameters": parameters,
            }
        },
    }


def _probes() -> dict[str, Schema]:
    alive = json_body("The process answers.", "health")
    ready = json_body("Events can be stored; `sink` and `spool` say how, when not as usual.", "readiness")
    metrics = {
        "description": "Prometheus' text format.",
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }
    return {
        "/healthz": {"get": _read("healthz", "Is the process alive?", {"200": alive}, tag="probes")},
        "/readyz": {
            "get": _read(
                "readyz",
                "Can events be accepted?",
                {"200": ready, "503": problem("NotReady")},
                tag="probes",
            )
        },
        "/metrics": {"get": _read("metrics", "What the service counts", {"200": metrics}, tag="probes")},
    }


def _read(name: str, summary: str, responses: Schema, *, tag: str = "contracts") -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": summary,
        "tags": [tag],
        "security": [],
        "responses": dict(responses),
    }
