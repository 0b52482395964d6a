"""Problem documents (RFC 9457): every answer that is not a success."""

from collections.abc import Mapping, Sequence
from enum import Enum
from http import HTTPStatus

from starlette.responses import Response

from questlog_api.responses import json_response
from questlog_api.telemetry import request_id
from questlog_api.violations import FieldError

MEDIA_TYPE = "application/problem+json"


class Kind(Enum):
    """The problems there are. Slugs are part of the wire: clients branch on them, so they never change."""

    NOT_JSON = 400, "not-json", "The body is not JSON"
    INVALID_HEADER = 400, "invalid-header", "A header of the request is invalid"
    UNAUTHORIZED = 401, "unauthorized", "The write key is missing or unknown"
    NOT_FOUND = 404, "not-found", "There is nothing at this address"
    UNKNOWN_EVENT = 404, "unknown-event", "No contract has this event's name"
    METHOD_NOT_ALLOWED = 405, "method-not-allowed", "This address does not take this method"
    TIMEOUT = 408, "timeout", "The body did not arrive in time"
    TOO_LARGE = 413, "too-large", "The request is too large"
    UNSUPPORTED_MEDIA_TYPE = 415, "unsupported-media-type", "The body is in a form that is not taken"
    INVALID_EVENT = 422, "invalid-event", "Not what the contract asks for"
    INVALID_BATCH = 422, "invalid-batch", "The batch has the wrong form"
    UNKNOWN_VERSION = 422, "unknown-version", "The event's contract has no such version"
    RATE_LIMITED = 429, "rate-limited", "The write key sends too many events"
    REJECTS_LIMITED = 429, "rejects-limited", "The write key sends too many events that are refused"
    UNAVAILABLE = 503, "unavailable", "Events cannot be stored at the moment"

    def __init__(self, status: int, slug: str, title: str) -> None:
        self.status = status
        self.type = f"urn:questlog:problem:{slug}"
        self.title = title


class ProblemError(Exception):
    """Ends a request with a problem.

    Attributes:
        kind: Which problem.
        detail: What is wrong with this request and what to send instead; never a submitted value.
        errors: Violations, with pointers; None where the problem has none.
        headers: Headers of the answer.
        members: Further members of the document.
    """

    def __init__(
        self,
        kind: Kind,
        detail: str,
        *,
        errors: Sequence[FieldError] | None = None,
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.errors = errors
        self.headers = headers
        self.members = members or {}

    def response(self) -> Response:
        """Return the answer."""
        document = _document(self.kind.type, self.kind.title, self.kind.status, self.detail)
        if self.errors is not None:
            document["errors"] = self.errors
        return _response({**document, **self.members}, self.kind.status, self.headers)


def not_acknowledged(reason: str, retry_after: int) -> ProblemError:
    """Return the problem of events that could not be taken (503); `retry_after` is in seconds."""
    return _unavailable(
        f"{reason} Nothing was acknowledged: send it again, not before Retry-After.", retry_after
    )


def _unavailable(detail: str, retry_after: int) -> ProblemError:
    return ProblemError(Kind.UNAVAILABLE, detail, headers={"Retry-After": str(retry_after)})


def a_bug() -> Response:
    """Return the answer to a request that failed for a reason nobody thought of (500)."""
    return without_type(500, "The service has a bug; its log has the traceback under this request_id.")


def without_type(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return a problem that its HTTP status describes fully (`about:blank`, RFC 9457 section 4.2.1)."""
    return _response(_document("about:blank", HTTPStatus(status).phrase, status, detail), status, headers)


def _document(type_: str, title: str, status: int, detail: str) -> dict[str, object]:
    return {
        "type": type_,
        "title": title,
        "status": status,
        "detail": detail,
        "request_id": request_id.current(),
    }


def _response(document: Mapping[str, object], status: int, headers: Mapping[str, str] | None) -> Response:
    return json_response(document, status=status, media_type=MEDIA_TYPE, headers=headers)
