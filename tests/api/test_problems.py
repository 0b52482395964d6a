from typing import Any

import orjson
import pytest
from starlette.responses import Response

from questlog_api.problems import Kind, ProblemError, without_type
from questlog_api.violations import FieldError


def body_of(response: Response) -> dict[str, Any]:
    return dict(orjson.loads(response.body))


def test_a_problem_is_a_document_of_rfc_9457() -> None:
    errors = [FieldError("/quantity", "minimum", "must be at least 1")]
    response = ProblemError(Kind.INVALID_EVENT, "What to do.", errors=errors).response()
    assert response.status_code == 422
    assert response.headers["Content-Type"] == "application/problem+json"
    assert body_of(response) == {
        "type": "urn:questlog:problem:invalid-event",
        "title": Kind.INVALID_EVENT.title,
        "status": 422,
        "detail": "What to do.",
        "request_id": "-",
        "errors": [{"pointer": "/quantity", "keyword": "minimum", "detail": "must be at least 1"}],
    }


def test_a_problem_may_have_headers_and_members_of_its_own() -> None:
    error = ProblemError(Kind.UNAVAILABLE, "Later.", headers={"Retry-After": "5"}, members={"accepted": 0})
    response = error.response()
    assert response.headers["Retry-After"] == "5"
    assert body_of(response)["accepted"] == 0
    assert "errors" not in body_of(response)


def test_a_problem_without_a_type_is_what_its_status_says() -> None:
    response = without_type(500, "A bug.")
    assert body_of(response) == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "A bug.",
        "request_id": "-",
    }


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_of_problem_has_a_type_of_its_own(kind: Kind) -> None:
    assert [other for other in Kind if other.type == kind.type] == [kind]
